use crate::{Defect, Foreign, PYTHON};

pub(crate) const SERVER: Foreign = Foreign {
    page: "rooms",
    tool: PYTHON,
    file: "rooms_server.py",
    defects: &[
        Defect {
            name: "the same words are needed for it to be the same message",
            text: "        if not self.acknowledge_again(connection, client_id):",
            replacement: r#"        known = message.get("message") in [said["message"] for said in room.messages]
        if not known or not self.acknowledge_again(connection, client_id):"#,
            fails: &["resend"],
        },
        Defect {
            name: "an error ends the connection",
            text: "            connection.send(error)",
            replacement: r#"            connection.send(error)
            connection.end(1008)"#,
            fails: &["named-errors"],
        },
        Defect {
            name: "a binary message is not answered",
            text: "self.all.receive(self, payload if opcode == TEXT else None)",
            replacement: "if opcode == TEXT: self.all.receive(self, payload)",
            fails: &["named-errors"],
        },
        Defect {
            name: "an empty `clientId` is one",
            text: "1 <= len(client_id) <= MAX_NAME",
            replacement: "len(client_id) <= MAX_NAME",
            fails: &["named-errors"],
        },
        Defect {
            name: "a `clientId` may be of any length",
            text: "1 <= len(client_id) <= MAX_NAME",
            replacement: "1 <= len(client_id)",
            fails: &["named-errors"],
        },
        Defect {
            name: "an error has no `clientId`",
            text: "            connection.send(error)",
            replacement: r#"            del error["clientId"]
            connection.send(error)"#,
            fails: &["named-errors"],
        },
        Defect {
            name: "what was refused is remembered as delivered",
            text: "            said = room.next_message(connection.user, content_in(message))",
            replacement: r#"            self.receipts[connection.user.id][client_id] = "refused"
            said = room.next_message(connection.user, content_in(message))"#,
            fails: &["named-errors"],
        },
        Defect {
            name: "a room's name may be of any length",
            text: r#"is_blank(name) or len(name) > MAX_NAME:
        raise Refused("invalid-room""#,
            replacement: r#"is_blank(name):
        raise Refused("invalid-room""#,
            fails: &["named-errors"],
        },
        Defect {
            name: "a room's name is counted in bytes",
            text: r#"is_blank(name) or len(name) > MAX_NAME:
        raise Refused("invalid-room""#,
            replacement: r#"is_blank(name) or len(name.encode()) > MAX_NAME:
        raise Refused("invalid-room""#,
            fails: &["limits"],
        },
        Defect {
            name: "a message may be of any length",
            text: " or len(text) > MAX_CONTENT:",
            replacement: ":",
            fails: &["limits"],
        },
        Defect {
            name: "`after` may be negative",
            text: "if after is None or after < 0",
            replacement: "if after is None",
            fails: &["named-errors"],
        },
        Defect {
            name: "a fraction is taken for a number",
            text: "int(value) if isinstance(value, float) and value.is_integer() else None",
            replacement: "int(value) if isinstance(value, float) else None",
            fails: &["named-errors"],
        },
        Defect {
            name: "white space is what Python strips",
            text: "not text.strip(WHITE_SPACE)",
            replacement: "not text.strip()",
            fails: &["limits"],
        },
        Defect {
            name: "all of one's connections hear the acknowledgement",
            text: r#"            self.acknowledge(connection, client_id, said["id"])
            room.tell"#,
            replacement: r#"            self.acknowledge(connection, client_id, said["id"])
            for other in self.online[connection.user.id]:
                if other is not connection:
                    other.send({"type": "ack", "clientId": client_id, "id": said["id"]})
            room.tell"#,
            fails: &["apart"],
        },
        Defect {
            name: "a message goes to all connections of those who are in the room",
            text: r#"            room.tell({"type": "receive-message", **said})"#,
            replacement: r#"            for user_id in room.members:
                for other in self.online[user_id]:
                    other.send({"type": "receive-message", **said})"#,
            fails: &["apart"],
        },
        Defect {
            name: "a lost connection leaves one of its rooms",
            text: "for room in list(connection.rooms):",
            replacement: "for room in list(connection.rooms)[:1]:",
            fails: &["lost"],
        },
        Defect {
            name: "receipts are forgotten with the connection",
            text: "self.receipts_of_absent[user.id] = self.receipts.pop(user.id)",
            replacement: r#"self.receipts_of_absent[user.id] = OrderedDict()
            del self.receipts[user.id]"#,
            fails: &["resend"],
        },
        Defect {
            name: "a message that comes again is acknowledged, in the room or not",
            text: r#"        room = self.room_of(connection, message)
        if not self.acknowledge_again(connection, client_id):
"#,
            replacement: r#"        if not self.acknowledge_again(connection, client_id):
            room = self.room_of(connection, message)
"#,
            fails: &["resend"],
        },
        Defect {
            name: "a private message may be sent twice",
            text: r#"        if self.acknowledge_again(connection, client_id):
            return
        user ="#,
            replacement: "        user =",
            fails: &["resend"],
        },
        Defect {
            name: "the target must be online for the acknowledgement too",
            text: r#"        client_id = required_client_id(message)
        if self.acknowledge_again"#,
            replacement: r#"        client_id = required_client_id(message)
        self.connections_of(message.get("targetUserId"))
        if self.acknowledge_again"#,
            fails: &["remembered"],
        },
        Defect {
            name: "typing lasts for ever",
            text: "loop.call_later(TYPING_SECONDS,",
            replacement: "loop.call_later(3600,",
            fails: &["typing-ends"],
        },
        Defect {
            name: "typing again does not begin the time anew",
            text: r#"        if connection in self.typing:
            self.typing[connection].cancel()
"#,
            replacement: r#"        if connection in self.typing:
            return
"#,
            fails: &["typing-again"],
        },
        Defect {
            name: "typing outlasts leaving",
            text: r#"        self.end_typing(connection)
        user = connection.user
        self.members"#,
            replacement: r#"        user = connection.user
        self.members"#,
            fails: &["typing-lost"],
        },
        Defect {
            name: "one who types and leaves is heard to leave first",
            text: r#"        self.end_typing(connection)
        user = connection.user
        self.members[user.id].connections.remove(connection)
        if not self.members[user.id].connections:
            del self.members[user.id]
            self.tell({"type": "user-left", "room": self.name, **user.as_author()})"#,
            replacement: r#"        user = connection.user
        self.members[user.id].connections.remove(connection)
        if not self.members[user.id].connections:
            del self.members[user.id]
            self.tell({"type": "user-left", "room": self.name, **user.as_author()})
        self.end_typing(connection)"#,
            fails: &["typing-lost"],
        },
        Defect {
            name: "only one of those who are invited need be online",
            text: r#"        for user_id in invite:
            self.connections_of(user_id)
"#,
            replacement: r#"        self.connections_of(invite[0])
"#,
            fails: &["private-room"],
        },
        Defect {
            name: "those before an unknown one are invited",
            text: r#"        for user_id in invite:
            self.connections_of(user_id)
"#,
            replacement: r#"        for user_id in invite:
            for guest in self.connections_of(user_id):
                guest.send({"type": "invited", "room": "private:0", "from": "", "username": ""})
"#,
            fails: &["private-room"],
        },
        Defect {
            name: "any number may be invited",
            text: "not 1 <= len(invite) <= MAX_INVITED",
            replacement: "len(invite) < 1",
            fails: &["nobody"],
        },
        Defect {
            name: "a private room is public to those who know its name",
            text: "connection.user.id not in room.invited:",
            replacement: "False:",
            fails: &["private-room"],
        },
        Defect {
            name: "a name that begins like a private room's makes a public one",
            text: "if room is None and name.startswith(PRIVATE):",
            replacement: "if False:",
            fails: &["private-room"],
        },
        Defect {
            name: "private rooms are listed",
            text: " if room.invited is None]",
            replacement: "]",
            fails: &["rooms-api"],
        },
        Defect {
            name: "empty rooms are listed",
            text: "rooms = [room for room in self.occupied.values() if",
            replacement: "rooms = [room for room in [*self.occupied.values(), *self.empty.values()] if",
            fails: &["rooms-api"],
        },
        Defect {
            name: "a room keeps the oldest messages",
            text: r#"self.forgotten = self.messages.popleft()["seq"]"#,
            replacement: "self.messages.pop()",
            fails: &["gap"],
        },
        Defect {
            name: "one message too few is known to be forgotten",
            text: "if after < self.forgotten or",
            replacement: "if after <= self.forgotten or",
            fails: &["gap"],
        },
        Defect {
            name: "after a gap the connection is not in the room",
            text: "        connection.send(room.missed_since(after))",
            replacement: r#"        missed = room.missed_since(after)
        connection.send(missed)
        if missed["type"] == "gap-too-large":
            self.leave(connection, room)"#,
            fails: &["gap"],
        },
        Defect {
            name: "a slow reader is waited for with all that waits",
            text: "if len(self.outbox) >= OUTBOX_LIMIT:",
            replacement: "if False:",
            fails: &["slow"],
        },
        Defect {
            name: "everyone in the room hears an error",
            text: "            connection.send(error)",
            replacement: r#"            for user in self.online.values():
                for other in user:
                    other.send(error)"#,
            fails: &["named-errors"],
        },
        Defect {
            name: "an ack has a member too many",
            text: r#"connection.send({"type": "ack", "clientId": client_id, "id": message_id})

    def typing"#,
            replacement: r#"connection.send({"type": "ack", "clientId": client_id, "id": message_id, "ok": True})

    def typing"#,
            fails: &["message", "private"],
        },
        Defect {
            name: "a private message is sent to the room's",
            text: "        for target in targets:",
            replacement: "        for target in [c for user in self.online.values() for c in user]:",
            fails: &["private"],
        },
        Defect {
            name: "names are taken from the message",
            text: "said = room.next_message(connection.user, content_in(message))",
            replacement: r#"said = room.next_message(connection.user, content_in(message))
            said["username"] = message.get("username", said["username"])"#,
            fails: &["identity"],
        },
        Defect {
            name: "who is not in the room is shown to type",
            text: r#"    def typing(self, connection, message):
"#,
            replacement: r#"    def typing(self, connection, message):
        room = self.occupied.get(message.get("room"))
        if room:
            room.tell({"type": "user-typing", "room": room.name, **connection.user.as_author()})
"#,
            fails: &["members", "typing"],
        },
        Defect {
            name: "timestamps are numbers",
            text: r#"isoformat(timespec="seconds")"#,
            replacement: "timestamp()",
            fails: &["message", "private"],
        },
    ],
};
