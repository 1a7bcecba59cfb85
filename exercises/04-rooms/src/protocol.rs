//! What goes over the wire, as the assignment's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use groundwork::User;
use serde::Serialize;

/// Names a user.
pub type UserId = String;

/// Names a room. Those of private rooms begin with [`PRIVATE`].
pub type RoomName = String;

/// What a sender calls a message, so that it can be sent again and still be one message.
pub type ClientId = String;

/// A message's place in the order of its room. It grows from each message to the next.
pub type Seq = u64;

/// How the name of every private room begins, and of no other.
pub const PRIVATE: &str = "private:";

/// A message to a room.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomMessage {
    /// Where it was said.
    pub room: RoomName,
    /// No other message, to a room or private, has it.
    pub id: String,
    /// Its place in the order of the room.
    pub seq: Seq,
    /// Who said it.
    pub user_id: UserId,
    /// The name that they said it under.
    pub username: String,
    /// As it came.
    pub message: String,
    /// When the server got it.
    pub timestamp: DateTime<Utc>,
}

/// What a client may ask for. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `join-room`.
    JoinRoom {
        /// Which one.
        room: RoomName,
    },
    /// `leave-room`.
    LeaveRoom {
        /// Which one.
        room: RoomName,
    },
    /// `resume`: join again, and hear what was missed.
    Resume {
        /// Which one.
        room: RoomName,
        /// The last that the client has seen.
        after: Seq,
    },
    /// `send-message`.
    SendMessage {
        /// Where to.
        room: RoomName,
        /// Not blank, and not too long.
        message: String,
        /// The sender's name for it.
        client_id: ClientId,
    },
    /// `typing`.
    Typing {
        /// Where.
        room: RoomName,
    },
    /// `stop-typing`.
    StopTyping {
        /// Where.
        room: RoomName,
    },
    /// `private-message`.
    PrivateMessage {
        /// Whom it is for. They may not exist.
        target: UserId,
        /// Not blank, and not too long.
        message: String,
        /// The sender's name for it.
        client_id: ClientId,
    },
    /// `create-private-room`.
    CreatePrivateRoom {
        /// Whom to invite: at least one. They may not exist.
        invite: Vec<UserId>,
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
    },
    /// This connection is in the room.
    JoinedRoom {
        /// Which one.
        room: RoomName,
        /// Who is in it, in any order, this user among them.
        users: Vec<User>,
        /// That of the room's last message.
        seq: Seq,
    },
    /// A user's first connection joined.
    UserJoined {
        /// Which room.
        room: RoomName,
        /// Who it is.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// This connection is no longer in the room.
    LeftRoom {
        /// Which one.
        room: RoomName,
    },
    /// A user's last connection left, or was lost.
    UserLeft {
        /// Which room.
        room: RoomName,
        /// Who it was.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// Someone said something to a room.
    ReceiveMessage(RoomMessage),
    /// What was said to a room since the client's last message.
    MissedMessages {
        /// Which one.
        room: RoomName,
        /// The oldest first.
        messages: Vec<RoomMessage>,
    },
    /// Some of what was said since the client's last message is no longer kept.
    GapTooLarge {
        /// Which room.
        room: RoomName,
        /// The least from which the client can resume.
        after: Seq,
    },
    /// The server has a message, and has it once.
    Ack {
        /// The sender's name for it.
        client_id: ClientId,
        /// The server's.
        id: String,
    },
    /// A user begins to type.
    UserTyping {
        /// Where.
        room: RoomName,
        /// Who it is.
        user_id: UserId,
        /// Their name.
        username: String,
    },
    /// A user no longer types.
    UserStopTyping {
        /// Where.
        room: RoomName,
        /// Who it is.
        user_id: UserId,
    },
    /// Someone said something to this user.
    ReceivePrivateMessage {
        /// No other message, to a room or private, has it.
        id: String,
        /// Who said it.
        from: UserId,
        /// The name that they said it under.
        username: String,
        /// As it came.
        message: String,
        /// When the server got it.
        timestamp: DateTime<Utc>,
    },
    /// Someone made a private room, and this user may join it.
    Invited {
        /// Which one.
        room: RoomName,
        /// Who made it.
        from: UserId,
        /// Their name.
        username: String,
    },
    /// The client's message was wrong.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: &'static str,
        /// The sender's name for what failed, if it gave one.
        client_id: Option<ClientId>,
    },
}

impl ServerMessage {
    /// The answer to a message that was wrong.
    pub fn error(code: ErrorCode, client_id: Option<ClientId>) -> Self {
        Self::Error {
            code,
            message: code.message(),
            client_id,
        }
    }
}

/// What can be wrong with a request or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// HTTP 401: no token, or one that is not good.
    Unauthorized,
    /// HTTP 400.
    InvalidUsername,
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// A `type` that the protocol does not have.
    UnknownType,
    /// `room` is missing, not a string, blank, or too long.
    InvalidRoom,
    /// `message` is missing, not a string, blank, or too long.
    InvalidContent,
    /// `clientId` is missing where it must be, or is not a string of 1 to 64 characters.
    InvalidClientId,
    /// `after` is missing, or not a whole number that is at least 0.
    InvalidAfter,
    /// `invite` is missing, or not a list of 1 to 10 strings.
    InvalidInvite,
    /// This connection has not joined the room.
    NotInRoom,
    /// The room is private, and this user is not invited, or there is no such room.
    NotInvited,
    /// This connection is in as many rooms as one may be.
    TooManyRooms,
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
            Self::InvalidMessage => "expected a text message: a JSON object with a type",
            Self::UnknownType => "there is no such type of message",
            Self::InvalidRoom => "a room is a string of 1 to 64 characters that is not blank",
            Self::InvalidContent => "a message must be a string, neither blank nor too long",
            Self::InvalidClientId => "a clientId is a string of 1 to 64 characters",
            Self::InvalidAfter => "after must be a whole number that is at least 0",
            Self::InvalidInvite => "invite must be a list of 1 to 10 user ids",
            Self::NotInRoom => "join the room first",
            Self::NotInvited => "there is no such room, or you are not invited",
            Self::TooManyRooms => "leave another room first",
            Self::UnknownUser => "nobody who is online has this id",
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
        let body = serde_json::json!({ "type": "error", "code": self, "message": self.message() });
        (status, Json(body)).into_response()
    }
}
