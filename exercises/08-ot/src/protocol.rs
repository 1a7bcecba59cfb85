//! What goes over the wire, as the assignment's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::operation::Operation;

/// Names a document.
pub type DocId = String;

/// What its author calls an operation, so that it can be sent again and still be one operation.
pub type OpId = String;

/// How many operations a document has been through.
pub type Revision = u64;

/// The longest name of a document or an operation, in characters.
const LONGEST_ID: usize = 64;

/// The name that a JSON value is: a string of 1 to 64 characters.
pub fn id_of(value: &Value) -> Option<&str> {
    let id = value.as_str()?;
    (!id.is_empty() && id.chars().count() <= LONGEST_ID).then_some(id)
}

/// An operation that has its place in the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// What the document's revision is after it.
    pub revision: Revision,
    /// Its author's name for it.
    pub op_id: OpId,
    /// Its author.
    pub user_id: String,
    /// Its author's name.
    pub username: String,
    /// As it is applied to the revision before it.
    pub operation: Operation,
}

/// What a client may ask for. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `open`.
    Open {
        /// Which document.
        doc_id: DocId,
    },
    /// `resume`: open again, and hear what was missed.
    Resume {
        /// Which document.
        doc_id: DocId,
        /// What `document` said. It may be of another run of the server.
        epoch: String,
        /// The last that the client has.
        revision: Revision,
    },
    /// `operation`.
    Operation {
        /// Which document.
        doc_id: DocId,
        /// Its author's name for it.
        op_id: OpId,
        /// The revision that it was made against.
        revision: Revision,
        /// It need not fit the document.
        operation: Operation,
    },
    /// `close`.
    Close {
        /// Which document.
        doc_id: DocId,
    },
}

/// What the server says.
#[derive(Debug, Clone, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage<'a> {
    /// The first that a new connection hears.
    Connected {
        /// Who the token says it is.
        user_id: &'a str,
        /// Their name.
        username: &'a str,
    },
    /// The whole of a document, as it is now.
    Document(Snapshot<'a>),
    /// What came after the revision from which a client resumes.
    MissedOperations {
        /// Which document.
        doc_id: &'a str,
        /// In order, the oldest first.
        operations: Vec<&'a Accepted>,
    },
    /// Someone else's operation, which has just been applied.
    DocumentUpdated {
        /// Which document.
        doc_id: &'a str,
        /// The operation.
        #[serde(flatten)]
        accepted: &'a Accepted,
    },
    /// The client's own operation has been applied, and is applied once.
    Ack {
        /// Which document.
        doc_id: &'a str,
        /// The author's name for it.
        op_id: &'a str,
        /// What the document's revision was after it.
        revision: Revision,
    },
    /// The client hears no more of a document.
    Closed {
        /// Which one.
        doc_id: &'a str,
    },
    /// The client's message was wrong.
    Error {
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: &'a str,
        /// Which document it was about, if the message named one.
        doc_id: Option<&'a str>,
        /// Which operation, if it named one.
        op_id: Option<&'a str>,
    },
}

/// A document at one revision.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot<'a> {
    /// Which document.
    pub doc_id: &'a str,
    /// The run of the server that its revisions belong to.
    pub epoch: &'a str,
    /// How many operations it has been through.
    pub revision: Revision,
    /// Its text.
    pub content: &'a str,
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
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// A `type` that the protocol does not have.
    UnknownType,
    /// `docId` is missing, not a string, blank, or too long.
    InvalidDocId,
    /// `opId` is missing, or not a string of 1 to 64 characters.
    InvalidOpId,
    /// `epoch` is missing, or not a string.
    InvalidEpoch,
    /// `revision` is missing or not a whole number that is at least 0, or the document has not
    /// reached it.
    InvalidRevision,
    /// `operation` is none, or does not fit the document at its revision.
    InvalidOperation,
    /// The operations since the revision are no longer kept.
    RevisionTooOld,
    /// The document would become too long.
    DocumentTooLong,
    /// This connection has not opened the document.
    NotOpen,
    /// This connection has as many documents open as one may.
    TooManyOpen,
    /// There are as many documents as there may be.
    TooManyDocuments,
    /// HTTP 404.
    UnknownDocument,
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
            Self::InvalidDocId => "a docId is a string of 1 to 64 characters that is not blank",
            Self::InvalidOpId => "an opId is a string of 1 to 64 characters",
            Self::InvalidEpoch => "epoch must be a string",
            Self::InvalidRevision => {
                "revision must be a whole number that the document has reached"
            }
            Self::InvalidOperation => "the operation does not fit",
            Self::RevisionTooOld => "what came after this revision is no longer kept",
            Self::DocumentTooLong => "the document would become too long",
            Self::NotOpen => "open the document first",
            Self::TooManyOpen => "close another document first",
            Self::TooManyDocuments => "there are too many documents",
            Self::UnknownDocument => "there is no such document",
        }
    }
}

/// An error as the answer to an HTTP request.
impl IntoResponse for ErrorCode {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnknownDocument => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = serde_json::json!({ "type": "error", "code": self, "message": self.message() });
        (status, Json(body)).into_response()
    }
}
