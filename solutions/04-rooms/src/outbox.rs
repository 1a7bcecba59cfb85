//! What a client is to be sent: bounded, and never waited for.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Notify, mpsc};

use crate::protocol::ServerMessage;

/// The end of a client's queue into which messages are put. It is cloned into each room.
// ANCHOR: outbox
#[derive(Debug, Clone)]
pub struct Outbox {
    texts: mpsc::Sender<Utf8Bytes>,
    overflow: Arc<Notify>,
}

/// The other end, which the connection's task empties into the socket.
#[derive(Debug)]
pub struct Outgoing {
    /// What is to be sent, in order.
    pub texts: mpsc::Receiver<Utf8Bytes>,
    /// Notified once the client was too slow: from there on something is missing.
    pub overflow: Arc<Notify>,
}

/// A queue for at most `limit` messages.
pub fn outbox(limit: usize) -> (Outbox, Outgoing) {
    let (sender, texts) = mpsc::channel(limit);
    let overflow = Arc::new(Notify::new());
    let outbox = Outbox {
        texts: sender,
        overflow: Arc::clone(&overflow),
    };
    (outbox, Outgoing { texts, overflow })
}

impl Outbox {
    /// Puts a message in. When there is no room for it, the connection's task is told to end.
    pub fn put(&self, text: &Utf8Bytes) {
        if self.texts.try_send(text.clone()).is_err() {
            self.overflow.notify_one();
        }
    }
}
// ANCHOR_END: outbox

/// Puts one message into many outboxes. It is encoded once: `Utf8Bytes` is counted, so that all of
/// them hold the same bytes.
pub fn deliver<'a>(to: impl IntoIterator<Item = &'a Outbox>, message: &ServerMessage) {
    let text: Utf8Bytes = serde_json::to_string(message)
        .expect("strings, numbers and lists of them always become JSON")
        .into();
    for outbox in to {
        outbox.put(&text);
    }
}
