use crate::{Defect, Foreign, PYTHON};

pub(crate) const SERVER: Foreign = Foreign {
    page: "namespaces",
    tool: PYTHON,
    file: "namespaces_server.py",
    defects: &[
        Defect {
            name: "a token is looked at once, and lives as long as the connection",
            text: "        self.timer = asyncio.get_running_loop().call_later(session.remaining(), self.end, UNAUTHORIZED)",
            replacement: "        self.timer = asyncio.get_running_loop().call_later(3600, self.end, UNAUTHORIZED)",
            fails: &["expiry", "refresh-end"],
        },
        Defect {
            name: "a token's end closes with 1008",
            text: "UNAUTHORIZED = 3000",
            replacement: "UNAUTHORIZED = 1008",
            fails: &["expiry", "refresh-end"],
        },
        Defect {
            name: "a fresh token does not move the end",
            text: r#"        if self.timer is not None:
            self.timer.cancel()
        self.timer ="#,
            replacement: r#"        if self.timer is not None:
            return
        self.timer ="#,
            fails: &["refresh", "refresh-end"],
        },
        Defect {
            name: "a fresh token's end is compared with the old one",
            text: r#"        connection.renew(session)
"#,
            replacement: r#"        session.exp = max(session.exp, connection.session.exp)
        connection.renew(session)
"#,
            fails: &["refresh-end"],
        },
        Defect {
            name: "any user's token refreshes",
            text: r#"        if session.user_id != connection.session.user_id:
            raise Refused("another-user", "This token is another user's.")
"#,
            replacement: "",
            fails: &["refresh-refused"],
        },
        Defect {
            name: "a bad fresh token ends the connection",
            text: r#"            named = {"namespace""#,
            replacement: r#"            if refusal.code.startswith("token-"):
                connection.end(UNAUTHORIZED)
            named = {"namespace""#,
            fails: &["refresh-refused"],
        },
        Defect {
            name: "a fresh token leaves the namespaces alone",
            text: r#"            if not session.allows(namespace):
                self.leave_namespace(connection, namespace)"#,
            replacement: "            pass",
            fails: &["narrower"],
        },
        Defect {
            name: "a token without a signature is good",
            text: r#"        if header.get("alg") != "HS256":
            raise"#,
            replacement: r#"        if header.get("alg") == "none" and has_good_claims(claims):
            return Session(claims)
        if header.get("alg") != "HS256":
            raise"#,
            fails: &["unsigned", "refresh-refused"],
        },
        Defect {
            name: "the end is looked at before the signature",
            text: "        signed, _, signature = token",
            replacement: r#"        if isinstance(claims.get("exp"), float) and claims["exp"] <= time.time():
            raise Refused("token-expired", "The token has ended.")
        signed, _, signature = token"#,
            fails: &["key", "claims"],
        },
        Defect {
            name: "the claims are looked at before the signature",
            text: "        signed, _, signature = token",
            replacement: r#"        if not has_good_claims(claims):
            raise Refused("token-claims", "A claim is missing, or of another kind.")
        signed, _, signature = token"#,
            fails: &["key"],
        },
        Defect {
            name: "a token has a minute of grace",
            text: r#"if session.remaining() <= 0:
            raise Refused("token-expired""#,
            replacement: r#"if session.remaining() <= -60:
            raise Refused("token-expired""#,
            fails: &["expired"],
        },
        Defect {
            name: "all that is wrong with a token is called malformed",
            text: r#"Refused("token-signature""#,
            replacement: r#"Refused("token-malformed""#,
            fails: &["key"],
        },
        Defect {
            name: "an empty token is malformed",
            text: r#"or token == "":"#,
            replacement: "or False:",
            fails: &["missing"],
        },
        Defect {
            name: "the names of namespaces are not looked at",
            text: r#"        and all(isinstance(name, str) for name in names)
"#,
            replacement: "",
            fails: &["claims"],
        },
        Defect {
            name: "a token without namespaces allows none",
            text: "return self.namespaces is None or namespace in self.namespaces",
            replacement: "return namespace in (self.namespaces or [])",
            fails: &["join"],
        },
        Defect {
            name: "every token allows every namespace",
            text: "return self.namespaces is None or namespace in self.namespaces",
            replacement: "return True",
            fails: &["forbidden"],
        },
        Defect {
            name: "an unknown namespace in a token makes it wrong",
            text: r#"    return (
        isinstance(claims"#,
            replacement: r#"    return (
        set(names) <= {CHAT, GAME} and isinstance(claims"#,
            fails: &["forbidden"],
        },
        Defect {
            name: "the origin is not looked at",
            text: r#"if "origin" not in request.headers:"#,
            replacement: "if True:",
            fails: &["origin", "own-origin"],
        },
        Defect {
            name: "who has no origin is refused",
            text: r#"if "origin" not in request.headers:"#,
            replacement: "if False:",
            fails: &["connect"],
        },
        Defect {
            name: "an origin may begin like one that is allowed",
            text: r#"if request.header("origin") not in allowed:"#,
            replacement: r#"if not any(request.header("origin").startswith(origin) for origin in allowed):"#,
            fails: &["origin"],
        },
        Defect {
            name: "an origin may end like one that is allowed",
            text: r#"if request.header("origin") not in allowed:"#,
            replacement: r#"if not any(request.header("origin").endswith(origin.split("//")[-1]) for origin in allowed):"#,
            fails: &["origin"],
        },
        Defect {
            name: "the origin `null` passes",
            text: r#"if "origin" not in request.headers:"#,
            replacement: r#"if request.header("origin") in ("", "null"):"#,
            fails: &["origin", "own-origin"],
        },
        Defect {
            name: "the token is looked at before the origin",
            text: r#"        self.check_origin(request)
        session = self.verifier.session_of(request.parameter("token"))"#,
            replacement: r#"        session = self.verifier.session_of(request.parameter("token"))
        self.check_origin(request)"#,
            fails: &["first-refusal"],
        },
        Defect {
            name: "a room is the same in both namespaces",
            text: r#"        place = namespace, room
        if place"#,
            replacement: r#"        place = CHAT, room
        if place"#,
            fails: &["move"],
        },
        Defect {
            name: "a player hears of their own move",
            text: r#"            if member is not connection:
                member.send(event)"#,
            replacement: "            member.send(event)",
            fails: &["move"],
        },
        Defect {
            name: "a move is not shown to the player's other connection",
            text: "            if member is not connection:",
            replacement: "            if member.session.user_id != connection.session.user_id:",
            fails: &["move"],
        },
        Defect {
            name: "leaving a namespace leaves its rooms as they are",
            text: r#"        for place in [place for place in connection.rooms if place[0] == namespace]:
            self.leave(connection, place)
"#,
            replacement: "",
            fails: &["leave-namespace"],
        },
        Defect {
            name: "leaving a namespace leaves all rooms",
            text: "if place[0] == namespace]:",
            replacement: "]:",
            fails: &["leave-namespace"],
        },
        Defect {
            name: "a room may be joined without its namespace",
            text: r#"        if namespace not in connection.namespaces:
            raise Refused("not-in-namespace""#,
            replacement: r#"        if namespace not in connection.namespaces and kind != "join-room":
            raise Refused("not-in-namespace""#,
            fails: &["forbidden", "cost"],
        },
        Defect {
            name: "both namespaces have all messages",
            text: r#"if kind == "game-move" and namespace == GAME:"#,
            replacement: r#"if kind == "game-move":"#,
            fails: &["own-types"],
        },
        Defect {
            name: "each connection has a bucket of its own",
            text: "self.bucket_of(connection.session.user_id).take()",
            replacement: "self.bucket_of(id(connection)).take()",
            fails: &["per-user", "come-back"],
        },
        Defect {
            name: "all users have one bucket",
            text: "self.bucket_of(connection.session.user_id).take()",
            replacement: "self.bucket_of(0).take()",
            fails: &["others"],
        },
        Defect {
            name: "only messages that are right cost something",
            text: r#"            self.bucket_of(connection.session.user_id).take()
            if message is None or not isinstance(message.get("type"), str):
                raise Refused("invalid-message", "This is not a JSON object with a type.")
"#,
            replacement: r#"            if message is None or not isinstance(message.get("type"), str):
                raise Refused("invalid-message", "This is not a JSON object with a type.")
            self.bucket_of(connection.session.user_id).take()
"#,
            fails: &["cost"],
        },
        Defect {
            name: "what is refused costs something too",
            text: r#"            raise Refused("rate-limited", "You"#,
            replacement: r#"            self.taken += 1
            raise Refused("rate-limited", "You"#,
            fails: &["waiting"],
        },
        Defect {
            name: "a full bucket ends the connection",
            text: r#"            named = {"namespace""#,
            replacement: r#"            if refusal.code == "rate-limited":
                connection.end(1008)
            named = {"namespace""#,
            fails: &["limit"],
        },
        Defect {
            name: "the bucket is full again after each refill",
            text: "if returned >= self.taken:",
            replacement: "if returned >= 1:",
            fails: &["waiting"],
        },
        Defect {
            name: "`retryAfter` is in seconds",
            text: "math.ceil((next_at - now) * 1000)",
            replacement: "math.ceil(next_at - now)",
            fails: &["limit"],
        },
        Defect {
            name: "a bucket ends with the connection",
            text: r#"        for place in list(connection.rooms):
            self.leave(connection, place)"#,
            replacement: r#"        self.buckets.pop(connection.session.user_id, None)
        for place in list(connection.rooms):
            self.leave(connection, place)"#,
            fails: &["come-back"],
        },
        Defect {
            name: "an error does not name the namespace",
            text: r#""namespace": namespace, "clientId""#,
            replacement: r#""namespace": None, "clientId""#,
            fails: &["forbidden", "own-types", "errors", "limit"],
        },
        Defect {
            name: "an error does not name the message",
            text: r#""clientId": client_id, **refusal"#,
            replacement: r#""clientId": None, **refusal"#,
            fails: &["unknown", "errors", "order", "refresh-refused"],
        },
        Defect {
            name: "a connection may be in any number of rooms",
            text: "MAX_ROOMS = 100",
            replacement: "MAX_ROOMS = 1000",
            fails: &["rooms-limit"],
        },
        Defect {
            name: "joining again counts again",
            text: r#"        if place not in connection.rooms:
            if len"#,
            replacement: r#"        if True:
            if len"#,
            fails: &["message"],
        },
        Defect {
            name: "who is in no room may speak there",
            text: r#"        if (namespace, room) not in connection.rooms:
            raise Refused("not-in-room", "You are not in this room.")
"#,
            replacement: r#"        self.rooms.setdefault((namespace, room), [])
"#,
            fails: &["leave-room", "leave-namespace"],
        },
        Defect {
            name: "a message is trimmed",
            text: r#""message": text}"#,
            replacement: r#""message": text.strip()}"#,
            fails: &["message"],
        },
        Defect {
            name: "what is said is counted in bytes",
            text: "1 <= len(value) <= longest",
            replacement: "1 <= len(value.encode()) <= longest",
            fails: &["lengths"],
        },
    ],
};
