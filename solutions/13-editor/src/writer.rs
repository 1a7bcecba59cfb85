//! The queue between the documents and the disk. What has been decided goes in; what is to be said
//! about it goes out only when it is stored.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::document::Document;
use crate::store::Store;
use crate::stored::Write;

/// At most so many jobs are stored with one commit.
const MOST_AT_ONCE: usize = 1000;

/// What is done when everything before it, and what it comes with, is stored: an answer is sent,
/// say.
pub type Effect = Box<dyn FnOnce() + Send>;

/// What is to be stored, and what may be said afterwards. Either may be empty.
// ANCHOR: job
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
// ANCHOR_END: job

/// The end of the queue into which jobs are put.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// A place in the queue. Whoever has one can put a job into it without waiting.
#[derive(Debug)]
pub struct Place<'a> {
    place: mpsc::Permit<'a, Job>,
}

impl Writer {
    /// Starts the thread that writes. The receiver hears why it has ended, if it could not write.
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

    /// A place in the queue, if there is one. Take it before anything is changed: what cannot be
    /// written must not be applied.
    pub fn try_reserve(&self) -> Option<Place<'_>> {
        let place = self.jobs.try_reserve().ok()?;
        Some(Place { place })
    }

    /// A place in the queue, as soon as there is one; nothing if the writer has ended.
    pub async fn reserve(&self) -> Option<Place<'_>> {
        let place = self.jobs.reserve().await.ok()?;
        Some(Place { place })
    }
}

impl Place<'_> {
    /// Puts a change there. They are done in the order in which they were put in: put them in while
    /// the document is locked.
    pub fn put(self, document: Option<&Arc<Document>>, change: Change) {
        let document = document.cloned();
        self.place.send(Job { change, document });
    }
}

/// Stores what there is, all of it with one commit, and then lets it be known. While the disk is
/// busy with one batch, the next collects.
// ANCHOR: write
fn write(mut store: Store, mut queue: mpsc::Receiver<Job>) -> rusqlite::Result<()> {
    let mut batch = Vec::new();
    while queue.blocking_recv_many(&mut batch, MOST_AT_ONCE) > 0 {
        store.commit(batch.iter().flat_map(|job| &job.change.writes))?;
        for job in batch.drain(..) {
            job.change.effects.into_iter().for_each(|effect| effect());
        }
    }
    Ok(())
}
// ANCHOR_END: write

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("writes", &self.writes)
            .finish_non_exhaustive()
    }
}
