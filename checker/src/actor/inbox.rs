//! Everything that a client has received, in order and with its time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::watch;

use super::Violation;

/// How much memory one inbox takes, its JSON included: 256 MiB.
const BYTES_LIMIT: usize = 256 << 20;
/// How many entries one inbox holds.
const ENTRIES_LIMIT: usize = 100_000;

/// Everything that one client has received, over all its connections. Nothing is ever taken out.
#[derive(Debug, Clone, Default)]
pub struct Inbox(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<Entries>,
    length: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Entries {
    list: Vec<Arc<Entry>>,
    bytes: usize,
    full: bool,
}

/// One thing that happened on a connection.
#[derive(Debug)]
pub struct Entry {
    /// When the read returned that completed it.
    pub at: Instant,
    /// What it was.
    pub event: Event,
}

/// What a connection can bring.
#[derive(Debug)]
pub enum Event {
    /// A text message.
    Text(TextMessage),
    /// A binary message.
    Binary(Bytes),
    /// A ping; it has been answered.
    Ping(Bytes),
    /// A pong that answers no [`Connection::round_trip`](super::Connection::round_trip).
    Pong(Bytes),
    /// A close frame.
    Close {
        /// Without one, the payload was empty (which RFC 6455 §7.1.5 calls 1005).
        code: Option<u16>,
        /// In UTF-8, perhaps empty.
        reason: String,
    },
    /// TCP has ended: the last event of its connection.
    Ended(Ended),
    /// The server broke the protocol: the last event of its connection, which has been failed.
    Violation(Violation),
    /// The inbox is full: the last event of all. No connection of this client is read any further.
    Overflow {
        /// How many entries came before.
        entries: usize,
        /// The memory that they take, in bytes, with a text message counted as read as JSON.
        bytes: usize,
    },
}

/// How TCP ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// After a close frame of the server's.
    Closed,
    /// Without one.
    Dropped,
}

/// A text message, which is read as JSON when it is first asked for.
#[derive(Debug, Default)]
pub struct TextMessage {
    /// As it came.
    pub text: String,
    json: OnceLock<Option<serde_json::Value>>,
}

impl TextMessage {
    /// A message of this text.
    pub fn new(text: String) -> Self {
        Self {
            text,
            json: OnceLock::new(),
        }
    }

    /// The text as JSON, if it is JSON.
    pub fn json(&self) -> Option<&serde_json::Value> {
        self.json
            .get_or_init(|| serde_json::from_str(&self.text).ok())
            .as_ref()
    }
}

impl Event {
    /// The text message as JSON, if this is one and is JSON.
    pub fn json(&self) -> Option<&serde_json::Value> {
        match self {
            Self::Text(message) => message.json(),
            _ => None,
        }
    }

    /// What it holds on the heap, and will hold once a text message has been read as JSON.
    fn weight(&self) -> usize {
        match self {
            Self::Text(message) => message.text.len() + json_weight(&message.text),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes.len(),
            Self::Close { reason, .. } => reason.len(),
            Self::Ended(_) | Self::Violation(_) | Self::Overflow { .. } => 0,
        }
    }
}

/// The memory, in bytes, of what a text becomes as JSON. A megabyte of `[[],[],…]` becomes forty.
fn json_weight(text: &str) -> usize {
    if !text.trim_start().starts_with(['[', '{']) {
        return 0;
    }
    // A plain loop: it is gone through by the megabyte, and not optimised.
    let mut values = 0;
    for byte in text.as_bytes() {
        if matches!(byte, b',' | b'[' | b'{' | b':') {
            values += 1;
        }
    }
    values * size_of::<serde_json::Value>()
}

impl Inbox {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries().list.len()
    }

    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry at an index, counted from 0.
    pub fn get(&self, index: usize) -> Option<Arc<Entry>> {
        self.entries().list.get(index).cloned()
    }

    /// Returns as soon as there are more entries than `length`.
    pub async fn grown_beyond(&self, length: usize) {
        let mut lengths = self.0.length.subscribe();
        // An error would mean that the sender is gone, but `self` holds it.
        let _ = lengths.wait_for(|&now| now > length).await;
    }

    /// For a new connection, which writes here until it is [muted](Recorder::mute).
    pub(super) fn recorder(&self) -> Recorder {
        Recorder {
            inbox: self.clone(),
            muted: Arc::default(),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one connection writes to its client's inbox with.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    inbox: Inbox,
    muted: Arc<AtomicBool>,
}

/// The inbox takes nothing more.
#[derive(Debug)]
pub(super) struct Full;

impl Recorder {
    /// Appends an event.
    pub(super) fn record(&self, at: Instant, event: Event) -> Result<(), Full> {
        let mut entries = self.inbox.entries();
        if self.muted.load(Ordering::Relaxed) {
            return Ok(());
        }
        if entries.full {
            return Err(Full);
        }
        let bytes = entries.bytes + event.weight() + size_of::<Entry>() + size_of::<Arc<Entry>>();
        let event = if bytes > BYTES_LIMIT || entries.list.len() >= ENTRIES_LIMIT {
            entries.full = true;
            Event::Overflow {
                entries: entries.list.len(),
                bytes: entries.bytes,
            }
        } else {
            entries.bytes = bytes;
            event
        };
        entries.list.push(Arc::new(Entry { at, event }));
        // Inside the lock, so that the lengths are announced in order.
        self.inbox.0.length.send_replace(entries.list.len());
        if entries.full { Err(Full) } else { Ok(()) }
    }

    /// After this returns, the connection records nothing more.
    pub(super) fn mute(&self) {
        // The lock makes this and `record` happen one after the other.
        let _entries = self.inbox.entries();
        self.muted.store(true, Ordering::Relaxed);
    }
}
