//! What clients hear, or should, as patterns of the notation.

use super::expected::Expected;
use super::heard::{Message, Saying};
use super::lines::quoted;
use super::model::{ROOM_NAMES, RoomsModel};

/// Of one line that waits, what it must say besides what it is.
#[derive(Default)]
pub(super) struct Detail {
    pub(super) seq: Option<String>,
    pub(super) id: Option<String>,
    pub(super) is_whole: bool,
    pub(super) exactly_once: bool,
}

impl RoomsModel {
    /// A pattern for what should come.
    pub(super) fn pattern(&self, expected: &Expected, detail: &Detail) -> String {
        let name = |user: &usize| self.name(*user);
        let in_room = |kind: &str, room: &usize, more: String| {
            format!(
                "{{\"type\": \"{kind}\", \"room\": \"{}\"{more}}}",
                ROOM_NAMES[*room]
            )
        };
        let who = |user: &usize| format!(", \"username\": ${}, ...", name(user));
        let text = |said: &usize| quoted(&self.facts.said[*said].text);
        let seq = detail
            .seq
            .as_ref()
            .map_or_else(String::new, |seq| format!("\"seq\": {seq}, "));
        match expected {
            Expected::Connected => "{\"type\": \"connected\", ...}".to_owned(),
            Expected::Joined { room, users, .. } => {
                let users: Vec<String> = users
                    .iter()
                    .map(|user| format!("{{\"username\": ${}, ...}}", name(user)))
                    .collect();
                let users = match detail.is_whole {
                    true => format!("\"users\": unordered [{}], ", users.join(", ")),
                    false => String::new(),
                };
                in_room("joined-room", room, format!(", {users}{seq}..."))
            }
            Expected::UserJoined { room, user } => in_room("user-joined", room, who(user)),
            Expected::Left { room } => in_room("left-room", room, String::new()),
            Expected::UserLeft { room, user } => in_room("user-left", room, who(user)),
            Expected::Message { said } => {
                format!(
                    "{{\"type\": \"receive-message\", \"message\": {}, {seq}...}}",
                    text(said)
                )
            }
            Expected::Typing { room, user } => in_room("user-typing", room, who(user)),
            Expected::StopTyping { room, user } => {
                let id = format!(", \"userId\": ${}_id", name(user));
                in_room("user-stop-typing", room, id)
            }
            Expected::Missed { room, said } => {
                let last = said.len().saturating_sub(1);
                let messages: Vec<String> = said
                    .iter()
                    .enumerate()
                    .map(|(index, said)| {
                        let seq = if index == last { seq.as_str() } else { "" };
                        format!("{{\"message\": {}, {seq}...}}", text(said))
                    })
                    .collect();
                let messages = format!(", \"messages\": [{}]", messages.join(", "));
                in_room("missed-messages", room, messages)
            }
            Expected::Gap { room, .. } => in_room("gap-too-large", room, ", ...".to_owned()),
            Expected::Private { said } => {
                let from = self.name(self.facts.said[*said].by);
                let text = text(said);
                format!(
                    "{{\"type\": \"receive-private-message\", \"username\": ${from}, \"message\": {text}, ...}}"
                )
            }
            Expected::Ack { said, .. } => {
                let client_id = quoted(&self.facts.said[*said].client_id);
                let id = detail
                    .id
                    .as_deref()
                    .map_or_else(|| "...".to_owned(), |id| format!("\"id\": {id}"));
                format!("{{\"type\": \"ack\", \"clientId\": {client_id}, {id}}}")
            }
            Expected::Refused { code, .. } => {
                format!("{{\"type\": \"error\", \"code\": \"{code}\", ...}}")
            }
        }
    }

    /// A pattern for what came, with what tells it from others.
    pub(super) fn pattern_of(&self, came: &Saying, room: Option<usize>) -> String {
        let room = room.map_or_else(String::new, |room| {
            format!(", \"room\": \"{}\"", ROOM_NAMES[room])
        });
        let of = |kind: &str, more: String| format!("{{\"type\": \"{kind}\"{room}{more}, ...}}");
        let named = |name: &str| match self.by_name(name) {
            Some(user) => format!(", \"username\": ${}", self.name(user)),
            None => format!(", \"username\": {}", quoted(name)),
        };
        let message = |message: &Message| format!(", \"message\": {}", quoted(&message.text));
        match came {
            Saying::Connected { .. } => of("connected", String::new()),
            Saying::Joined { .. } => of("joined-room", String::new()),
            Saying::UserJoined { user } => of("user-joined", named(&user.name)),
            Saying::Left => format!("{{\"type\": \"left-room\"{room}}}"),
            Saying::UserLeft { user } => of("user-left", named(&user.name)),
            Saying::Message(it) => of("receive-message", message(it)),
            Saying::Typing { user } => of("user-typing", named(&user.name)),
            Saying::StopTyping { .. } => of("user-stop-typing", String::new()),
            Saying::Missed { .. } => of("missed-messages", String::new()),
            Saying::Gap { .. } => of("gap-too-large", String::new()),
            Saying::Private { text, .. } => of(
                "receive-private-message",
                format!(", \"message\": {}", quoted(text)),
            ),
        }
    }

    fn by_name(&self, name: &str) -> Option<usize> {
        let users = &self.facts.users;
        users
            .iter()
            .position(|user| user.name == name && !name.is_empty())
    }

    /// Whether what came is of the kind that was expected, and about the same.
    pub(super) fn is_that(&self, expected: &Expected, came: &Saying) -> bool {
        let facts = &self.facts;
        match (expected, came) {
            (Expected::Connected, Saying::Connected { .. })
            | (Expected::Joined { .. }, Saying::Joined { .. })
            | (Expected::Left { .. }, Saying::Left)
            | (Expected::Missed { .. }, Saying::Missed { .. })
            | (Expected::Gap { .. }, Saying::Gap { .. }) => true,
            (Expected::UserJoined { user, .. }, Saying::UserJoined { user: who })
            | (Expected::UserLeft { user, .. }, Saying::UserLeft { user: who })
            | (Expected::Typing { user, .. }, Saying::Typing { user: who }) => facts.is(*user, who),
            (Expected::StopTyping { user, .. }, Saying::StopTyping { id }) => {
                facts.has_id(*user, id)
            }
            (Expected::Message { said }, Saying::Message(it)) => facts.said[*said].text == it.text,
            (Expected::Private { said }, Saying::Private { text, .. }) => {
                facts.said[*said].text == *text
            }
            _ => false,
        }
    }
}
