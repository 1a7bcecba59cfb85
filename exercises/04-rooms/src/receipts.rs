//! What became of the messages that a user sent last.
//!
//! Check: `resend` (10).

use crate::protocol::ClientId;

/// The ids that a user's last 100 messages got.
///
/// Add what it must remember: pairs of the sender's name for a message and the server's, in the
/// order in which they came.
#[derive(Debug, Default)]
pub struct Receipts {}

impl Receipts {
    /// **10.** The id that the message got, if it has come before.
    pub fn id_of(&self, client_id: &str) -> Option<&str> {
        todo!("look for {client_id}")
    }

    /// **10.** Remembers a message, and forgets the oldest if there are more than 100.
    pub fn add(&mut self, client_id: ClientId, id: String) {
        todo!("remember that {client_id} is {id}")
    }
}
