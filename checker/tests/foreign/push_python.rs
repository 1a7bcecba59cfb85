use crate::{Defect, Foreign, PYTHON};

pub(crate) const SERVER: Foreign = Foreign {
    page: "push",
    tool: PYTHON,
    file: "push_server.py",
    defects: &[
        Defect {
            name: "the first post is number 0",
            text: r#"        self.last += 1
        post = {"id": self.last,"#,
            replacement: r#"        self.last += 1
        post = {"id": self.last - 1,"#,
            fails: &["post"],
        },
        Defect {
            name: "a post has one member more",
            text: r#"post = {"id": self.last, "text": text}"#,
            replacement: r#"post = {"id": self.last, "text": text, "likes": 0}"#,
            fails: &["post"],
        },
        Defect {
            name: "a post is answered with 200",
            text: "Response(201, to_json(self.feed",
            replacement: "Response(200, to_json(self.feed",
            fails: &["post"],
        },
        Defect {
            name: "a poll gets everything",
            text: r#"post["id"] > cursor]"#,
            replacement: r#"post["id"] > 0]"#,
            fails: &["poll"],
        },
        Defect {
            name: "a poll gets what it has seen",
            text: r#"post["id"] > cursor]"#,
            replacement: r#"post["id"] >= cursor]"#,
            fails: &["poll"],
        },
        Defect {
            name: "the newest comes first",
            text: "return [post for post in self.posts if",
            replacement: "return [post for post in reversed(self.posts) if",
            fails: &["poll"],
        },
        Defect {
            name: "a poll gets ten posts at the most",
            text: r#"post["id"] > cursor]"#,
            replacement: r#"post["id"] > cursor][:10]"#,
            fails: &["catch-up"],
        },
        Defect {
            name: "what is no cursor is 0",
            text: r#"    if not re.fullmatch("[0-9]{1,16}", text):
        return None"#,
            replacement: r#"    if not re.fullmatch("[0-9]{1,16}", text):
        return 0"#,
            fails: &["cursors", "events", "websocket", "long-behind"],
        },
        Defect {
            name: "an empty cursor is 0",
            text: r#"if not re.fullmatch("[0-9]{1,16}", text)"#,
            replacement: r#"text = text or "0"
    if not re.fullmatch("[0-9]{1,16}", text)"#,
            fails: &["cursors"],
        },
        Defect {
            name: "a cursor may be negative",
            text: r#""[0-9]{1,16}""#,
            replacement: r#""-?[0-9]{1,16}""#,
            fails: &["cursors"],
        },
        Defect {
            name: "a cursor may be a fraction",
            text: r#""[0-9]{1,16}", text):
        return None"#,
            replacement: r#""[0-9]{1,16}([.][0-9]+)?", text):
        return None
    text = text.split(".")[0]"#,
            fails: &["cursors"],
        },
        Defect {
            name: "a cursor may have any length",
            text: r#""[0-9]{1,16}", text):
        return None
    return int(text) if int(text) <= MAX_CURSOR else None"#,
            replacement: r#""[0-9]+", text):
        return None
    return int(text)"#,
            fails: &["cursors"],
        },
        Defect {
            name: "a wrong cursor is refused without a type",
            text: r#"Response.error(400, "invalid-cursor", "after must be a whole number from 0.")"#,
            replacement: r#"Response(400, to_json({"code": "invalid-cursor", "message": "It is wrong."}))"#,
            fails: &["cursors"],
        },
        Defect {
            name: "a wrong cursor has another code",
            text: r#"Response.error(400, "invalid-cursor""#,
            replacement: r#"Response.error(400, "bad-cursor""#,
            fails: &["cursors", "events", "websocket", "long-behind"],
        },
        Defect {
            name: "what is no longer kept is passed over",
            text: r#"        if cursor < forgotten:
            raise Gap(forgotten)
"#,
            replacement: "",
            fails: &["bounded"],
        },
        Defect {
            name: "one post too few is missed",
            text: "if cursor < forgotten:",
            replacement: "if cursor < forgotten - 1:",
            fails: &["bounded"],
        },
        Defect {
            name: "whoever has seen all that is gone has a gap",
            text: "if cursor < forgotten:",
            replacement: "if 0 < cursor <= forgotten:",
            fails: &["bounded"],
        },
        Defect {
            name: "everything is kept",
            text: "deque(maxlen=KEEP)",
            replacement: "deque()",
            fails: &["bounded"],
        },
        Defect {
            name: "one post too few is kept",
            text: "deque(maxlen=KEEP)",
            replacement: "deque(maxlen=KEEP - 1)",
            fails: &["bounded"],
        },
        Defect {
            name: "a gap sends to the newest post",
            text: r#"if cursor < forgotten:
            raise Gap(forgotten)"#,
            replacement: r#"if cursor < forgotten:
            raise Gap(self.last)"#,
            fails: &["bounded"],
        },
        Defect {
            name: "a gap does not say where to go on",
            text: r#""message": "Some posts are no longer here.", "after": gap.after}"#,
            replacement: r#""message": "Some posts are no longer here."}"#,
            fails: &["bounded", "long-behind"],
        },
        Defect {
            name: "a gap is 404",
            text: "return Response(410, to_json(body))",
            replacement: "return Response(404, to_json(body))",
            fails: &["bounded", "long-behind"],
        },
        Defect {
            name: "there is nothing new after what never was",
            text: r#"if cursor > self.last:
            raise Gap(forgotten)"#,
            replacement: r#"if cursor > self.last:
            return []"#,
            fails: &["restarted"],
        },
        Defect {
            name: "what never was sends to the newest post",
            text: r#"if cursor > self.last:
            raise Gap(forgotten)"#,
            replacement: r#"if cursor > self.last:
            raise Gap(self.last)"#,
            fails: &["restarted"],
        },
        Defect {
            name: "a long poll does not wait",
            text: r#"        if cursor is not None:
            with suppress"#,
            replacement: r#"        if cursor is None:
            with suppress"#,
            fails: &["long"],
        },
        Defect {
            name: "a long poll sleeps",
            text: "await asyncio.wait_for(self.feed.news_after(cursor), LONG_POLL_SECONDS)",
            replacement: "await asyncio.sleep(LONG_POLL_SECONDS)",
            fails: &["long"],
        },
        Defect {
            name: "a long poll waits for what comes next",
            text: r#"        while cursor == self.last:
            await self.news.wait()"#,
            replacement: "        await self.news.wait()",
            fails: &["long-behind", "events", "websocket"],
        },
        Defect {
            name: "a long poll waits for what never was",
            text: "while cursor == self.last:",
            replacement: "while cursor >= self.last:",
            fails: &["long-behind"],
        },
        Defect {
            name: "a long poll waits for the second post",
            text: "while cursor == self.last:",
            replacement: "while cursor in (self.last, self.last - 1):",
            fails: &["long"],
        },
        Defect {
            name: "a long poll has no end",
            text: "await asyncio.wait_for(self.feed.news_after(cursor), LONG_POLL_SECONDS)",
            replacement: "await self.feed.news_after(cursor)",
            fails: &["long-ends"],
        },
        Defect {
            name: "a long poll ends after a tenth of its time",
            text: r#"number_from_environment("LONG_POLL_MS", 25000) / 1000"#,
            replacement: r#"number_from_environment("LONG_POLL_MS", 25000) / 10000"#,
            fails: &["long-ends"],
        },
        Defect {
            name: "a long poll ends without an answer",
            text: r#"            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for"#,
            replacement: r#"            if True:
                await asyncio.wait_for"#,
            fails: &["long-ends"],
        },
        Defect {
            name: "an event has no name",
            text: r#"f"event:{name}", "#,
            replacement: "",
            fails: &["events"],
        },
        Defect {
            name: "an event has no id",
            text: r#"f"id: {number}", "#,
            replacement: "",
            fails: &["events"],
        },
        Defect {
            name: "an event is told twice",
            text: "            writer.write(event_of(name, value))",
            replacement: "            writer.write(event_of(name, value) * 2)",
            fails: &["events"],
        },
        Defect {
            name: "a stream begins at the beginning",
            text: "await until_first(self.tell(cursor, send, writer), to_end",
            replacement: "await until_first(self.tell(0, send, writer), to_end",
            fails: &["events"],
        },
        Defect {
            name: "a stream begins with what is new",
            text: "await until_first(self.tell(cursor, send, writer), to_end",
            replacement: "await until_first(self.tell(self.feed.last, send, writer), to_end",
            fails: &["events"],
        },
        Defect {
            name: "a stream is plain text",
            text: "Content-Type: text/event-stream",
            replacement: "Content-Type: text/plain",
            fails: &["events"],
        },
        Defect {
            name: "a stream with a wrong cursor begins",
            text: r#"        if cursor is None:
            return invalid_cursor()
        writer.write(
"#,
            replacement: r#"        cursor = cursor or 0
        writer.write(
"#,
            fails: &["events"],
        },
        Defect {
            name: "Last-Event-ID is ignored",
            text: r#"request.header("last-event-id") or request"#,
            replacement: "request",
            fails: &["events-again"],
        },
        Defect {
            name: "a wrong Last-Event-ID is ignored",
            text: r#"request.header("last-event-id") or request.parameter("after")"#,
            replacement: r#"request.header("last-event-id")
                seen = request.parameter("after") if cursor_of(seen) is None else seen"#,
            fails: &["events-again"],
        },
        Defect {
            name: "a stream that is back skips one post",
            text: "self.events(cursor_of(seen), reader, writer)",
            replacement: r#"self.events(cursor_of(seen) + 1 if request.header("last-event-id") == seen and cursor_of(seen) is not None else cursor_of(seen), reader, writer)"#,
            fails: &["events-again"],
        },
        Defect {
            name: "a WebSocket's messages have no type",
            text: r#"to_json({"type": name, **value})"#,
            replacement: "to_json(value)",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket's messages are binary",
            text: "websocket.send(TEXT, payload[:3]",
            replacement: "websocket.send(0x2, payload[:3]",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket begins at the beginning",
            text: "await until_first(self.tell(cursor, send, writer), listen()",
            replacement: "await until_first(self.tell(0, send, writer), listen()",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket begins with what is new",
            text: "await until_first(self.tell(cursor, send, writer), listen()",
            replacement: "await until_first(self.tell(self.feed.last, send, writer), listen()",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket ends when its reader speaks",
            text: r#"            while True:
                await websocket.receive()"#,
            replacement: "            await websocket.receive()",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket is an echo",
            text: "                await websocket.receive()",
            replacement: "                websocket.send(*await websocket.receive())",
            fails: &["websocket"],
        },
        Defect {
            name: "a WebSocket tells everything twice",
            text: "            websocket.send(CONTINUATION, payload[3:])",
            replacement: r#"            websocket.send(CONTINUATION, payload[3:])
            websocket.send(TEXT, payload)"#,
            fails: &["websocket"],
        },
        Defect {
            name: "a slow reader is not told of the gap",
            text: r#"            return [("gap", {"after": gap.after})]"#,
            replacement: "            return await self.next_batch()",
            fails: &["slow"],
        },
        Defect {
            name: "everything is kept for a slow reader",
            text: "set_write_buffer_limits(high=0)",
            replacement: "set_write_buffer_limits(high=1 << 30)",
            fails: &["slow"],
        },
        Defect {
            name: "a slow reader is sent away",
            text: r#"            return [("gap", {"after": gap.after})]"#,
            replacement: r#"            raise OSError("too slow")"#,
            fails: &["slow"],
        },
        Defect {
            name: "a gap's event has no id of its own",
            text: r#"value["id"] if name == "post" else value["after"]"#,
            replacement: r#"value.get("id", 0)"#,
            fails: &["slow"],
        },
        Defect {
            name: "each answer is padded",
            text: r#"            "Connection: close",
"#,
            replacement: r#"            "Connection: close",
            "X-Padding: " + "x" * 1500,
"#,
            fails: &["costs"],
        },
        Defect {
            name: "each event is padded",
            text: ": that was it",
            replacement: ": that was it, and more of it will come, as soon as there is more of it, and until then there is this",
            fails: &["costs"],
        },
        Defect {
            name: "each message is padded",
            text: "            websocket.send(CONTINUATION, payload[3:])",
            replacement: r#"            websocket.send(CONTINUATION, payload[3:])
            websocket.send(0x9, b"x" * 100)"#,
            fails: &["costs"],
        },
    ],
};
