//! What a client is to be sent: bounded, and never waited for. In the exercise `rooms` it is the
//! student's work; from there on it is given.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::{Notify, mpsc};

/// The end of a client's queue into which messages are put.
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

impl Outbox {
    /// Ends the connection as if it had been too slow: what follows could not be kept for it.
    pub fn overflow(&self) {
        self.overflow.notify_one();
    }
}

/// A queue for at most `limit` messages, of which there must be one at least.
pub fn outbox(limit: usize) -> (Outbox, Outgoing) {
    let (sender, texts) = mpsc::channel(limit);
    let overflow = Arc::new(Notify::new());
    let outbox = Outbox {
        texts: sender,
        overflow: Arc::clone(&overflow),
    };
    (outbox, Outgoing { texts, overflow })
}

/// Puts one message, encoded once, into many outboxes. Where there is no room for it, the
/// connection's task is told to end.
///
/// # Panics
/// When the message cannot be JSON: it has a map whose keys are no strings, say.
pub fn deliver<'a>(to: impl IntoIterator<Item = &'a Outbox>, message: &impl Serialize) {
    let text: Utf8Bytes = serde_json::to_string(message)
        .expect("a message of the protocol becomes JSON")
        .into();
    for outbox in to {
        if outbox.texts.try_send(text.clone()).is_err() {
            outbox.overflow();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_no_room_ends_the_connection_and_nobody_else() {
        let (slow, mut slowly) = outbox(1);
        let (quick, mut quickly) = outbox(1);
        for n in 1..=2 {
            deliver([&slow, &quick], &n);
            assert_eq!(quickly.texts.recv().await.as_deref(), Some(&*n.to_string()));
        }
        slowly.overflow.notified().await;
        assert_eq!(slowly.texts.recv().await.as_deref(), Some("1"));
        assert!(slowly.texts.try_recv().is_err());
    }
}
