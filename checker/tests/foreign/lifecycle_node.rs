use crate::{Defect, Foreign, NODE};

pub(crate) const SERVER: Foreign = Foreign {
    page: "lifecycle",
    tool: NODE,
    file: "lifecycle_server.mjs",
    defects: &[
        Defect {
            name: "any request for a WebSocket is taken as one",
            text: r#"  if (method !== "GET" || !isUpgrade || headers["sec-websocket-version"] !== "13") return 426;
"#,
            replacement: "",
            fails: &["upgrade"],
        },
        Defect {
            name: "any version will do",
            text: r#"|| headers["sec-websocket-version"] !== "13") return 426"#,
            replacement: ") return 426",
            fails: &["upgrade"],
        },
        Defect {
            name: "any key will do",
            text: r#"return /^[A-Za-z0-9+/]{22}==$/.test(headers["sec-websocket-key"] ?? "") ? undefined : 400;"#,
            replacement: r#"return headers["sec-websocket-key"] ? undefined : 400;"#,
            fails: &["upgrade"],
        },
        Defect {
            name: "the answer to a key is the key's own hash",
            text: "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
            replacement: "",
            fails: &["echo"],
        },
        Defect {
            name: "bytes come back as text",
            text: "websocket.send(opcode, payload));",
            replacement: "websocket.send(Opcode.TEXT, payload));",
            fails: &["binary"],
        },
        Defect {
            name: "an empty message does not come back",
            text: "websocket.send(opcode, payload));",
            replacement: "payload.length > 0 && websocket.send(opcode, payload));",
            fails: &["echo"],
        },
        Defect {
            name: "a ping is answered without its payload",
            text: "        return this.send(Opcode.PONG, payload);",
            replacement: "        return this.send(Opcode.PONG, Buffer.alloc(0));",
            fails: &["ping"],
        },
        Defect {
            name: "a ping waits for the end of the message around it",
            text: "|| frame.opcode >= Opcode.CLOSE) return frame;",
            replacement: r#"|| (frame.opcode >= Opcode.CLOSE && this.messageOpcode === null)) return frame;
      if (frame.opcode === Opcode.PING) continue;"#,
            fails: &["fragments"],
        },
        Defect {
            name: "each fragment comes back by itself",
            text: "      if (frame.final) {",
            replacement: "      if (true) {",
            fails: &["fragments"],
        },
        Defect {
            name: "every close frame is answered with 1000",
            text: "  return isUtf8(payload.subarray(2)) ? code : CloseCode.INVALID_DATA;",
            replacement: "  return isUtf8(payload.subarray(2)) ? 1000 : CloseCode.INVALID_DATA;",
            fails: &["close"],
        },
        Defect {
            name: "codes that must not be sent are sent back",
            text: r#"  if (!maybeSent) return CloseCode.PROTOCOL_ERROR;
"#,
            replacement: "",
            fails: &["close-codes"],
        },
        Defect {
            name: "1005 and 1006 are sent back",
            text: "const isReserved = [1004, CloseCode.NO_STATUS, CloseCode.LOST].includes(code);",
            replacement: "const isReserved = false;",
            fails: &["close-codes"],
        },
        Defect {
            name: "a close frame of one byte is taken for an empty one",
            text: "  if (payload.length === 1) return CloseCode.PROTOCOL_ERROR;",
            replacement: "  if (payload.length === 1) return CloseCode.NO_STATUS;",
            fails: &["protocol-error"],
        },
        Defect {
            name: "reserved bits are passed over",
            text: "(bytes[0] & 0x70) !== 0 || ",
            replacement: "",
            fails: &["protocol-error"],
        },
        Defect {
            name: "a frame without a mask is taken",
            text: "!isMasked || ",
            replacement: "",
            fails: &["protocol-error"],
        },
        Defect {
            name: "a control frame may be long",
            text: "if (isControl && (!final || shortSize > 125))",
            replacement: "if (isControl && !final)",
            fails: &["protocol-error"],
        },
        Defect {
            name: "a control frame may be fragmented",
            text: "if (isControl && (!final || shortSize > 125))",
            replacement: "if (isControl && shortSize > 125)",
            fails: &["protocol-error"],
        },
        Defect {
            name: "a continuation of nothing is taken",
            text: "      if ((frame.opcode === Opcode.CONTINUATION) !== (this.messageOpcode !== null)) {",
            replacement: "      if (frame.opcode !== Opcode.CONTINUATION && this.messageOpcode !== null) {",
            fails: &["protocol-error"],
        },
        Defect {
            name: "a new message in the middle of another is taken",
            text: "      if ((frame.opcode === Opcode.CONTINUATION) !== (this.messageOpcode !== null)) {",
            replacement: "      if (frame.opcode === Opcode.CONTINUATION && this.messageOpcode === null) {",
            fails: &["protocol-error"],
        },
        Defect {
            name: "text that is not UTF-8 is taken",
            text: r#"        if (!isUtf8(payload)) throw new Closed(CloseCode.INVALID_DATA);
"#,
            replacement: "",
            fails: &["bad-text"],
        },
        Defect {
            name: "the reason of a close frame may be anything",
            text: "  return isUtf8(payload.subarray(2)) ? code : CloseCode.INVALID_DATA;",
            replacement: "  return code;",
            fails: &["bad-text"],
        },
        Defect {
            name: "the size of a message is not looked at",
            text: " || this.messageSize + size > this.maxMessageBytes",
            replacement: "",
            fails: &["message-size"],
        },
        Defect {
            name: "the largest message is too large",
            text: "this.messageSize + size > this.maxMessageBytes",
            replacement: "this.messageSize + size >= this.maxMessageBytes",
            fails: &["message-size"],
        },
        Defect {
            name: "the size of a frame is not looked at",
            text: "size > this.maxFrameBytes || ",
            replacement: "",
            fails: &["frame-size"],
        },
        Defect {
            name: "a frame that is too large is read first",
            text: r#"    if (!isControl && isTooBig) throw new Closed(CloseCode.TOO_BIG);

    const start = keyStart + 4;
    if (bytes.length < start + size) return undefined;"#,
            replacement: r#"    const start = keyStart + 4;
    if (bytes.length < start + size) return undefined;
    if (!isControl && isTooBig) throw new Closed(CloseCode.TOO_BIG);
"#,
            fails: &["message-size"],
        },
        Defect {
            name: "what is too large is closed with 1002",
            text: "TOO_BIG: 1009",
            replacement: "TOO_BIG: 1002",
            fails: &["message-size", "frame-size"],
        },
        Defect {
            name: "a client that has vanished is kept",
            text: "if (Date.now() - this.lastHeard >= this.silenceMs)",
            replacement: "if (false)",
            fails: &["vanished"],
        },
        Defect {
            name: "only messages count as a sign of life",
            text: r#"    this.lastHeard = Date.now();
    this.decoder"#,
            replacement: r#"    if (this.decoder.next()) this.lastHeard = Date.now();
    this.decoder"#,
            fails: &["idle"],
        },
        Defect {
            name: "a client that has vanished gets a close frame",
            text: ">= this.silenceMs) this.end(CloseCode.LOST)",
            replacement: ">= this.silenceMs) this.end(1001)",
            fails: &["vanished"],
        },
        Defect {
            name: "nobody is pinged",
            text: r#"    else this.send(Opcode.PING, Buffer.alloc(0));
"#,
            replacement: "",
            fails: &["idle"],
        },
        Defect {
            name: "what is said is not told to its sender",
            text: "for (const member of chat.members) member.send",
            replacement: "for (const member of chat.members) if (member !== this) member.send",
            fails: &["chat"],
        },
        Defect {
            name: "what comes again is said again",
            text: "if (!chat.said.has(key))",
            replacement: "if (true)",
            fails: &["chat"],
        },
        Defect {
            name: "what comes again is not acknowledged",
            text: r#"      for (const member of chat.members) member.send({ type: "new-message", username, content });
    }
    this.send({ type: "ack", clientId });"#,
            replacement: r#"      for (const member of chat.members) member.send({ type: "new-message", username, content });
      this.send({ type: "ack", clientId });
    }"#,
            fails: &["chat"],
        },
        Defect {
            name: "names of messages are looked up for all users together",
            text: "JSON.stringify([username, clientId])",
            replacement: "clientId",
            fails: &["chat"],
        },
        Defect {
            name: "a malformed message ends the connection",
            text: r#"        return this.refuse("invalid-message");
    }"#,
            replacement: r#"        return this.websocket.end(POLICY);
    }"#,
            fails: &["malformed"],
        },
        Defect {
            name: "a blank message is said",
            text: " || isBlank(content)",
            replacement: "",
            fails: &["malformed"],
        },
        Defect {
            name: "a message may be of any length",
            text: "!isText(content, 2000)",
            replacement: "!isText(content, 1e9)",
            fails: &["malformed"],
        },
        Defect {
            name: "a name may be of any length",
            text: "!isText(username, 32)",
            replacement: "!isText(username, 1e9)",
            fails: &["malformed"],
        },
        Defect {
            name: "who has not joined may speak",
            text: r#"    if (this.username === undefined) return this.refuse("not-joined");
"#,
            replacement: "",
            fails: &["join-first"],
        },
        Defect {
            name: "a second `join` takes another name",
            text: r#"    if (this.username !== undefined) return this.refuse("already-joined");
"#,
            replacement: "",
            fails: &["malformed"],
        },
        Defect {
            name: "bytes are answered with an error",
            text: "return this.websocket.end(UNSUPPORTED);",
            replacement: r#"return this.refuse("invalid-message");"#,
            fails: &["not-text"],
        },
        Defect {
            name: "whoever does not join stays",
            text: "setTimeout(() => this.websocket.end(POLICY), config.joinTimeout)",
            replacement: "setTimeout(() => {}, config.joinTimeout)",
            fails: &["silent"],
        },
        Defect {
            name: "whoever has joined is closed as well",
            text: r#"    clearTimeout(this.joinTimer);
    this.username = username;"#,
            replacement: "    this.username = username;",
            fails: &["silent"],
        },
        Defect {
            name: "what cannot be kept is said all the same",
            text: "if (!writeDown({ username, content })) return this.websocket.end(CloseCode.SERVER_ERROR);",
            replacement: "writeDown({ username, content });",
            fails: &["internal"],
        },
        Defect {
            name: "what cannot be kept is answered with an error",
            text: "return this.websocket.end(CloseCode.SERVER_ERROR);",
            replacement: r#"return this.refuse("internal");"#,
            fails: &["internal"],
        },
        Defect {
            name: "whoever leaves is dropped",
            text: "return this.websocket.end(NORMAL);",
            replacement: "return this.websocket.end(CloseCode.LOST);",
            fails: &["leave"],
        },
    ],
};
