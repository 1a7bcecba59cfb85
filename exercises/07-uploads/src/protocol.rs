//! What goes over the wire, as the assignment's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::names::FileName;

/// Names an upload, and is all that protects it: a random UUID (version 4), which nobody can guess.
pub type UploadId = String;

/// What a client may ask for in a text message. Only what has been checked becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage {
    /// `start-upload`.
    Start(Declaration),
    /// `resume-upload`.
    Resume {
        /// Perhaps there is no such upload.
        upload_id: UploadId,
    },
    /// `send-file` or `upload-chunk`: says what the binary message after it is. The two are
    /// answered together, when the data has come; so what is wrong with the first has to wait.
    Announce(Result<Announced, Failure>),
}

/// What a client says about a file before it sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// A safe one.
    pub filename: FileName,
    /// In bytes: at least one, at most `MAX_UPLOAD`.
    pub size: u64,
    /// Of the whole file, in 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// What the next binary message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// A whole file.
    File {
        /// A safe one.
        filename: FileName,
    },
    /// A piece of an upload.
    Chunk {
        /// Perhaps there is no such upload.
        upload_id: UploadId,
        /// How much the client believes to be stored already, if it says.
        offset: Option<u64>,
    },
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum ServerMessage {
    /// The chunks may come.
    ReadyForUpload {
        /// Which upload.
        upload_id: UploadId,
        /// The first byte that is not stored yet.
        offset: u64,
        /// The longest chunk, in bytes.
        max_chunk: usize,
    },
    /// A chunk is stored.
    UploadProgress {
        /// Which upload.
        upload_id: UploadId,
        /// How many bytes are stored.
        offset: u64,
        /// In per cent, rounded down: 100 only for the whole.
        progress: u64,
    },
    /// All chunks are stored, the checksum is right, and the file can be had.
    UploadComplete(FileInfo),
    /// The same, for a file that came in one message.
    FileSaved(FileInfo),
    /// The client's last request was wrong, or came to nothing.
    FileError {
        /// The one that the request named, if it named one.
        upload_id: Option<UploadId>,
        /// For the program.
        code: ErrorCode,
        /// For people.
        message: &'static str,
    },
}

/// A file that is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// It can be had at `/files/ID`.
    pub upload_id: UploadId,
    /// As it was declared.
    pub filename: FileName,
    /// In bytes.
    pub size: u64,
    /// In lower-case hexadecimal.
    pub sha256: String,
}

/// An error, and the upload that the request named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// None if the request named no upload.
    pub upload_id: Option<UploadId>,
    /// What was wrong.
    pub code: ErrorCode,
}

/// What can be wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// Not a text message with a JSON object that has a string `type`.
    InvalidMessage,
    /// A `type` that the protocol does not have.
    UnknownType,
    /// A binary message that was not announced.
    UnexpectedData,
    /// A binary message that is empty or longer than `MAX_CHUNK`.
    InvalidChunk,
    /// A name that is none, or not a safe one.
    UnsafeName,
    /// Not a whole number of at least 1.
    InvalidSize,
    /// More than `MAX_UPLOAD`.
    TooLarge,
    /// Not 64 lower-case hexadecimal digits.
    InvalidChecksum,
    /// `MAX_UNFINISHED` uploads are unfinished.
    TooManyUploads,
    /// No such upload, or it is no longer unfinished.
    UnknownUpload,
    /// Another connection started or resumed it last.
    NotResumed,
    /// Not the number of bytes that are stored.
    WrongOffset,
    /// More than was declared.
    SizeExceeded,
    /// What came is not what was declared.
    ChecksumMismatch,
    /// The disk failed.
    StorageFailed,
}

impl ErrorCode {
    /// The error of a request that named no upload.
    pub fn alone(self) -> Failure {
        Failure {
            upload_id: None,
            code: self,
        }
    }

    /// The error of a request that named an upload.
    pub fn of(self, upload_id: &str) -> Failure {
        Failure {
            upload_id: Some(upload_id.to_owned()),
            code: self,
        }
    }

    /// The same, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::InvalidMessage => "expected a JSON object with a type",
            Self::UnknownType => "there is no such type of message",
            Self::UnexpectedData => "a binary message must follow send-file or upload-chunk",
            Self::InvalidChunk => "a binary message must be neither empty nor longer than maxChunk",
            Self::UnsafeName => "the file's name is not safe",
            Self::InvalidSize => "the size must be a whole number of at least 1",
            Self::TooLarge => "the file is larger than this server takes",
            Self::InvalidChecksum => "sha256 must be 64 lower-case hexadecimal digits",
            Self::TooManyUploads => "too many uploads are unfinished; try again later",
            Self::UnknownUpload => "there is no such unfinished upload",
            Self::NotResumed => "this connection must resume the upload first",
            Self::WrongOffset => "the offset is not the number of bytes stored",
            Self::SizeExceeded => "that would be more than the declared size",
            Self::ChecksumMismatch => "the file is not the one that was declared; start again",
            Self::StorageFailed => "the file could not be stored; start again",
        }
    }
}

impl From<Failure> for ServerMessage {
    fn from(Failure { upload_id, code }: Failure) -> Self {
        Self::FileError {
            upload_id,
            code,
            message: code.message(),
        }
    }
}

/// An error as the answer to an HTTP request.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.code {
            ErrorCode::UnknownUpload => StatusCode::NOT_FOUND,
            ErrorCode::StorageFailed => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, Json(ServerMessage::from(self))).into_response()
    }
}
