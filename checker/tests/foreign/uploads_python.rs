use crate::{Defect, Foreign, PYTHON};

pub(crate) const SERVER: Foreign = Foreign {
    page: "uploads",
    tool: PYTHON,
    file: "uploads_server.py",
    defects: &[
        Defect {
            name: "an announcement outlives a text message that cannot be read",
            text: "self.request, announced, self.announced = {}, self.announced, None",
            replacement: "self.request, announced = {}, self.announced",
            fails: &["unexpected"],
        },
        Defect {
            name: "an announcement outlives a message that is refused",
            text: r#"        self.request, announced, self.announced = {}, self.announced, None
        try:
            if opcode == TEXT:
                answers = await self.obey(message_in(payload))"#,
            replacement: r#"        self.request, announced = {}, self.announced
        try:
            if opcode == TEXT:
                message = message_in(payload)
                self.announced = None
                answers = await self.obey(message)"#,
            fails: &["unexpected"],
        },
        Defect {
            name: "data that was not announced is not answered",
            text: r#"                raise Refused("unexpected-data", "Nothing announced this.")"#,
            replacement: "                return",
            fails: &["unexpected"],
        },
        Defect {
            name: "a device's name counts in capitals only",
            text: ", re.IGNORECASE | re.ASCII)",
            replacement: ", re.ASCII)",
            fails: &["names"],
        },
        Defect {
            name: "a device's name counts without an extension only",
            text: r#"DEVICE.fullmatch(name.split(".")[0].rstrip(WHITE_SPACE))"#,
            replacement: "DEVICE.fullmatch(name)",
            fails: &["names"],
        },
        Defect {
            name: "spaces after a device's name make it another",
            text: r#"name.split(".")[0].rstrip(WHITE_SPACE)"#,
            replacement: r#"name.split(".")[0]"#,
            fails: &["names"],
        },
        Defect {
            name: "control characters above 127 are taken",
            text: r#"\x7f-\x9f"#,
            replacement: "",
            fails: &["names"],
        },
        Defect {
            name: "white space is what Python strips",
            text: "name != name.strip(WHITE_SPACE)",
            replacement: r#"name != name.strip(" ")"#,
            fails: &["names"],
        },
        Defect {
            name: "a name's length is counted in characters",
            text: r#"1 <= len(name.encode("utf-8")) <= MAX"#,
            replacement: "1 <= len(name) <= MAX",
            fails: &["names"],
        },
        Defect {
            name: "any form of Unicode will do",
            text: r#"    if not unicodedata.is_normalized("NFC", name):
        raise"#,
            replacement: r#"    if False:
        raise"#,
            fails: &["normal-form"],
        },
        Defect {
            name: "names that begin with a dot are refused",
            text: r#"or name.endswith("."):"#,
            replacement: r#"or name.endswith(".") or name.startswith("."):"#,
            fails: &["harmless"],
        },
        Defect {
            name: "two dots are refused wherever they are",
            text: r#"or name.endswith("."):"#,
            replacement: r#"or name.endswith(".") or ".." in name:"#,
            fails: &["harmless"],
        },
        Defect {
            name: "a name comes back in lower case",
            text: r#""filename": self.filename,"#,
            replacement: r#""filename": self.filename.lower(),"#,
            fails: &["harmless"],
        },
        Defect {
            name: "an id is a hash of the name",
            text: "self.id = str(uuid.uuid4())",
            replacement: "self.id = str(uuid.uuid5(uuid.NAMESPACE_URL, f'{filename} {time.monotonic_ns()}'))",
            fails: &["normal-form", "start"],
        },
        Defect {
            name: "a size may be true",
            text: "isinstance(value, float) and value.is_integer()",
            replacement: "isinstance(value, (float, bool)) and float(value).is_integer()",
            fails: &["declared"],
        },
        Defect {
            name: "a file of the largest size is too large",
            text: "number > MAX_UPLOAD",
            replacement: "number >= MAX_UPLOAD",
            fails: &["declared"],
        },
        Defect {
            name: "a checksum may be in capitals",
            text: r#""[0-9a-f]{64}""#,
            replacement: r#""[0-9a-fA-F]{64}""#,
            fails: &["declared"],
        },
        Defect {
            name: "a checksum may go on",
            text: r#"re.fullmatch("[0-9a-f]{64}""#,
            replacement: r#"re.match("[0-9a-f]{64}""#,
            fails: &["declared"],
        },
        Defect {
            name: "MAX_CHUNK is not read",
            text: r#"min(number_from_environment("MAX_CHUNK", 65536), 1024 * 1024)"#,
            replacement: "65536",
            fails: &["chunk-size"],
        },
        Defect {
            name: "a message that is longer than a piece may be ends the connection",
            text: "MAX_MESSAGE_BYTES = 1024 * 1024",
            replacement: "MAX_MESSAGE_BYTES = MAX_CHUNK + 1000",
            fails: &["chunk-size"],
        },
        Defect {
            name: "an empty piece is taken",
            text: "if not 1 <= len(data) <= MAX_CHUNK",
            replacement: "if not len(data) <= MAX_CHUNK",
            fails: &["chunk-size"],
        },
        Defect {
            name: "progress is rounded to the nearest",
            text: "self.stored * 100 // self.size",
            replacement: "round(self.stored * 100 / self.size)",
            fails: &["progress"],
        },
        Defect {
            name: "progress is a fraction of one",
            text: "self.stored * 100 // self.size",
            replacement: "self.stored / self.size",
            fails: &["chunks", "progress"],
        },
        Defect {
            name: "progress has a member too many",
            text: r#""progress": percent}"#,
            replacement: r#""progress": percent, "size": self.size}"#,
            fails: &["chunks", "progress"],
        },
        Defect {
            name: "what is too much is cut off",
            text: r#"                raise Refused("size-exceeded", "This is more than was declared.")"#,
            replacement: "                data = data[:upload.size - upload.stored]",
            fails: &["exceeded"],
        },
        Defect {
            name: "an upload that exceeds its size is gone",
            text: r#"                raise Refused("size-exceeded","#,
            replacement: r#"                self.forget(upload)
                raise Refused("size-exceeded","#,
            fails: &["exceeded"],
        },
        Defect {
            name: "the checksum is not compared",
            text: "if upload.digest.hexdigest() == upload.checksum:",
            replacement: "if True:",
            fails: &["checksum"],
        },
        Defect {
            name: "a wrong checksum is told without the progress",
            text: r#"return [*answers, file_error(upload.id, "checksum"#,
            replacement: r#"return [file_error(upload.id, "checksum"#,
            fails: &["checksum"],
        },
        Defect {
            name: "after a wrong checksum the upload is unfinished still",
            text: r#"            self.forget(upload)
            return [*answers, file"#,
            replacement: "            return [*answers, file",
            fails: &["checksum"],
        },
        Defect {
            name: "after a wrong checksum the file can be had",
            text: r#"            self.forget(upload)
            return [*answers, file"#,
            replacement: r#"            await upload.finish()
            self.finished[upload.id] = self.unfinished.pop(upload.id)
            return [*answers, file"#,
            fails: &["checksum"],
        },
        Defect {
            name: "a place is not free when the checksum was wrong",
            text: r#"            self.forget(upload)
            return [*answers, file"#,
            replacement: r#"            self.forget(upload)
            self.unfinished[""] = upload
            return [*answers, file"#,
            fails: &["checksum"],
        },
        Defect {
            name: "the file may be had while it comes",
            text: r#"        upload = self.finished.get(upload_id)
        if upload is None:
            return http_server.not_found()
"#,
            replacement: r#"        upload = self.finished.get(upload_id) or self.unfinished.get(upload_id)
        if upload is None:
            return http_server.not_found()
        if upload_id in self.unfinished:
            return Response(200, upload.partial.read_bytes(), "application/octet-stream")
"#,
            fails: &["progress", "resume"],
        },
        Defect {
            name: "a name is brought into Form C",
            text: r#"    if not unicodedata.is_normalized("NFC", name):
        raise Refused("unsafe-name", "This name is not in Normalization Form C.")
    return name"#,
            replacement: r#"    return unicodedata.normalize("NFC", name)"#,
            fails: &["normal-form"],
        },
        Defect {
            name: "a colon is taken",
            text: r#"/\\:*?"#,
            replacement: r#"/\\*?"#,
            fails: &["names"],
        },
    ],
};
