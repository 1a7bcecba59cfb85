//! All uploads: those that go on, and those that are finished.
//!
//! Checks: `one-file` (6), `start` and `unfinished` (8), `chunks`, `progress`, `two`, `exceeded`
//! and `checksum` (9), `resume`, `finished` and `takeover` (10), `expiry` and `kept` (11).
//!
//! These functions wait for the disk and block their thread; an async task calls them through
//! [`blocking`](crate::disk::blocking). Once begun, each goes on to its end, also when the
//! connection that asked for it has ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::Disk;
use crate::names::FileName;
use crate::protocol::{Declaration, Failure, FileInfo, ServerMessage};
use crate::server::Config;

/// Tells connections apart.
pub type ConnectionId = u64;

/// The uploads that all connections share.
///
/// Add what it must remember, behind a `std::sync::Mutex`: the unfinished uploads and the finished
/// ones, by id. Give each unfinished one, in an `Arc`, a second `Mutex` of its own, for what only
/// one may touch at a time: the [`Partial`](crate::partial::Partial), the connection that it
/// listens to, and when it was last used. While the disk works hold the second, and never the
/// first: else one slow file holds up all the others.
#[derive(Debug)]
pub struct Uploads {
    config: Config,
    disk: Arc<Disk>,
    last_connection: AtomicU64,
}

impl Uploads {
    /// None yet.
    pub fn new(config: Config, disk: Disk) -> Self {
        Self {
            config,
            disk: Arc::new(disk),
            last_connection: AtomicU64::new(0),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A number for a new connection, another each time.
    pub fn new_connection(&self) -> ConnectionId {
        self.last_connection.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// **6.** Stores a file that came in one message, and answers
    /// [`FileSaved`](ServerMessage::FileSaved).
    ///
    /// # Errors
    /// [`ErrorCode::StorageFailed`](crate::protocol::ErrorCode::StorageFailed).
    pub fn save(&self, filename: FileName, data: &[u8]) -> Result<ServerMessage, Failure> {
        let _ = &self.disk;
        todo!("store {} bytes as {filename:?}", data.len())
    }

    /// **7.** What the file of a finished upload is, and where.
    pub fn find(&self, id: &str) -> Option<(FileInfo, PathBuf)> {
        todo!("look up the finished upload {id:?}")
    }

    /// **8.** Begins an upload that listens to this connection, and answers
    /// [`ReadyForUpload`](ServerMessage::ReadyForUpload).
    ///
    /// # Errors
    /// `TooManyUploads` when `max_unfinished` are unfinished; `StorageFailed`.
    pub fn start(
        &self,
        connection: ConnectionId,
        declared: Declaration,
    ) -> Result<ServerMessage, Failure> {
        todo!("begin the upload of {declared:?} from connection {connection}")
    }

    /// **9.** Stores a chunk, and finishes the upload with its last one.
    ///
    /// The answers are [`UploadProgress`](ServerMessage::UploadProgress), and when all bytes are
    /// there a second one: [`UploadComplete`](ServerMessage::UploadComplete) if the checksum is the
    /// declared one and the file could be published. Else the upload is gone, and the second answer
    /// is the error.
    ///
    /// # Errors
    /// `UnknownUpload`; `NotResumed` from another connection than the one it listens to;
    /// `WrongOffset`; `SizeExceeded`. Nothing is stored then. `StorageFailed`: the upload is gone.
    pub fn add(
        &self,
        connection: ConnectionId,
        id: &str,
        offset: Option<u64>,
        data: &[u8],
    ) -> Result<Vec<ServerMessage>, Failure> {
        let _ = (connection, offset);
        todo!("add {} bytes to the upload {id:?}", data.len())
    }

    /// **10.** Makes an upload listen to this connection, and to no other. When it is finished
    /// already the answer is [`UploadComplete`](ServerMessage::UploadComplete).
    ///
    /// # Errors
    /// `UnknownUpload`.
    pub fn resume(&self, connection: ConnectionId, id: &str) -> Result<ServerMessage, Failure> {
        todo!("resume the upload {id:?} on connection {connection}")
    }

    /// **11.** Forgets each unfinished upload that was not used for `expiry`, and removes its file.
    /// It is called for you, eight times in that time.
    pub fn expire(&self) {
        todo!("forget the uploads that were abandoned")
    }
}
