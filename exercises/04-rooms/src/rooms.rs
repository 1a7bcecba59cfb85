//! All rooms and all who are online.
//!
//! Checks: `connect` (2), `room` and `join` (5), `message`, `members` and `identity` (7), `leave`
//! and `lost` (8), `named-errors` (9), `resend` (10), `typing` (11), `typing-ends` and `typing-again`
//! (12), `private` and `nobody` (13), `private-room` (14), `rooms-api` and `alone` (15), `resume`
//! and `gap` (16).

use std::sync::Arc;

use groundwork::User;
use tokio::time::Instant;

use crate::outbox::Outgoing;
use crate::protocol::{ClientId, ErrorCode, RoomName, Seq, UserId};
use crate::server::Config;

/// The rooms that all connections share.
///
/// Add what they must remember, behind one `std::sync::Mutex`: who is online, each with their
/// connections' outboxes and their receipts; the rooms by name; the last sequence number, one for
/// all rooms, so that it can be the messages' id as well; and the last connection's number.
#[derive(Debug)]
pub struct Rooms {
    config: Config,
}

/// A connection's place among the others.
///
/// Add what its methods need: the rooms, the user, the connection's number and outbox, the rooms
/// that it has joined, and for each room in which it types when that ends by itself.
#[derive(Debug)]
pub struct Client {
    rooms: Arc<Rooms>,
}

impl Rooms {
    /// No rooms, and nobody there.
    ///
    /// Sequence numbers must not begin at zero each time the server starts: a client that resumes
    /// would take one of an earlier run for one of this. The clock's milliseconds are a good start.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// **2.** Lets a user's connection in. Its outbox gets `connected`.
    pub fn connect(rooms: &Arc<Self>, user: User) -> (Client, Outgoing) {
        let _ = rooms;
        todo!("let {} in", user.username)
    }

    /// **15.** Each public room that has someone in it, and how many users that are.
    pub fn list(&self) -> Vec<(RoomName, usize)> {
        todo!("list the rooms")
    }
}

impl Client {
    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.rooms.config
    }

    /// **5.** Joins a room, which is made if there is none.
    ///
    /// # Errors
    /// [`ErrorCode::NotInvited`] for a private room that does not exist or does not admit the user
    /// (**14**); [`ErrorCode::TooManyRooms`] when the connection is in 100 already.
    pub fn join(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        todo!("join {room}")
    }

    /// **7.** Sends a message to everyone in a room, and `ack` to this connection. One that has
    /// come before is only acknowledged again (**10**).
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn say(
        &self,
        room: RoomName,
        message: String,
        client_id: ClientId,
    ) -> Result<(), ErrorCode> {
        let _ = client_id;
        todo!("send {message:?} to {room}")
    }

    /// **8.** Leaves a room, and answers `left-room`.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn leave(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        todo!("leave {room}")
    }

    /// **8.** Leaves all rooms and goes offline.
    ///
    /// Call it from an `impl Drop`, so that no way out of [`serve`](crate::connection::serve) can
    /// miss it. (Write it first: a `todo!()` in `drop` ends the process, if another panic led
    /// there.) The last connection of a user ends their being online, and not the memory of what
    /// they sent (**10**): keep the receipts of the last 1,000 who left. A room that is empty is
    /// kept as well, for those who come back: the last 100 of them.
    pub fn disconnect(&mut self) {
        todo!("leave all rooms")
    }

    /// **9.** Tells this connection, and no other, what was wrong.
    pub fn refuse(&self, code: ErrorCode, client_id: Option<ClientId>) {
        todo!("refuse {client_id:?} with {code:?}")
    }

    /// **11.** Types, from now until the timeout (**12**).
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn start_typing(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        todo!("type in {room}")
    }

    /// **11.** Types no longer.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn stop_typing(&mut self, room: &str) -> Result<(), ErrorCode> {
        todo!("stop typing in {room}")
    }

    /// **12.** When typing ends by itself, in the room in which it does so first.
    pub fn typing_ends(&self) -> Option<Instant> {
        todo!("find the first end of typing")
    }

    /// **12.** Ends the typing whose time is up.
    pub fn end_typing(&mut self) {
        todo!("end the typing whose time is up")
    }

    /// **13.** Sends `receive-private-message` to all connections of one user, and `ack` to this
    /// one. A message that has come before is only acknowledged again.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when the target is not online.
    pub fn whisper(
        &self,
        target: &str,
        message: String,
        client_id: ClientId,
    ) -> Result<(), ErrorCode> {
        let _ = client_id;
        todo!("send {message:?} to {target}")
    }

    /// **14.** Makes a private room with a name of its own (see
    /// [`PRIVATE`](crate::protocol::PRIVATE)) and joins it; those who are invited, but not the one
    /// who invites, get `invited`.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when one of them is not online; [`ErrorCode::TooManyRooms`].
    pub fn create_private_room(&mut self, invite: Vec<UserId>) -> Result<(), ErrorCode> {
        todo!("make a private room for {invite:?}")
    }

    /// **16.** Joins a room, and hears what was said since the last message that the client has
    /// seen. Do both under one lock.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub fn resume(&mut self, room: RoomName, after: Seq) -> Result<(), ErrorCode> {
        todo!("join {room} and tell what was said after {after}")
    }
}
