use crate::{Defect, Foreign, NODE};

pub(crate) const SERVER: Foreign = Foreign {
    page: "rooms",
    tool: NODE,
    file: "rooms_server.mjs",
    defects: &[
        Defect {
            name: "a list of rooms is sent before `connected`",
            text: r#"    connection.send({ type: "connected", userId, username });"#,
            replacement: r#"    connection.send({ type: "rooms", rooms: this.publicRooms() });
    connection.send({ type: "connected", userId, username });"#,
            fails: &["connect"],
        },
        Defect {
            name: "a token that has ended is good",
            text: "return exp > Date.now() / 1000 ? { userId, username } : undefined;",
            replacement: "return { userId, username };",
            fails: &["refused"],
        },
        Defect {
            name: "a user is announced again by each connection",
            text: r#"const isNew = !this.members.has(userId);
"#,
            replacement: r#"const isNew = !this.has(connection);
"#,
            fails: &["tab"],
        },
        Defect {
            name: "a second connection takes the place of the first",
            text: "if (isNew) this.members.set(userId, { username, connections: new Set() });",
            replacement: "this.members.set(userId, { username, connections: new Set() });",
            fails: &["tab"],
        },
        Defect {
            name: "the others hear before the newcomer is in, and so does the newcomer",
            text: r#"if (isNew) this.tellOthers(userId, { type: "user-joined""#,
            replacement: r#"if (isNew) this.tellAll({ type: "user-joined""#,
            fails: &["join"],
        },
        Defect {
            name: "messages are sent on their way by themselves, the shorter later",
            text: r#"    this.tellAll({ type: "receive-message", ...message });"#,
            replacement: r#"    setTimeout(() => this.tellAll({ type: "receive-message", ...message }), message.seq % 2 ? 300 : 0);"#,
            fails: &["order"],
        },
        Defect {
            name: "leaving one room leaves all",
            text: r#"    this.leave(connection, room);
    connection.send({ type: "left-room""#,
            replacement: r#"    for (const each of [...connection.rooms]) this.leave(connection, each);
    connection.send({ type: "left-room""#,
            fails: &["leave"],
        },
        Defect {
            name: "leaving takes the user's other connections along",
            text: r#"    this.leave(connection, room);
    connection.send({ type: "left-room""#,
            replacement: r#"    for (const each of [...room.members.get(connection.user.userId).connections]) this.leave(each, room);
    connection.send({ type: "left-room""#,
            fails: &["apart"],
        },
        Defect {
            name: "who is in a room may speak on any connection",
            text: "    if (room === undefined || !room.has(connection)) throw notInRoom();",
            replacement: "    if (room === undefined || !room.members.has(connection.user.userId)) throw notInRoom();",
            fails: &["apart"],
        },
        Defect {
            name: "characters are counted as UTF-16 code units",
            text: "[...text].length",
            replacement: "text.length",
            fails: &["limits"],
        },
        Defect {
            name: "white space is what JavaScript trims",
            text: r#"/^\p{White_Space}*$/u.test(text)"#,
            replacement: r#"text.trim() === """#,
            fails: &["named-errors"],
        },
        Defect {
            name: "what is said is trimmed",
            text: r#"  return message;
}

/** A user's WebSocket. */"#,
            replacement: r#"  return message.trim();
}

/** A user's WebSocket. */"#,
            fails: &["limits"],
        },
        Defect {
            name: "what is said is escaped for HTML",
            text: r#"  return message;
}

/** A user's WebSocket. */"#,
            replacement: r#"  return message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** A user's WebSocket. */"#,
            fails: &["limits"],
        },
        Defect {
            name: "receipts are kept for all users together",
            text: r#"const receipts = this.receipts.get(userId);
    const id ="#,
            replacement: r#"const receipts = (this.common ??= new Map());
    const id ="#,
            fails: &["resend"],
        },
        Defect {
            name: "sending a message ends typing",
            text: r#"    const room = this.roomOf(connection, message);
    this.once"#,
            replacement: r#"    const room = this.roomOf(connection, message);
    room.stopTyping(connection);
    this.once"#,
            fails: &["typing"],
        },
        Defect {
            name: "each `typing` is announced",
            text: r#"    if (wasTyping) return;
    this.tell"#,
            replacement: "    this.tell",
            fails: &["typing"],
        },
        Defect {
            name: "`stop-typing` is announced, whether one typed or not",
            text: r#"    if (!this.typing.has(connection)) return;
    clearTimeout(this.typing.get(connection));
    this.typing.delete(connection);"#,
            replacement: r#"    clearTimeout(this.typing.get(connection));
    this.typing.delete(connection);"#,
            fails: &["typing"],
        },
        Defect {
            name: "typing ends in all tabs with the first",
            text: "if (!this.isTyping(connection.user)) this.tellOthers",
            replacement: "this.tellOthers",
            fails: &["typing-tab"],
        },
        Defect {
            name: "one's other tab hears of typing",
            text: r#"    this.tellOthers(connection.user.userId, { type: "user-typing", room: this.name, ...connection.user });"#,
            replacement: r#"    for (const { connections } of this.members.values()) {
      for (const other of connections) {
        if (other !== connection) other.send({ type: "user-typing", room: this.name, ...connection.user });
      }
    }"#,
            fails: &["typing-tab"],
        },
        Defect {
            name: "a private message reaches the target's first connection only",
            text: "for (const target of targets) target.send(event);",
            replacement: "targets.values().next().value.send(event);",
            fails: &["private"],
        },
        Defect {
            name: "ids count the messages of each room",
            text: "id: randomUUID(), seq: this.lastSeq",
            replacement: "id: `m${this.lastSeq}`, seq: this.lastSeq",
            fails: &["ids"],
        },
        Defect {
            name: "an id is a number",
            text: "id: randomUUID(), seq: this.lastSeq",
            replacement: "id: Math.random(), seq: this.lastSeq",
            fails: &["ids"],
        },
        Defect {
            name: "ten messages are remembered",
            text: "const KEPT_RECEIPTS = 100",
            replacement: "const KEPT_RECEIPTS = 10",
            fails: &["remembered"],
        },
        Defect {
            name: "who is invited twice hears it twice",
            text: "for (const [id, connections] of guestConnections) {",
            replacement: "for (const [id, connections] of invite.map((id) => [id, this.online.get(id)])) {",
            fails: &["private-room"],
        },
        Defect {
            name: "the inviter is invited",
            text: "      if (id !== userId) for (const guest of connections) guest.send(event);",
            replacement: "      for (const guest of connections) guest.send(event);",
            fails: &["private-room"],
        },
        Defect {
            name: "an empty private room is forgotten",
            text: r#"    if (room.members.size > 0) return;
    this.rooms.delete(room.name);"#,
            replacement: r#"    if (room.members.size > 0) return;
    this.rooms.delete(room.name);
    if (room.invited) return;"#,
            fails: &["private-room"],
        },
        Defect {
            name: "ten empty rooms are kept",
            text: "const KEPT_EMPTY_ROOMS = 100",
            replacement: "const KEPT_EMPTY_ROOMS = 10",
            fails: &["alone"],
        },
        Defect {
            name: "a connection may be in any number of rooms",
            text: "const MAX_ROOMS = 100",
            replacement: "const MAX_ROOMS = 1000",
            fails: &["too-many"],
        },
        Defect {
            name: "in a hundred rooms none can be joined again",
            text: "!connection.rooms.has(room) && connection.rooms.size",
            replacement: "connection.rooms.size",
            fails: &["too-many"],
        },
        Defect {
            name: "connections are counted, not users",
            text: "userCount: room.members.size }",
            replacement: "userCount: [...room.members.values()].reduce((sum, member) => sum + member.connections.size, 0) }",
            fails: &["rooms-api"],
        },
        Defect {
            name: "the list of rooms is open to all",
            text: r#"      requireToken(request);
"#,
            replacement: "",
            fails: &["rooms-api"],
        },
        Defect {
            name: "nothing is said when nothing was missed",
            text: r#"      connection.send({ type: "missed-messages""#,
            replacement: r#"      if (messages.length > 0) connection.send({ type: "missed-messages""#,
            fails: &["resume"],
        },
        Defect {
            name: "a number from the future is resumed from",
            text: " || after > this.lastSeq",
            replacement: "",
            fails: &["gap"],
        },
        Defect {
            name: "what was missed comes newest first",
            text: "filter((message) => message.seq > after);",
            replacement: "filter((message) => message.seq > after).reverse();",
            fails: &["resume"],
        },
        Defect {
            name: "the message that was seen comes again",
            text: "message.seq > after",
            replacement: "message.seq >= after",
            fails: &["resume"],
        },
        Defect {
            name: "`after` of a gap is the oldest message that is kept",
            text: "after: this.forgottenSeq",
            replacement: "after: this.messages[0]?.seq ?? 0",
            fails: &["gap"],
        },
        Defect {
            name: "`joined-room` has always the number 0",
            text: "users, seq: this.lastSeq",
            replacement: "users, seq: 0",
            fails: &["resume"],
        },
        Defect {
            name: "who resumes is not announced",
            text: "    this.join(connection, message).tellMissed",
            replacement: r#"    const { userId, username } = connection.user;
    this.rooms.get(message.room)?.members.set(userId, { username, connections: new Set() });
    this.join(connection, message).tellMissed"#,
            fails: &["resume"],
        },
        Defect {
            name: "a user who has gone is still online",
            text: r#"    this.online.delete(userId);
    const receipts"#,
            replacement: "    const receipts",
            fails: &["remembered"],
        },
        Defect {
            name: "a name may be of any length",
            text: " || charactersIn(username) > MAX_NAME",
            replacement: "",
            fails: &["refused"],
        },
    ],
};
