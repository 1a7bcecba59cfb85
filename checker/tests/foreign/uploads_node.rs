use crate::{Defect, Foreign, NODE};

pub(crate) const SERVER: Foreign = Foreign {
    page: "uploads",
    tool: NODE,
    file: "uploads_server.mjs",
    defects: &[
        Defect {
            name: "an upload ends with its connection",
            text: "      ended: () => this.room?.(),",
            replacement: "      ended: () => [...this.uploads.unfinished.values()].filter((it) => it.owner === this).forEach((it) => this.uploads.forget(it)),",
            fails: &["resume"],
        },
        Defect {
            name: "who resumes does not take over",
            text: r#"      this.give(upload, owner);
      return true;"#,
            replacement: "      return true;",
            fails: &["resume"],
        },
        Defect {
            name: "two connections may add",
            text: r#"      require(upload.owner === owner, "not-resumed", "Another connection has taken the upload over.");
"#,
            replacement: "",
            fails: &["takeover"],
        },
        Defect {
            name: "where a piece belongs does not matter",
            text: r#"      require(!("offset" in message) || message.offset === upload.stored, "wrong-offset", `Stored: ${upload.stored}.`);
"#,
            replacement: "",
            fails: &["offset"],
        },
        Defect {
            name: "an offset that is null is none",
            text: r#"!("offset" in message) ||"#,
            replacement: "message.offset == null ||",
            fails: &["offset"],
        },
        Defect {
            name: "an offset is compared as text",
            text: "message.offset === upload.stored",
            replacement: "message.offset == upload.stored",
            fails: &["offset"],
        },
        Defect {
            name: "a finished upload is unknown to who resumes",
            text: r#"    require(this.finished.has(id), "unknown-upload""#,
            replacement: r#"    require(false, "unknown-upload""#,
            fails: &["finished"],
        },
        Defect {
            name: "a finished upload is ready for more",
            text: r#"    return [this.finished.get(id).whole("upload-complete")];"#,
            replacement: "    return [this.finished.get(id).ready()];",
            fails: &["finished"],
        },
        Defect {
            name: "an unknown upload's error does not name it",
            text: r#"typeof request?.uploadId === "string" ? request.uploadId : null"#,
            replacement: "null",
            fails: &[
                "exceeded",
                "chunk-size",
                "takeover",
                "offset",
                "unknown",
                "expiry",
                "finished",
            ],
        },
        Defect {
            name: "an error names whatever stood there",
            text: r#"typeof request?.uploadId === "string" ? request.uploadId : null"#,
            replacement: "request?.uploadId ?? null",
            fails: &["unknown"],
        },
        Defect {
            name: "only pieces keep an upload alive",
            text: r#"    upload.owner = owner;
    this.keep(upload);"#,
            replacement: r#"    upload.owner = owner;
    if (!upload.timer) this.keep(upload);"#,
            fails: &["kept"],
        },
        Defect {
            name: "only resuming keeps an upload alive",
            text: r#"    this.keep(upload);
    await this.orFail(upload, () => upload.write(data));
    this.keep(upload);
"#,
            replacement: r#"    await this.orFail(upload, () => upload.write(data));
"#,
            fails: &["kept"],
        },
        Defect {
            name: "an upload whose connection is open does not expire",
            text: "    if (performance.now() - upload.usedAt",
            replacement: r#"    if (!upload.owner.websocket.hasEnded) return this.keep(upload);
    if (performance.now() - upload.usedAt"#,
            fails: &["expiry"],
        },
        Defect {
            name: "uploads do not expire",
            text: r#"    upload.timer = setTimeout(() => upload.turns.take(() => this.expire(upload)), left);
"#,
            replacement: "",
            fails: &["expiry"],
        },
        Defect {
            name: "any number may be unfinished",
            text: "this.unfinished.size < config.maxUnfinished",
            replacement: "true",
            fails: &["unfinished"],
        },
        Defect {
            name: "each connection may have as many",
            text: "this.unfinished.size < config.maxUnfinished",
            replacement: "[...this.unfinished.values()].filter((upload) => upload.owner === owner).length < config.maxUnfinished",
            fails: &["unfinished"],
        },
        Defect {
            name: "a finished upload keeps its place",
            text: "this.unfinished.size < config.maxUnfinished",
            replacement: "this.unfinished.size + this.finished.size < config.maxUnfinished",
            fails: &["unfinished"],
        },
        Defect {
            name: "files are stored beside each other by name",
            text: "    this.folder = join(config.folder, this.id);",
            replacement: "    this.folder = join(config.folder, this.filename);",
            fails: &["two"],
        },
        Defect {
            name: "answers come as they are ready",
            text: "    this.turns.take(() => this.work(opcode, payload)).catch",
            replacement: r#"    (opcode === Opcode.TEXT && !payload.includes("upload-chunk") && !payload.includes("send-file") ? this.work(opcode, payload) : this.turns.take(() => this.work(opcode, payload))).catch"#,
            fails: &["two"],
        },
        Defect {
            name: "everything is read ahead",
            text: "const MAX_QUEUED_BYTES = Math.max(0, MEBIBYTE - 2 * 65536 - config.maxChunk);",
            replacement: "const MAX_QUEUED_BYTES = Infinity;",
            fails: &["backpressure"],
        },
        Defect {
            name: "4 MiB are read ahead",
            text: "const MAX_QUEUED_BYTES = Math.max(0, MEBIBYTE - 2 * 65536 - config.maxChunk);",
            replacement: "const MAX_QUEUED_BYTES = 4 * MEBIBYTE;",
            fails: &["backpressure"],
        },
        Defect {
            name: "a wrong announcement is answered at once",
            text: r#"        this.announced = request;
        return [];"#,
            replacement: r#"        if (request.type === "send-file") require(isSafeName(request.filename), "unsafe-name", "");
        this.announced = request;
        return [];"#,
            fails: &["names"],
        },
        Defect {
            name: "an upload is announced as complete twice",
            text: r#"    return [...answers, upload.whole("upload-complete")];"#,
            replacement: r#"    return [...answers, upload.whole("upload-complete"), upload.whole("upload-complete")];"#,
            fails: &["chunks"],
        },
        Defect {
            name: "the size of a saved file is missing",
            text: "sha256: this.checksum, size: this.size, filename",
            replacement: "sha256: this.checksum, filename",
            fails: &["one-file", "chunks"],
        },
        Defect {
            name: "a message that is no JSON ends the connection",
            text: r#"require(isObject(request) && typeof request.type === "string", "invalid-message", "This is no request.");"#,
            replacement: r#"if (!isObject(request) || typeof request.type !== "string") throw new Error("no request");"#,
            fails: &["unexpected", "malformed"],
        },
        Defect {
            name: "an array is a request without a type",
            text: r#"isObject(request) && typeof request.type === "string""#,
            replacement: r#"typeof request === "object""#,
            fails: &["malformed"],
        },
        Defect {
            name: "any path leads to a file",
            text: r#"  if (request.method !== "GET" || !uploads.finished.has(id)) throw notFound();"#,
            replacement: r#"  if (id && !uploads.finished.has(id)) return { bytes: await readFile(join(config.folder, decodeURIComponent(id))), headers: {} };
  if (request.method !== "GET" || !uploads.finished.has(id)) throw notFound();"#,
            fails: &["progress", "resume", "checksum"],
        },
        Defect {
            name: "a ping is taken for the data that was announced",
            text: "        return this.send(Opcode.PONG, payload);",
            replacement: r#"        this.receive(opcode, payload);
        return this.send(Opcode.PONG, payload);"#,
            fails: &["one-file"],
        },
        Defect {
            name: "members that are not known are refused",
            text: r#"        this.announced = request;
"#,
            replacement: r#"        require(!("note" in request), "invalid-message", "There is no note.");
        this.announced = request;
"#,
            fails: &["one-file"],
        },
        Defect {
            name: "an upload expires however it is used",
            text: r#"    upload.usedAt = performance.now();
    this.wakeFor(upload);"#,
            replacement: r#"    upload.usedAt ??= performance.now();
    upload.timer ??= setTimeout(() => this.forget(upload), config.expiry);"#,
            fails: &["kept"],
        },
        Defect {
            name: "an upload that expired keeps its place",
            text: r#"return this.forget(upload);
    this.wake"#,
            replacement: r#"{
      this.forget(upload);
      this.unfinished.set(upload, upload);
      return;
    }
    this.wake"#,
            fails: &["expiry"],
        },
    ],
};
