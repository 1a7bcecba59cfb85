//! Who is online, what was said, and who hears it.
//!
//! Checks: `connect`, `join` and `history` (7), `message` (9), `leave` and `lost` (10), `malformed`
//! (11), `typing` and `typing-tabs` (12), `private`, `private-tabs` and `nobody` (13), `online` (15),
//! `pages`, `kept` and `private-unkept` (16).

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc;

use crate::protocol::{ChatMessage, ErrorCode, User};
use crate::server::Config;

/// The chat that all connections share.
///
/// Add what it must remember, behind one `std::sync::Mutex`: the users who are online, each with
/// their connections (a user has one for each tab), and the last messages. For each connection keep
/// the `Sender` of a bounded channel, its outbox, and whether it types. Deliver with `try_send`: to
/// wait for one slow reader would hold up all others. What must be done when the outbox is full?
#[derive(Debug)]
pub struct Chat {
    config: Config,
}

/// A connection's place in the chat.
///
/// Add what its methods need: the chat, the user, and which of the user's connections it is.
#[derive(Debug)]
pub struct Membership {
    /// What the client is to be sent, in order. It ends when the client was too slow.
    pub outbox: mpsc::Receiver<Utf8Bytes>,
}

impl Chat {
    /// An empty chat.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// **7.** Lets a user's connection in.
    ///
    /// Its outbox gets `online-users` and then `recent-messages` (at most `history_limit`); all
    /// other users get `user-joined`, if this is the user's first connection. Do it under one lock,
    /// so that no message is lost or doubled between the two.
    pub fn join(chat: &Arc<Self>, user: User) -> Membership {
        let _ = chat;
        todo!("let {} in", user.username)
    }

    /// **15.** Each user who is online, once.
    pub fn online_users(&self) -> Vec<User> {
        todo!("list the users who are online")
    }

    /// **16.** At most `limit` messages after the first `offset`, the oldest first, and how many
    /// are kept.
    pub fn messages(&self, limit: usize, offset: usize) -> (Vec<ChatMessage>, usize) {
        todo!("list {limit} messages after the first {offset}")
    }
}

impl Membership {
    /// **9.** Keeps a message (at most `max_messages`; the oldest goes first) and sends
    /// `new-message` to everyone, this connection included.
    pub fn say(&self, content: String) {
        todo!("send {content:?} to everyone")
    }

    /// **10.** Takes the connection out of the chat.
    ///
    /// If it was the user's last, all others get `user-left`; if it was typing, `user-stop-typing`
    /// before that. Call it from an `impl Drop`, so that no way out of
    /// [`serve`](crate::connection::serve) can miss it. (Write it first: a `todo!()` in `drop` ends
    /// the process, if another panic led there.)
    pub fn leave(&mut self) {
        todo!("leave the chat")
    }

    /// **11.** Tells this connection, and no other, what was wrong.
    pub fn reply(&self, code: ErrorCode) {
        todo!("reply with {code:?}")
    }

    /// **12.** Notes whether this connection types. The other users hear of it only when that
    /// changes whether the *user* does: a user types while any of their connections does.
    pub fn set_typing(&self, typing: bool) {
        todo!("note that typing is {typing}")
    }

    /// **13.** Sends `private-message` to all connections of one user, and `private-message-sent`
    /// to all of the sender's. Both may be the same user. It is not kept.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when the target is not online.
    pub fn whisper(&self, target: &str, content: String) -> Result<(), ErrorCode> {
        todo!("send {content:?} to {target}")
    }
}
