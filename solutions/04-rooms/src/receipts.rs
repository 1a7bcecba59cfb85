//! What became of the messages that a user sent last.

use std::collections::VecDeque;

use crate::protocol::ClientId;

/// So many messages of each user are remembered.
const REMEMBERED: usize = 100;

/// The ids that a user's last messages got.
// ANCHOR: receipts
#[derive(Debug, Default)]
pub struct Receipts(VecDeque<(ClientId, String)>);

impl Receipts {
    /// The id that the message got, if it has come before.
    pub fn id_of(&self, client_id: &str) -> Option<&str> {
        let known = self.0.iter().find(|(known, _)| known == client_id);
        known.map(|(_, id)| id.as_str())
    }

    /// Remembers a message, and forgets the oldest if there are too many.
    pub fn add(&mut self, client_id: ClientId, id: String) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((client_id, id));
    }
}
// ANCHOR_END: receipts
