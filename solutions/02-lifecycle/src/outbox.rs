//! What is to be sent, until it is known to have arrived.

use std::collections::VecDeque;

use uuid::Uuid;

use crate::protocol::{ClientId, ClientMessage};

/// The outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Messages in the order in which they were typed. One stays until it is acknowledged, however many
/// connections that takes, and keeps its name.
// ANCHOR: outbox
#[derive(Debug)]
pub struct Outbox {
    limit: usize,
    messages: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    client_id: ClientId,
    content: String,
    /// Whether it was sent over the connection of now.
    sent: bool,
}

impl Outbox {
    /// An empty one, for at most `limit` messages.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            messages: VecDeque::new(),
        }
    }

    /// Puts a message at the end, under a name that no other has.
    ///
    /// # Errors
    /// [`Full`]. Then it is not in there.
    pub fn push(&mut self, content: String) -> Result<(), Full> {
        if self.messages.len() >= self.limit {
            return Err(Full);
        }
        self.messages.push_back(Waiting {
            client_id: Uuid::new_v4().to_string(),
            content,
            sent: false,
        });
        Ok(())
    }

    /// The oldest message that was not yet sent over this connection. From here on it was.
    pub fn next_to_send(&mut self) -> Option<ClientMessage> {
        let next = self.messages.iter_mut().find(|message| !message.sent)?;
        next.sent = true;
        Some(ClientMessage::SendMessage {
            client_id: next.client_id.clone(),
            content: next.content.clone(),
        })
    }

    /// The server has the message of this name.
    pub fn acknowledge(&mut self, client_id: &str) {
        self.messages
            .retain(|message| message.client_id != client_id);
    }

    /// The connection is lost: what was sent over it may never have arrived.
    pub fn connection_lost(&mut self) {
        self.messages
            .iter_mut()
            .for_each(|message| message.sent = false);
    }

    /// How many messages are not known to have arrived.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether all have arrived.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}
// ANCHOR_END: outbox
