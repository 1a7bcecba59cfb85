//! What goes over the wire at `/chat`, as the exercise's tables have it.

use serde::{Deserialize, Serialize};

/// What a sender calls a message, so that it can be sent again and still be one message.
pub type ClientId = String;

const LONGEST_USERNAME: usize = 32;
const LONGEST_CLIENT_ID: usize = 64;
const LONGEST_CONTENT: usize = 2000;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ClientMessage {
    /// Who it is. The first that a connection says.
    Join {
        /// The name to show.
        username: String,
    },
    /// Something for everyone.
    SendMessage {
        /// The sender's name for it.
        client_id: ClientId,
        /// What it says.
        content: String,
    },
    /// The client wants no more.
    Leave,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage {
    /// The connection has joined.
    Welcome {
        /// Under this name.
        username: String,
    },
    /// The server has a message, and has it once.
    Ack {
        /// The sender's name for it.
        client_id: ClientId,
    },
    /// Someone said something.
    NewMessage {
        /// The name that they joined with.
        username: String,
        /// As it came.
        content: String,
    },
    /// The client's message was wrong. The connection stays open.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: String,
    },
}

/// What can be wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// Not one of the messages in the table.
    InvalidMessage,
    /// Nothing can be said before `join`.
    NotJoined,
    /// One joins once.
    AlreadyJoined,
}

impl ErrorCode {
    /// The same, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::InvalidMessage => "expected a JSON object: join, send-message or leave",
            Self::NotJoined => "join first",
            Self::AlreadyJoined => "you have joined already",
        }
    }
}

impl ClientMessage {
    /// Reads and checks a text message.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidMessage`] for whatever is not in the table.
    pub fn parse(text: &str) -> Result<Self, ErrorCode> {
        let message: Self = serde_json::from_str(text).map_err(|_| ErrorCode::InvalidMessage)?;
        let valid = match &message {
            Self::Join { username } => is_filled(username, LONGEST_USERNAME),
            Self::SendMessage { client_id, content } => {
                (1..=LONGEST_CLIENT_ID).contains(&client_id.chars().count())
                    && is_filled(content, LONGEST_CONTENT)
            }
            Self::Leave => true,
        };
        valid.then_some(message).ok_or(ErrorCode::InvalidMessage)
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings always become JSON")
    }
}

impl ServerMessage {
    /// The answer to a message that was wrong.
    pub fn error(code: ErrorCode) -> Self {
        Self::Error {
            code,
            message: code.message().to_owned(),
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings always become JSON")
    }
}

fn is_filled(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest
}
