//! What the server's messages say.

use serde_json::Value as Json;

use super::expected::Moment;

/// A message of the server's.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) said: Saying,
    pub(super) moment: Moment,
}

/// What it says. Users are named by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Saying {
    Connected { user: Who },
    Joined { users: Vec<Who>, seq: u64 },
    UserJoined { user: Who },
    Left,
    UserLeft { user: Who },
    Message(Message),
    Typing { user: Who },
    StopTyping { id: String },
    Missed { messages: Vec<Message> },
    Gap { after: u64 },
    Private { id: String, from: Who, text: String },
}

/// A user, as the server names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) id: String,
    pub(super) name: String,
}

/// A message of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) seq: u64,
    pub(super) from: Who,
    pub(super) text: String,
}

/// An answer that names what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Ack { id: String },
    Refused { code: String },
}

/// What a message is about.
pub(super) enum About {
    /// The room of this name.
    Room(String, Saying),
    /// The client alone.
    Client(Saying),
    /// What it sent under this name.
    Sent(String, Answer),
}

/// Reads a message, if it is one that the page knows.
pub(super) fn read(json: &Json) -> Option<About> {
    let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    let number = |name: &str| json.get(name)?.as_u64();
    let room = |said: Saying| Some(About::Room(text("room")?, said));
    match json.get("type")?.as_str()? {
        "connected" => Some(About::Client(Saying::Connected {
            user: user(json, "userId")?,
        })),
        "joined-room" => {
            let users = json.get("users")?.as_array()?;
            let users = users
                .iter()
                .map(|one| user(one, "id"))
                .collect::<Option<_>>()?;
            let seq = number("seq")?;
            room(Saying::Joined { users, seq })
        }
        "user-joined" => room(Saying::UserJoined {
            user: user(json, "userId")?,
        }),
        "left-room" => room(Saying::Left),
        "user-left" => room(Saying::UserLeft {
            user: user(json, "userId")?,
        }),
        "receive-message" => room(Saying::Message(message(json)?)),
        "user-typing" => room(Saying::Typing {
            user: user(json, "userId")?,
        }),
        "user-stop-typing" => room(Saying::StopTyping {
            id: text("userId")?,
        }),
        "missed-messages" => {
            let messages = json.get("messages")?.as_array()?;
            let messages = messages.iter().map(message).collect::<Option<_>>()?;
            room(Saying::Missed { messages })
        }
        "gap-too-large" => room(Saying::Gap {
            after: number("after")?,
        }),
        "receive-private-message" => Some(About::Client(Saying::Private {
            id: text("id")?,
            from: user(json, "from")?,
            text: text("message")?,
        })),
        "ack" => Some(About::Sent(
            text("clientId")?,
            Answer::Ack { id: text("id")? },
        )),
        "error" => {
            let code = text("code")?;
            Some(About::Sent(text("clientId")?, Answer::Refused { code }))
        }
        _ => None,
    }
}

fn user(json: &Json, id: &str) -> Option<Who> {
    Some(Who {
        id: json.get(id)?.as_str()?.to_owned(),
        name: json.get("username")?.as_str()?.to_owned(),
    })
}

fn message(json: &Json) -> Option<Message> {
    Some(Message {
        id: json.get("id")?.as_str()?.to_owned(),
        seq: json.get("seq")?.as_u64()?,
        from: user(json, "userId")?,
        text: json.get("message")?.as_str()?.to_owned(),
    })
}
