use crate::{Defect, Foreign, NODE};

pub(crate) const SERVER: Foreign = Foreign {
    page: "chat",
    tool: NODE,
    file: "chat_server.mjs",
    defects: &[
        Defect {
            name: "characters are counted as UTF-16 code units",
            text: "[...text].length",
            replacement: "text.length",
            fails: &["length"],
        },
        Defect {
            name: "a token that has ended is good",
            text: "return exp > Date.now() / 1000 ? { userId, username } : undefined;",
            replacement: "return { userId, username };",
            fails: &["refused"],
        },
        Defect {
            name: "a second tab takes the place of the first",
            text: "    if (isFirst) this.connections.set(user.userId, new Set());",
            replacement: "    this.connections.set(user.userId, new Set());",
            fails: &["tab"],
        },
        Defect {
            name: "the frames of a message are not joined",
            text: "      if (frame.final) {",
            replacement: "      if (true) {",
            fails: &["malformed"],
        },
        Defect {
            name: "typing does not end with the connection",
            text: "    const { user } = connection;\n    this.stopTyping(connection);",
            replacement: "    const { user } = connection;",
            fails: &["typing-ends"],
        },
        Defect {
            name: "one who types hears of it 20 ms later",
            text: r#"    if (!wasTyping) this.tellOthers(connection.user, { type: "user-typing", ...connection.user });"#,
            replacement: r#"    if (wasTyping) return;
    const event = { type: "user-typing", ...connection.user };
    this.tellOthers(connection.user, event);
    setTimeout(() => connection.send(event), 20);"#,
            fails: &["typing"],
        },
        Defect {
            name: "the list of users is open to all",
            text: "    requireToken(request);\n    const users",
            replacement: "    const users",
            fails: &["api-token"],
        },
    ],
};
