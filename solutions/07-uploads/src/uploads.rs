//! All uploads: those that go on, and those that are finished.
//!
//! ```text
//! Uploads                   shared by all connections
//!   State                   behind a lock that is never held while the disk works
//!     Unfinished            an upload that goes on
//!       Progress            behind a lock of its own, which is
//!     Finished              a file that can be had
//! ```
//!
//! These functions wait for the disk and block their thread; an async task calls them through
//! [`blocking`](crate::disk::blocking). Once begun, each goes on to its end, also when the
//! connection that asked for it has ended. So there is no half-done step to clean up after.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Instant;

use uuid::Uuid;

use crate::disk::Disk;
use crate::names::FileName;
use crate::partial::Partial;
use crate::protocol::{Declaration, ErrorCode, Failure, FileInfo, ServerMessage, UploadId};
use crate::server::Config;

/// Tells connections apart.
pub type ConnectionId = u64;

/// The uploads that all connections share.
#[derive(Debug)]
pub struct Uploads {
    config: Config,
    disk: Arc<Disk>,
    state: Mutex<State>,
    last_connection: AtomicU64,
}

// ANCHOR: state
#[derive(Debug, Default)]
struct State {
    unfinished: HashMap<UploadId, Arc<Unfinished>>,
    finished: HashMap<UploadId, Finished>,
}

#[derive(Debug)]
struct Unfinished {
    declared: Declaration,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    /// The connection that started or resumed it last: only that one may add to it.
    owner: ConnectionId,
    /// None once the upload is no longer unfinished.
    partial: Option<Partial>,
    last_used: Instant,
}

#[derive(Debug, Clone)]
struct Finished {
    info: FileInfo,
    path: PathBuf,
}
// ANCHOR_END: state

impl Uploads {
    /// None yet.
    pub fn new(config: Config, disk: Disk) -> Self {
        Self {
            config,
            disk: Arc::new(disk),
            state: Mutex::default(),
            last_connection: AtomicU64::new(0),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A number for a new connection.
    pub fn new_connection(&self) -> ConnectionId {
        self.last_connection.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Stores a file that came in one message.
    ///
    /// # Errors
    /// [`ErrorCode::StorageFailed`].
    // ANCHOR: save
    pub fn save(&self, filename: FileName, data: &[u8]) -> Result<ServerMessage, Failure> {
        let id = new_id();
        let stored = || {
            let mut partial = Partial::create(&self.disk, &id)?;
            partial.append(data)?;
            let sha256 = partial.checksum();
            Ok((sha256, partial.publish(&filename)?))
        };
        let (sha256, path) = stored().map_err(|error| failed(&error).alone())?;
        let info = FileInfo {
            upload_id: id,
            filename,
            size: data.len() as u64,
            sha256,
        };
        self.finish(info.clone(), path);
        Ok(ServerMessage::FileSaved(info))
    }
    // ANCHOR_END: save

    /// Where the file of a finished upload is, and what it is.
    pub fn find(&self, id: &str) -> Option<(FileInfo, PathBuf)> {
        let finished = self.state().finished.get(id)?.clone();
        Some((finished.info, finished.path))
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyUploads`], [`ErrorCode::StorageFailed`].
    // ANCHOR: start
    pub fn start(
        &self,
        connection: ConnectionId,
        declared: Declaration,
    ) -> Result<ServerMessage, Failure> {
        let id = new_id();
        let partial = Partial::create(&self.disk, &id).map_err(|error| failed(&error).alone())?;
        let upload = Arc::new(Unfinished {
            declared,
            progress: Mutex::new(Progress {
                owner: connection,
                partial: Some(partial),
                last_used: Instant::now(),
            }),
        });
        let mut state = self.state();
        if state.unfinished.len() >= self.config.max_unfinished {
            drop(state); // before `upload`, whose file is removed
            return Err(ErrorCode::TooManyUploads.alone());
        }
        state.unfinished.insert(id.clone(), upload);
        Ok(self.ready(id, 0))
    }
    // ANCHOR_END: start

    /// Goes on with an upload, from this connection and from no other. Of one that is complete it
    /// says so: perhaps the client was gone when it was said first.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUpload`].
    // ANCHOR: resume
    pub fn resume(&self, connection: ConnectionId, id: &str) -> Result<ServerMessage, Failure> {
        if let Some(upload) = self.unfinished(id) {
            // Waits for a chunk that an earlier connection sent and that is still being written.
            let mut progress = upload.lock();
            if let Some(partial) = &progress.partial {
                let stored = partial.stored();
                progress.owner = connection;
                progress.last_used = Instant::now();
                return Ok(self.ready(id.to_owned(), stored));
            }
        }
        let (info, _) = self
            .find(id)
            .ok_or_else(|| ErrorCode::UnknownUpload.of(id))?;
        Ok(ServerMessage::UploadComplete(info))
    }
    // ANCHOR_END: resume

    /// Stores a chunk, and finishes the upload with its last one.
    ///
    /// # Errors
    /// Nothing is stored then; after [`ErrorCode::StorageFailed`] the upload is gone.
    // ANCHOR: add
    pub fn add(
        &self,
        connection: ConnectionId,
        id: &str,
        offset: Option<u64>,
        data: &[u8],
    ) -> Result<Vec<ServerMessage>, Failure> {
        let upload = self
            .unfinished(id)
            .ok_or_else(|| ErrorCode::UnknownUpload.of(id))?;
        let size = upload.declared.size;
        let mut progress = upload.lock();
        let owned = progress.owner == connection;
        let Some(partial) = &mut progress.partial else {
            return Err(ErrorCode::UnknownUpload.of(id));
        };
        if !owned {
            return Err(ErrorCode::NotResumed.of(id));
        }
        if offset.is_some_and(|offset| offset != partial.stored()) {
            return Err(ErrorCode::WrongOffset.of(id));
        }
        if data.len() as u64 > size - partial.stored() {
            return Err(ErrorCode::SizeExceeded.of(id));
        }
        if let Err(error) = partial.append(data) {
            self.give_up(id, &mut progress);
            return Err(failed(&error).of(id));
        }
        let stored = partial.stored();
        progress.last_used = Instant::now();
        let mut answers = vec![ServerMessage::UploadProgress {
            upload_id: id.to_owned(),
            offset: stored,
            progress: per_cent(stored, size),
        }];
        if stored == size {
            let completed = self.complete(id, &upload.declared, &mut progress);
            answers.push(completed.unwrap_or_else(ServerMessage::from));
        }
        Ok(answers)
    }
    // ANCHOR_END: add

    /// Publishes a file of which all bytes are there, if they are the right ones.
    // ANCHOR: complete
    fn complete(
        &self,
        id: &str,
        declared: &Declaration,
        progress: &mut Progress,
    ) -> Result<ServerMessage, Failure> {
        let published = match progress.partial.take() {
            Some(partial) if partial.checksum() == declared.sha256 => partial
                .publish(&declared.filename)
                .map_err(|error| failed(&error)),
            _ => Err(ErrorCode::ChecksumMismatch),
        };
        let path = match published {
            Ok(path) => path,
            Err(code) => {
                self.give_up(id, progress);
                return Err(code.of(id));
            }
        };
        let info = FileInfo {
            upload_id: id.to_owned(),
            filename: declared.filename.clone(),
            size: declared.size,
            sha256: declared.sha256.clone(),
        };
        self.finish(info.clone(), path);
        Ok(ServerMessage::UploadComplete(info))
    }
    // ANCHOR_END: complete

    /// Forgets each unfinished upload to which nothing has happened for `expiry`, and removes its
    /// file.
    // ANCHOR: expire
    pub fn expire(&self) {
        let uploads: Vec<_> = {
            let state = self.state();
            let entries = state.unfinished.iter();
            entries
                .map(|(id, upload)| (id.clone(), Arc::clone(upload)))
                .collect()
        };
        for (id, upload) in uploads {
            let mut progress = match upload.progress.try_lock() {
                Ok(progress) => progress,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                // A chunk is being written: it is not abandoned.
                Err(TryLockError::WouldBlock) => continue,
            };
            if progress.last_used.elapsed() >= self.config.expiry {
                self.give_up(&id, &mut progress);
            }
        }
    }
    // ANCHOR_END: expire

    /// Forgets an unfinished upload, and removes its file.
    fn give_up(&self, id: &str, progress: &mut Progress) {
        progress.partial = None;
        self.state().unfinished.remove(id);
    }

    fn finish(&self, info: FileInfo, path: PathBuf) {
        let mut state = self.state();
        state.unfinished.remove(&info.upload_id);
        state
            .finished
            .insert(info.upload_id.clone(), Finished { info, path });
    }

    fn unfinished(&self, id: &str) -> Option<Arc<Unfinished>> {
        self.state().unfinished.get(id).cloned()
    }

    fn ready(&self, upload_id: UploadId, offset: u64) -> ServerMessage {
        ServerMessage::ReadyForUpload {
            upload_id,
            offset,
            max_chunk: self.config.max_chunk,
        }
    }

    /// For a few lines that only touch memory. Whoever has an upload's own lock may take this one,
    /// and never the other way round.
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere left the maps whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unfinished {
    /// May wait for the disk.
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_id() -> UploadId {
    Uuid::new_v4().to_string()
}

/// Rounded down, and in 128 bits: no size is too large, and 100 means all.
fn per_cent(stored: u64, size: u64) -> u64 {
    u64::try_from(u128::from(stored) * 100 / u128::from(size)).unwrap_or(100)
}

/// The client hears that the disk failed; why is for the server's log.
fn failed(error: &io::Error) -> ErrorCode {
    eprintln!("uploads: {error}");
    ErrorCode::StorageFailed
}
