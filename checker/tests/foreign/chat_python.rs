use crate::{Defect, Foreign, PYTHON};

pub(crate) const SERVER: Foreign = Foreign {
    page: "chat",
    tool: PYTHON,
    file: "chat_server.py",
    defects: &[
        Defect {
            name: "a join is announced to the newcomer too",
            text: r#"            self.tell_others(user, {"type": "user-joined", **user.as_author()})"#,
            replacement: r#"            self.tell_others(User("", ""), {"type": "user-joined", **user.as_author()})"#,
            fails: &["join"],
        },
        Defect {
            name: "a leave is announced twice",
            text: r#"            self.tell_others(user, {"type": "user-left", **user.as_author()})"#,
            replacement: r#"            for _ in range(2):
                self.tell_others(user, {"type": "user-left", **user.as_author()})"#,
            fails: &["leave"],
        },
        Defect {
            name: "only a close frame is a leave",
            text: "            self.end(closed.code)",
            replacement: "            if closed.code != LOST: self.end(closed.code)",
            fails: &["lost", "last-tab"],
        },
        Defect {
            name: "the length of a content is counted in bytes",
            text: "len(content) > self.config.max_content",
            replacement: r#"len(content.encode("utf-8")) > self.config.max_content"#,
            fails: &["length"],
        },
        Defect {
            name: "a private message goes to everyone",
            text: r#"        self.tell(target_id, {"type": "private-message", **message})"#,
            replacement: r#"        for user_id in self.connections:
            self.tell(user_id, {"type": "private-message", **message})"#,
            fails: &["private"],
        },
        Defect {
            name: "a private message goes to everyone else 45 ms later",
            text: r#"        self.tell(user.id, {"type": "private-message-sent", **message})"#,
            replacement: r#"        self.tell(user.id, {"type": "private-message-sent", **message})
        for user_id in self.connections.keys() - {user.id, target_id}:
            late = {"type": "private-message", **message}
            asyncio.get_running_loop().call_later(0.045, self.tell, user_id, late)"#,
            fails: &["private"],
        },
        Defect {
            name: "a token without a signature is good",
            text: r#"        if not isinstance(header, dict) or header.get("alg") != "HS256":"#,
            replacement: r#"        if isinstance(header, dict) and header.get("alg") == "none":
            signature = self.signature(signed)
        elif not isinstance(header, dict) or header.get("alg") != "HS256":"#,
            fails: &["refused"],
        },
        Defect {
            name: "the number of kept messages serves as an id",
            text: r#"        return f"m{next(self.ids)}""#,
            replacement: r#"        return f"m{len(self.messages)}""#,
            fails: &["ids"],
        },
        Defect {
            name: "the history begins with the newest",
            text: r#""messages": self.page(first_recent, self.config.history_limit)}"#,
            replacement: r#""messages": self.page(first_recent, self.config.history_limit)[::-1]}"#,
            fails: &["history"],
        },
    ],
};
