//! What a client is to be sent: bounded, and never waited for.
//!
//! Checks: `connect` (1), `slow` (17).

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Notify, mpsc};

use crate::protocol::ServerMessage;

/// The end of a client's queue into which messages are put. It is cloned into each room.
///
/// Add the `Sender` of the channel and the `Notify` of the other end.
#[derive(Debug, Clone)]
pub struct Outbox {}

/// The other end, which the connection's task empties into the socket.
#[derive(Debug)]
pub struct Outgoing {
    /// What is to be sent, in order.
    pub texts: mpsc::Receiver<Utf8Bytes>,
    /// Notified once the client was too slow: from there on something is missing.
    pub overflow: Arc<Notify>,
}

/// **1.** A queue for at most `limit` messages, and both of its ends.
pub fn outbox(limit: usize) -> (Outbox, Outgoing) {
    todo!("make a bounded channel for {limit} messages")
}

impl Outbox {
    /// **1.** Puts a message in, and never waits: `try_send`.
    ///
    /// When there is no room for it (**17**), the connection's task is told to end: `notify_one`
    /// keeps the news for a task that does not listen at the moment.
    pub fn put(&self, text: &Utf8Bytes) {
        todo!("put {text} into the channel")
    }
}

/// **1.** Puts one message into many outboxes. Encode it once, as JSON; to clone a `Utf8Bytes`
/// copies no text.
pub fn deliver<'a>(to: impl IntoIterator<Item = &'a Outbox>, message: &ServerMessage) {
    let _ = to.into_iter().count();
    todo!("deliver {message:?}")
}
