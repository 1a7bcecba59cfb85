//! The queue between the documents and the disk. What has been decided goes in; what is to be said
//! about it goes out only when it is stored.
//!
//! Checks: `create` (1), then every other.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::document::Document;
use crate::store::Store;
use crate::stored::Write;

/// What is done when everything before it, and what it comes with, is stored: an answer is sent,
/// say.
pub type Effect = Box<dyn FnOnce() + Send>;

/// What is to be stored, and what may be said afterwards. Either may be empty.
#[derive(Default)]
pub struct Change {
    /// Stored together.
    pub writes: Vec<Write>,
    /// Done in order, after that.
    pub effects: Vec<Effect>,
}

/// A change, in the queue.
#[derive(Debug)]
pub struct Job {
    /// What is to be done.
    pub change: Change,
    /// The document stays in memory until then.
    pub document: Option<Arc<Document>>,
}

/// The end of the queue into which jobs are put.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The sender of the queue.
    pub jobs: mpsc::Sender<Job>,
}

/// A place in the queue. Whoever has one can put a job into it without waiting.
#[derive(Debug)]
pub struct Place<'a> {
    /// The permit of the queue.
    pub place: mpsc::Permit<'a, Job>,
}

impl Writer {
    /// Starts the thread that writes. The receiver hears why it has ended, if it could not write.
    /// This much is given.
    ///
    /// # Errors
    /// When there can be no other thread.
    pub fn start(
        store: Store,
        limit: usize,
    ) -> io::Result<(Self, oneshot::Receiver<rusqlite::Error>)> {
        let (jobs, queue) = mpsc::channel(limit);
        let (failed, failure) = oneshot::channel();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                if let Err(error) = write(store, queue) {
                    // If nobody listens any more, the server is ending anyway.
                    let _ = failed.send(error);
                }
            })?;
        Ok((Self { jobs }, failure))
    }

    /// **2.** A place in the queue, if there is one (`try_reserve`). Take it before anything is
    /// changed: what cannot be written must not be applied.
    pub fn try_reserve(&self) -> Option<Place<'_>> {
        todo!("reserve a place")
    }

    /// **1.** A place in the queue, as soon as there is one; nothing if the writer has ended.
    pub async fn reserve(&self) -> Option<Place<'_>> {
        todo!("wait for a place")
    }
}

impl Place<'_> {
    /// **1.** Puts a change there. They are done in the order in which they were put in: put them in
    /// while the document is locked.
    pub fn put(self, document: Option<&Arc<Document>>, change: Change) {
        todo!("put {change:?}, about {document:?}, into the queue")
    }
}

/// **1.** Takes all that is in the queue (`blocking_recv_many`, at most 1,000), stores it with **one**
/// commit, and then does the effects, in order. While the disk is busy with one batch, the next
/// collects.
///
/// # Errors
/// When it cannot be stored. Then no effect is done: the memory is ahead of the disk, and nothing may
/// be told of that.
fn write(store: Store, queue: mpsc::Receiver<Job>) -> rusqlite::Result<()> {
    todo!("store what comes out of {queue:?} in {store:?}")
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}
