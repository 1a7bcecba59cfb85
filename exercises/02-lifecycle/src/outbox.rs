//! What is to be sent, until it is known to have arrived.
//!
//! Check: `outbox` (20).

use crate::protocol::ClientMessage;

/// The outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Messages in the order in which they were typed. One stays until it is acknowledged, however many
/// connections that takes, and keeps its name.
///
/// Add the limit and the messages, and for each whether it was sent over the connection of now.
#[derive(Debug)]
pub struct Outbox {}

impl Outbox {
    /// **20.** An empty one, for at most `limit` messages.
    pub fn new(limit: usize) -> Self {
        let _ = limit;
        Self {}
    }

    /// **20.** Puts a message at the end, under a name that no other has: `uuid::Uuid::new_v4`.
    ///
    /// # Errors
    /// [`Full`]. Then it is not in there.
    pub fn push(&mut self, content: String) -> Result<(), Full> {
        todo!("put {content:?} at the end")
    }

    /// **20.** The oldest message that was not yet sent over this connection, as a
    /// [`ClientMessage::SendMessage`]. From here on it was.
    pub fn next_to_send(&mut self) -> Option<ClientMessage> {
        todo!("find the oldest message that was not sent")
    }

    /// **20.** The server has the message of this name.
    pub fn acknowledge(&mut self, client_id: &str) {
        todo!("take {client_id} out")
    }

    /// **20.** The connection is lost: what was sent over it may never have arrived, and is to be
    /// sent again.
    pub fn connection_lost(&mut self) {
        todo!("count everything as not sent")
    }

    /// **20.** How many messages are not known to have arrived.
    pub fn len(&self) -> usize {
        todo!("count the messages")
    }

    /// **20.** Whether all have arrived.
    pub fn is_empty(&self) -> bool {
        todo!("say whether there are none")
    }
}
