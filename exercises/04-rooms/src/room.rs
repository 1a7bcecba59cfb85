//! One room: who is in it, who types, what was said last.
//!
//! Checks: `room`, `join`, `join-twice` (5), `message` (7), `leave`, `lost`, `tab` (8), `members`
//! (7), `typing` (11), `private-room` (14), `rooms-api` (15), `resume`, `gap` (16).

use std::collections::HashSet;

use groundwork::User;

use crate::outbox::Outbox;
use crate::protocol::{RoomMessage, RoomName, Seq, ServerMessage, UserId};

/// Tells the connections of all users apart.
pub type ConnectionId = u64;

/// A room. It may be empty: those who lost it may come back.
///
/// Add what it must know: its name; who is invited, if it is private; the users who are in it, each
/// with their connections that have joined (their outboxes, and whether they type); the last
/// messages; and the `seq` of the newest message that is no longer kept.
#[derive(Debug)]
pub struct Room {}

impl Room {
    /// **5.** A room without anyone in it. `now` is the sequence number that was given last, in any
    /// room: who has seen it has missed nothing here.
    pub fn new(name: RoomName, invited: Option<HashSet<UserId>>, now: Seq) -> Self {
        let _ = (invited, now);
        todo!("make the room {name}")
    }

    /// **14.** Whether this user may join: everyone, or those who are invited.
    pub fn admits(&self, user: &str) -> bool {
        todo!("say whether {user} may join")
    }

    /// **15.** Whether everyone may join.
    pub fn is_public(&self) -> bool {
        todo!("say whether the room is public")
    }

    /// **15.** How many *users* are in it.
    pub fn user_count(&self) -> usize {
        todo!("count the users")
    }

    /// **5.** Lets a connection in.
    ///
    /// It gets `joined-room`, also when it was in the room already; all other users get
    /// `user-joined`, if this is the user's first connection here.
    pub fn join(&mut self, user: &User, connection: ConnectionId, outbox: &Outbox) {
        let _ = outbox;
        todo!("let {user:?} in, with connection {connection}")
    }

    /// **7.** Whether this connection has joined.
    pub fn holds(&self, user: &str, connection: ConnectionId) -> bool {
        todo!("say whether connection {connection} of {user} has joined")
    }

    /// **7.** Keeps a message, at most `limit` of them (the oldest goes first), and sends
    /// `receive-message` to everyone in the room.
    pub fn say(&mut self, message: RoomMessage, limit: usize) {
        let _ = limit;
        todo!("keep and send {message:?}")
    }

    /// **8.** Takes a connection out. If it types, the others get `user-stop-typing`; if it was the
    /// user's last here, they get `user-left`.
    pub fn leave(&mut self, user: &User, connection: ConnectionId) {
        todo!("take connection {connection} of {user:?} out")
    }

    /// **11.** Notes whether a connection types. The other users hear of it only when that changes
    /// whether the *user* does.
    pub fn set_typing(&mut self, user: &User, connection: ConnectionId, typing: bool) {
        let _ = (user, connection);
        todo!("note that typing is {typing}")
    }

    /// **16.** `missed-messages` with what was said after `seq`; or `gap-too-large` if some of that
    /// is no longer kept, or `seq` is greater than `now`, the last that was given.
    pub fn missed(&self, seq: Seq, now: Seq) -> ServerMessage {
        todo!("find what was said between {seq} and {now}")
    }
}
