//! What was posted, and what came after a cursor.
//!
//! Checks: `post` (1), `poll` and `catch-up` (2), `bounded` (4), `long` (5), `events` (6).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::protocol::{Cursor, Gap, Item, Post};

/// The feed: its last posts, and the news of each new one.
#[derive(Debug)]
pub struct Feed {
    kept: Mutex<Kept>,
    /// The id of the newest post, for those who wait for the next.
    newest: watch::Sender<Cursor>,
    /// How many posts are kept, at most.
    keep: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// The oldest first. Their ids have no holes.
    posts: VecDeque<Post>,
    /// The id of the newest post, 0 before the first.
    last: Cursor,
}

impl Feed {
    /// An empty feed that keeps at most `keep` posts.
    pub fn new(keep: usize) -> Self {
        Self {
            kept: Mutex::default(),
            newest: watch::Sender::new(0),
            keep,
        }
    }

    /// **1.** Adds a post under the next number, and returns it.
    ///
    /// [`kept`](Self::kept) locks what is kept: count `last` up, make the post, and push a clone of
    /// it to the back. Then tell those who wait, while you still hold the lock:
    /// `self.newest.send_replace(id)`.
    ///
    /// **4.** When there are more than `self.keep` posts now, the oldest goes: `pop_front`.
    pub fn post(&self, text: String) -> Post {
        let kept = self.kept();
        let _ = (kept.last, kept.posts.len(), &self.newest, self.keep);
        todo!("add {text:?} to the feed")
    }

    /// **2.** The posts after a cursor, the oldest first; empty if there is nothing new.
    ///
    /// Ids have no holes. So if none was forgotten, the first `cursor` posts have been seen:
    /// `posts.range(seen..).cloned().collect()`.
    ///
    /// # Errors
    /// **4.** [`Gap`] when one of them is no longer kept, or the cursor is greater than `last`. How
    /// many were forgotten? `last` minus as many as are kept. That is also the least cursor from
    /// which nothing is missing.
    pub fn after(&self, cursor: Cursor) -> Result<Vec<Post>, Gap> {
        todo!("find what came after {cursor}")
    }

    /// **5.** Returns as soon as [`after`](Self::after) has something to say about this cursor: at
    /// once, if it has already.
    ///
    /// `self.newest.subscribe()` gives a receiver; its `wait_for` looks at the newest id first, and
    /// then waits until the id is another one than `cursor`.
    pub async fn news_after(&self, cursor: Cursor) {
        todo!("wait until there is something after {cursor}")
    }

    /// What is kept, locked. Do not hold it across an `await`.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic while it was held can have broken nothing.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reader that is pushed to, and its place in the feed. All that the server keeps for it is
/// here.
#[derive(Debug)]
pub struct Reader {
    feed: Arc<Feed>,
    cursor: Cursor,
    /// Read from the feed, and not given out yet.
    ready: VecDeque<Post>,
}

impl Reader {
    /// A reader that has seen everything up to the cursor.
    pub fn new(feed: Arc<Feed>, cursor: Cursor) -> Self {
        Self {
            feed,
            cursor,
            ready: VecDeque::new(),
        }
    }

    /// **6.** What comes next, as soon as there is something.
    ///
    /// A loop: if a post is `ready`, move the cursor to it and return it. Otherwise ask the feed
    /// what came [`after`](Feed::after) the cursor. Posts are put where they are ready; if there are
    /// none, wait for [`news_after`](Feed::news_after). At a gap, go on from where nothing is
    /// missing, and return the gap.
    pub async fn next(&mut self) -> Item {
        let _ = (&self.feed, &self.ready);
        todo!("give what comes after {}", self.cursor)
    }
}
