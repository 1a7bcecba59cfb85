//! What goes over the wire, as the project's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ot::operation::Operation;
use ot::protocol::Accepted;
use serde::{Deserialize, Serialize};

/// Names a document. The server makes it, and never again.
pub type DocId = String;
/// What its author calls an operation, so that it can be sent again and still be one operation.
pub type OpId = String;
/// How many operations a document has been through.
pub type Revision = u64;
/// Tells the connections to a document apart, while the server runs.
pub type SessionId = u64;

/// What someone may do with a document. Each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads it, and is seen there.
    Viewer,
    /// Writes in it, names versions of it and restores them.
    Editor,
    /// Shares it, and decides who may do what. There is one: who made it.
    Owner,
}

/// Someone who may do something with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who it is.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// What they may do.
    pub role: Role,
}

/// Where someone's cursor stands in the text, in characters before it. What lies between its two
/// ends is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cursor {
    /// Where the selection began.
    pub anchor: u64,
    /// Where it is extended: the caret.
    pub head: u64,
}

/// A connection to a document, as the others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Which connection.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// Their colour, `#` and six hexadecimal digits.
    pub color: &'static str,
    /// Where their cursor is, if they have said so.
    pub cursor: Option<Cursor>,
}

/// A document among those of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Which document.
    pub doc_id: DocId,
    /// Its title.
    pub title: String,
    /// What this user may do with it.
    pub role: Role,
}

/// A moment of a document that has been given a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Which version.
    pub version_id: String,
    /// Its name.
    pub name: String,
    /// How many operations the document had been through.
    pub revision: Revision,
    /// Who named it.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// When, as RFC 3339 has it.
    pub created_at: String,
}

/// What a client may ask for. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `operation`.
    Operation {
        /// Its author's name for it.
        op_id: OpId,
        /// The revision that it was made against.
        revision: Revision,
        /// It need not fit the document.
        operation: Operation,
    },
    /// `cursor`.
    Cursor {
        /// The revision in which it stands there.
        revision: Revision,
        /// It may be outside of the text.
        cursor: Cursor,
    },
    /// `undo`.
    Undo {
        /// The name of the operation that undoes.
        op_id: OpId,
    },
    /// `redo`.
    Redo {
        /// The name of the operation that does again what was undone.
        op_id: OpId,
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
    /// The whole of a document, as it is now: the first that a connection hears.
    Document {
        /// Which document.
        doc_id: DocId,
        /// This connection, among the participants.
        session_id: SessionId,
        /// Its title.
        title: String,
        /// What this user may do.
        role: Role,
        /// How many operations it has been through.
        revision: Revision,
        /// Its text.
        content: String,
        /// All who are there, this one included.
        participants: Vec<Participant>,
    },
    /// What came after the revision that a client has: the first that it hears instead.
    MissedOperations {
        /// Which document.
        doc_id: DocId,
        /// This connection, among the participants.
        session_id: SessionId,
        /// Its title.
        title: String,
        /// What this user may do.
        role: Role,
        /// In order, the oldest first.
        operations: Vec<Accepted>,
        /// All who are there, this one included.
        participants: Vec<Participant>,
    },
    /// An operation that has just been applied, of which this connection has not been told yet.
    DocumentUpdated(Accepted),
    /// The connection's own operation has been applied, is applied once, and is on the disk.
    Ack {
        /// The author's name for it.
        op_id: OpId,
        /// What the document's revision was after it.
        revision: Revision,
    },
    /// Another connection is there.
    ParticipantJoined {
        /// Which one.
        participant: Participant,
    },
    /// Another connection is there no longer.
    ParticipantLeft {
        /// Which one.
        session_id: SessionId,
    },
    /// Someone else has moved their cursor.
    Cursor {
        /// Which connection's.
        session_id: SessionId,
        /// Where it is now.
        #[serde(flatten)]
        cursor: Cursor,
    },
    /// What this user may do is no longer what it was.
    RoleChanged {
        /// Nothing: the document is shared with them no longer.
        role: Option<Role>,
    },
    /// The client's message was wrong.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: String,
        /// Which operation it was about, if the message named one.
        op_id: Option<OpId>,
    },
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For the program.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// A refusal that says more than its code: what does not fit, and to what.
    pub fn because(code: ErrorCode, reason: impl ToString) -> Self {
        let message = reason.to_string();
        Self { code, message }
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::because(code, code.message())
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
    /// HTTP 400.
    InvalidTitle,
    /// HTTP 400.
    InvalidName,
    /// HTTP 400.
    InvalidRole,
    /// HTTP 404: there is no such document, or it is not shared with this user.
    UnknownDocument,
    /// HTTP 404.
    UnknownLink,
    /// HTTP 404.
    UnknownMember,
    /// HTTP 404.
    UnknownVersion,
    /// HTTP 403, or the answer to a message: this user may not do that.
    Forbidden,
    /// HTTP 409: what the owner may do cannot be changed.
    OwnerStays,
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// A `type` that the protocol does not have.
    UnknownType,
    /// `opId` is missing, or not a string of 1 to 64 characters.
    InvalidOpId,
    /// `revision` is missing or not a whole number that is at least 0, or the document has not
    /// reached it.
    InvalidRevision,
    /// `operation` is none, or does not fit the document at its revision.
    InvalidOperation,
    /// `anchor` or `head` is missing, no whole number, or outside of the text.
    InvalidCursor,
    /// The operations since the revision are no longer kept.
    RevisionTooOld,
    /// The document would become too long.
    DocumentTooLong,
    /// There is no edit of this user's that could be undone.
    NothingToUndo,
    /// Nothing was undone since this user's last edit.
    NothingToRedo,
    /// HTTP 503: what is stored cannot be read or written.
    StorageFailed,
}

impl ErrorCode {
    /// The same, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unauthorized => "sign in first: the token is missing or not good",
            Self::InvalidUsername => {
                "a username is a string of 1 to 32 characters that is not blank"
            }
            Self::InvalidTitle => "a title is a string of 1 to 100 characters that is not blank",
            Self::InvalidName => "a name is a string of 1 to 100 characters that is not blank",
            Self::InvalidRole => "role is viewer or editor",
            Self::UnknownDocument => "there is no such document, or it is not shared with you",
            Self::UnknownLink => "there is no such link, or it has been taken back",
            Self::UnknownMember => "the document is not shared with this user",
            Self::UnknownVersion => "there is no such version",
            Self::Forbidden => "you may not do that in this document",
            Self::OwnerStays => "what the owner may do cannot be changed",
            Self::InvalidMessage => "expected a text message: a JSON object with a type",
            Self::UnknownType => "there is no such type of message",
            Self::InvalidOpId => "an opId is a string of 1 to 64 characters",
            Self::InvalidRevision => {
                "revision must be a whole number that the document has reached"
            }
            Self::InvalidOperation => "the operation does not fit",
            Self::InvalidCursor => "anchor and head must be places in the text",
            Self::RevisionTooOld => "what came after this revision is no longer kept",
            Self::DocumentTooLong => "the document would become too long",
            Self::NothingToUndo => "there is nothing of yours to undo",
            Self::NothingToRedo => "there is nothing of yours to do again",
            Self::StorageFailed => "the documents cannot be read or written at the moment",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::UnknownDocument
            | Self::UnknownLink
            | Self::UnknownMember
            | Self::UnknownVersion => StatusCode::NOT_FOUND,
            Self::OwnerStays => StatusCode::CONFLICT,
            Self::StorageFailed => StatusCode::SERVICE_UNAVAILABLE,
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

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { code, message } = self;
        let body = serde_json::json!({ "type": "error", "code": code, "message": message });
        (code.status(), Json(body)).into_response()
    }
}
