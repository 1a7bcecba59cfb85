//! What was posted, and what came after a cursor.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::protocol::{Cursor, Gap, Item, Post};

/// The feed: its last posts, and the news of each new one.
// ANCHOR: feed
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
// ANCHOR_END: feed

impl Feed {
    /// An empty feed that keeps at most `keep` posts.
    pub fn new(keep: usize) -> Self {
        Self {
            kept: Mutex::default(),
            newest: watch::Sender::new(0),
            keep,
        }
    }

    /// Adds a post under the next number, and tells those who wait.
    // ANCHOR: post
    pub fn post(&self, text: String) -> Post {
        let mut kept = self.kept();
        kept.last += 1;
        let post = Post {
            id: kept.last,
            text,
        };
        kept.posts.push_back(post.clone());
        if kept.posts.len() > self.keep {
            kept.posts.pop_front();
        }
        // Under the lock, so that the numbers are told in order.
        self.newest.send_replace(post.id);
        post
    }
    // ANCHOR_END: post

    /// The posts after a cursor, the oldest first; empty if there is nothing new.
    ///
    /// # Errors
    /// [`Gap`] when one of them is no longer kept, or the cursor was never given.
    // ANCHOR: after
    pub fn after(&self, cursor: Cursor) -> Result<Vec<Post>, Gap> {
        let kept = self.kept();
        let forgotten = kept.last - kept.posts.len() as Cursor;
        if cursor < forgotten || cursor > kept.last {
            return Err(Gap { after: forgotten });
        }
        let seen = (cursor - forgotten) as usize;
        Ok(kept.posts.range(seen..).cloned().collect())
    }
    // ANCHOR_END: after

    /// Returns as soon as [`after`](Self::after) has something to say about this cursor.
    // ANCHOR: news
    pub async fn news_after(&self, cursor: Cursor) {
        let mut newest = self.newest.subscribe();
        // It looks before it waits: what was posted a moment ago is not slept through. The sender
        // is our own, so there is no error.
        let _ = newest.wait_for(|newest| *newest != cursor).await;
    }
    // ANCHOR_END: news

    /// The lock is never held across an await. A panic while it was held can have broken nothing.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reader that is pushed to, and its place in the feed. All that the server keeps for it is
/// here.
// ANCHOR: reader
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

    /// What comes next, as soon as there is something.
    pub async fn next(&mut self) -> Item {
        loop {
            if let Some(post) = self.ready.pop_front() {
                self.cursor = post.id;
                return Item::Post(post);
            }
            match self.feed.after(self.cursor) {
                Ok(posts) if posts.is_empty() => self.feed.news_after(self.cursor).await,
                Ok(posts) => self.ready = posts.into(),
                Err(gap) => {
                    self.cursor = gap.after;
                    return Item::Gap(gap);
                }
            }
        }
    }
}
// ANCHOR_END: reader
