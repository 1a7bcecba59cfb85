//! What goes over the wire, as the exercise's tables have it.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Number;

/// Names a user.
pub type UserId = String;

/// Names a room within its namespace.
pub type RoomName = String;

/// What a sender calls a message, so that an error can say which one it is about.
pub type ClientId = String;

/// A part of the server with messages and rooms of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Namespace {
    /// `/chat`.
    #[serde(rename = "/chat")]
    Chat,
    /// `/game`.
    #[serde(rename = "/game")]
    Game,
}

impl Namespace {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Game];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.name() == name)
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "/chat",
            Self::Game => "/game",
        }
    }
}

/// What a client may ask for. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `refresh-token`: go on after the end of the token.
    RefreshToken {
        /// Not checked yet.
        token: String,
    },
    /// `join-namespace`.
    JoinNamespace {
        /// Which one.
        namespace: Namespace,
    },
    /// `leave-namespace`.
    LeaveNamespace {
        /// Which one.
        namespace: Namespace,
    },
    /// `join-room`, in either namespace.
    JoinRoom {
        /// Whose room.
        namespace: Namespace,
        /// Which one.
        room: RoomName,
    },
    /// `leave-room`, in either namespace.
    LeaveRoom {
        /// Whose room.
        namespace: Namespace,
        /// Which one.
        room: RoomName,
    },
    /// `send-message`, in `/chat`.
    SendMessage {
        /// Where to.
        room: RoomName,
        /// Not blank, and not too long.
        message: String,
    },
    /// `game-move`, in `/game`.
    GameMove {
        /// Where.
        room: RoomName,
        /// Neither empty nor too long.
        r#move: String,
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
    /// The first that a new connection hears.
    Connected {
        /// Who the token says it is.
        user_id: UserId,
        /// Their name.
        username: String,
        /// When the token ends, as it has it.
        exp: Number,
    },
    /// The connection goes on until the end of another token.
    TokenRefreshed {
        /// When that one ends, as it has it.
        exp: Number,
    },
    /// This connection is in the namespace.
    JoinedNamespace {
        /// Which one.
        namespace: Namespace,
    },
    /// This connection is no longer in the namespace.
    LeftNamespace {
        /// Which one.
        namespace: Namespace,
    },
    /// This connection is in the room.
    JoinedRoom {
        /// Whose room.
        namespace: Namespace,
        /// Which one.
        room: RoomName,
    },
    /// This connection is no longer in the room.
    LeftRoom {
        /// Whose room.
        namespace: Namespace,
        /// Which one.
        room: RoomName,
    },
    /// Someone said something to a room of `/chat`.
    Message {
        /// [`Namespace::Chat`].
        namespace: Namespace,
        /// Where it was said.
        room: RoomName,
        /// Who said it.
        user_id: UserId,
        /// Their name.
        username: String,
        /// As it came.
        message: String,
    },
    /// Someone else made a move in a room of `/game`.
    OpponentMove {
        /// [`Namespace::Game`].
        namespace: Namespace,
        /// Where.
        room: RoomName,
        /// Who made it.
        user_id: UserId,
        /// Their name.
        username: String,
        /// As it came.
        r#move: String,
    },
    /// This connection's move was passed on.
    MoveMade {
        /// [`Namespace::Game`].
        namespace: Namespace,
        /// Where.
        room: RoomName,
        /// As it came.
        r#move: String,
    },
    /// The client's message was refused.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: &'static str,
        /// That of the message, if there is one of that name.
        namespace: Option<Namespace>,
        /// The sender's name for what was refused, if it gave one.
        client_id: Option<ClientId>,
        /// After how many milliseconds it would be let through, if that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// For the program.
    pub code: ErrorCode,
    /// After how long it would be let through, if that is known.
    pub retry_after: Option<Duration>,
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}

/// What can be wrong with a request or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// HTTP 400.
    InvalidUsername,
    /// HTTP 403: the page that opens the connection is another site's.
    OriginForbidden,
    /// HTTP 401: there is no token.
    TokenMissing,
    /// HTTP 401: not three parts of base64url, or no JSON objects in the first two.
    TokenMalformed,
    /// HTTP 401: signed in another way than with HS256, or not at all.
    TokenAlgorithm,
    /// HTTP 401: signed with another key.
    TokenSignature,
    /// HTTP 401: a claim is missing, or not of its kind.
    TokenClaims,
    /// HTTP 401: it has ended.
    TokenExpired,
    /// A fresh token is somebody else's.
    AnotherUser,
    /// Too many messages: wait.
    RateLimited,
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// `namespace` is missing, or there is none of that name.
    UnknownNamespace,
    /// The token does not allow it.
    ForbiddenNamespace,
    /// This connection has not joined the namespace.
    NotInNamespace,
    /// A `type` that the namespace does not have.
    UnknownType,
    /// `room` is missing, not a string, blank, or too long.
    InvalidRoom,
    /// `message` is missing, not a string, blank, or too long.
    InvalidContent,
    /// `move` is missing, not a string, empty, or too long.
    InvalidMove,
    /// This connection has not joined the room.
    NotInRoom,
    /// This connection is in as many rooms as one may be.
    TooManyRooms,
}

impl ErrorCode {
    /// The same, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::InvalidUsername => {
                "a username is a string of 1 to 32 characters that is not blank"
            }
            Self::OriginForbidden => "pages of this origin may not connect",
            Self::TokenMissing => "sign in first: there is no token",
            Self::TokenMalformed => "this is not a JSON Web Token",
            Self::TokenAlgorithm => "the token is not signed with HS256",
            Self::TokenSignature => "the token was signed with another key",
            Self::TokenClaims => {
                "the token lacks userId, username or exp, or one is of a wrong kind"
            }
            Self::TokenExpired => "the token has ended: sign in again",
            Self::AnotherUser => "the token is somebody else's: open a connection of their own",
            Self::RateLimited => "too many messages: wait for retryAfter milliseconds",
            Self::InvalidMessage => "expected a text message: a JSON object with a type",
            Self::UnknownNamespace => "there is no such namespace",
            Self::ForbiddenNamespace => "your token does not allow this namespace",
            Self::NotInNamespace => "join the namespace first",
            Self::UnknownType => "the namespace has no such type of message",
            Self::InvalidRoom => "a room is a string of 1 to 64 characters that is not blank",
            Self::InvalidContent => {
                "a message is a string of 1 to 2000 characters that is not blank"
            }
            Self::InvalidMove => "a move is a string of 1 to 64 characters",
            Self::NotInRoom => "join the room first",
            Self::TooManyRooms => "leave another room first",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::OriginForbidden => StatusCode::FORBIDDEN,
            Self::TokenMissing
            | Self::TokenMalformed
            | Self::TokenAlgorithm
            | Self::TokenSignature
            | Self::TokenClaims
            | Self::TokenExpired => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// An error as the answer to an HTTP request.
impl IntoResponse for ErrorCode {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "type": "error", "code": self, "message": self.message() });
        (self.status(), Json(body)).into_response()
    }
}

/// A refusal as the answer to an HTTP request.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.code.into_response()
    }
}
