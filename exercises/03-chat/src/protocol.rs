//! What goes over the wire, as the assignment's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Names a user for as long as the server runs.
pub type UserId = String;

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// The name to show.
    pub username: String,
}

/// A message to all.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// No other message, public or private, has it.
    pub id: String,
    /// Who said it.
    pub user_id: UserId,
    /// The name that they said it under.
    pub username: String,
    /// As it came.
    pub content: String,
    /// When the server got it.
    pub timestamp: DateTime<Utc>,
}

/// A message to one user.
#[derive(Debug, Clone, Serialize)]
pub struct PrivateMessage {
    /// No other message, public or private, has it.
    pub id: String,
    /// Who said it.
    pub from: UserId,
    /// Whom it is for.
    pub to: UserId,
    /// As it came.
    pub content: String,
    /// When the server got it.
    pub timestamp: DateTime<Utc>,
}

/// What a client may ask for. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `send-message`.
    SendMessage {
        /// Not blank, and not too long.
        content: String,
    },
    /// `typing-start`.
    TypingStart,
    /// `typing-stop`.
    TypingStop,
    /// `send-private-message`.
    SendPrivateMessage {
        /// Whom it is for. They may not exist.
        target: UserId,
        /// Not blank, and not too long.
        content: String,
    },
}

/// What the server says.
#[derive(Debug, Clone, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage {
    /// Who is online; the first that a new connection hears.
    OnlineUsers {
        /// In any order, the newcomer among them.
        users: Vec<User>,
    },
    /// What was said last; the second that a new connection hears.
    RecentMessages {
        /// The oldest first.
        messages: Vec<ChatMessage>,
    },
    /// A user's first connection opened.
    UserJoined {
        /// Who it is.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// A user's last connection ended.
    UserLeft {
        /// Who it was.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// Someone said something to all.
    NewMessage(ChatMessage),
    /// A user begins to type.
    UserTyping {
        /// Who it is.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// A user no longer types.
    UserStopTyping {
        /// Who it is.
        user_id: UserId,
    },
    /// Someone said something to this user.
    PrivateMessage(PrivateMessage),
    /// What this user said to someone was delivered.
    PrivateMessageSent(PrivateMessage),
    /// The client's last message was wrong.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: &'static str,
    },
}

/// What can be wrong with a request or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// HTTP 401: no token, or one that is not good.
    Unauthorized,
    /// HTTP 400.
    InvalidUsername,
    /// HTTP 400: `limit` or `offset`.
    InvalidPage,
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// A `type` that the protocol does not have.
    UnknownType,
    /// Missing, not a string, blank, or too long.
    InvalidContent,
    /// Nobody who is online has this id.
    UnknownUser,
}

impl ErrorCode {
    /// The same, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unauthorized => "sign in first: the token is missing or not good",
            Self::InvalidUsername => {
                "a username is a string of 1 to 32 characters that is not blank"
            }
            Self::InvalidPage => "limit must be 1 to 100 and offset 0 to 1000000",
            Self::InvalidMessage => "expected a text message: a JSON object with a type",
            Self::UnknownType => "there is no such type of message",
            Self::InvalidContent => "content must be a string, neither blank nor too long",
            Self::UnknownUser => "nobody who is online has this id",
        }
    }
}

impl From<ErrorCode> for ServerMessage {
    fn from(code: ErrorCode) -> Self {
        Self::Error {
            code,
            message: code.message(),
        }
    }
}

/// An error as the answer to an HTTP request.
impl IntoResponse for ErrorCode {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(ServerMessage::from(self))).into_response()
    }
}
