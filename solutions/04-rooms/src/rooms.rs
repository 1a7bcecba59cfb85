//! All rooms and all who are online.
//!
//! ```text
//! Rooms                     shared by all connections
//!   State                   behind one lock
//!     Presence              a user who is online: their connections' outboxes, their receipts
//!     Room                  who is in it, who types, what was said last
//! Client                    a connection's own end; dropping it leaves all rooms
//! ```

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use groundwork::User;
use tokio::time::Instant;

use crate::outbox::{Outbox, Outgoing, deliver, outbox};
use crate::protocol::{
    ClientId, ErrorCode, PRIVATE, RoomMessage, RoomName, Seq, ServerMessage, UserId,
};
use crate::receipts::Receipts;
use crate::room::{ConnectionId, Room};
use crate::server::Config;

/// A connection may be in so many rooms.
const MAX_ROOMS: usize = 100;
/// So many empty rooms are kept for those who come back.
const EMPTY_ROOMS: usize = 100;
/// The receipts of so many users who left are kept.
const AWAY_USERS: usize = 1000;

/// The rooms that all connections share.
#[derive(Debug)]
pub struct Rooms {
    config: Config,
    // Held for a few lines that only touch memory, and never across an `.await`.
    state: Mutex<State>,
}

// ANCHOR: state
#[derive(Debug)]
struct State {
    online: HashMap<UserId, Presence>,
    /// Those who left last, the last one at the end.
    away: VecDeque<(UserId, Receipts)>,
    rooms: HashMap<RoomName, Room>,
    /// The rooms that are empty, the last to become so at the end.
    empty: VecDeque<RoomName>,
    last_seq: Seq,
    last_connection: ConnectionId,
}

#[derive(Debug, Default)]
struct Presence {
    connections: HashMap<ConnectionId, Outbox>,
    receipts: Receipts,
}
// ANCHOR_END: state

/// A connection's place among the others. Dropping it leaves all rooms.
#[derive(Debug)]
pub struct Client {
    rooms: Arc<Rooms>,
    user: User,
    id: ConnectionId,
    outbox: Outbox,
    joined: HashSet<RoomName>,
    /// When typing ends by itself, for each room in which this connection types.
    typing: HashMap<RoomName, Instant>,
}

impl Rooms {
    /// No rooms, and nobody there.
    pub fn new(config: Config) -> Self {
        // Not from zero: a client that resumes must not take a number of an earlier run for one of
        // this. No room gets a message in every millisecond.
        let last_seq = u64::try_from(Utc::now().timestamp_millis()).unwrap_or_default();
        Self {
            config,
            state: Mutex::new(State {
                online: HashMap::new(),
                away: VecDeque::new(),
                rooms: HashMap::new(),
                empty: VecDeque::new(),
                last_seq,
                last_connection: 0,
            }),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Lets a user's connection in, which hears that it is.
    pub fn connect(rooms: &Arc<Self>, user: User) -> (Client, Outgoing) {
        let (outbox, outgoing) = outbox(rooms.config.outbox_limit);
        let mut state = rooms.state();
        state.last_connection += 1;
        let id = state.last_connection;
        let known = state.away.iter().position(|(away, _)| *away == user.id);
        let receipts = known.and_then(|index| state.away.remove(index));
        let presence = state
            .online
            .entry(user.id.clone())
            .or_insert_with(|| Presence {
                connections: HashMap::new(),
                receipts: receipts.map(|(_, receipts)| receipts).unwrap_or_default(),
            });
        presence.connections.insert(id, outbox.clone());
        let connected = ServerMessage::Connected {
            user_id: user.id.clone(),
            username: user.username.clone(),
        };
        deliver([&outbox], &connected);
        drop(state);
        let client = Client {
            rooms: Arc::clone(rooms),
            user,
            id,
            outbox,
            joined: HashSet::new(),
            typing: HashMap::new(),
        };
        (client, outgoing)
    }

    /// Each public room that has someone in it, and how many.
    // ANCHOR: list
    pub fn list(&self) -> Vec<(RoomName, usize)> {
        let state = self.state();
        let listed = state
            .rooms
            .iter()
            .filter(|(_, room)| room.is_public() && room.user_count() > 0);
        listed
            .map(|(name, room)| (name.clone(), room.user_count()))
            .collect()
    }
    // ANCHOR_END: list

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one connection must not end all rooms for the others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.rooms.config
    }

    /// Joins a room, which is made if there is none.
    ///
    /// # Errors
    /// [`ErrorCode::NotInvited`], [`ErrorCode::TooManyRooms`].
    pub fn join(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        self.enter(room, |_, _| None)
    }

    /// Joins a room, and hears what was said since the last message that the client has seen.
    ///
    /// # Errors
    /// [`ErrorCode::NotInvited`], [`ErrorCode::TooManyRooms`].
    pub fn resume(&mut self, room: RoomName, after: Seq) -> Result<(), ErrorCode> {
        self.enter(room, |room, now| Some(room.missed(after, now)))
    }

    // ANCHOR: enter
    fn enter(
        &mut self,
        name: RoomName,
        and_then: impl FnOnce(&Room, Seq) -> Option<ServerMessage>,
    ) -> Result<(), ErrorCode> {
        if self.joined.len() >= MAX_ROOMS && !self.joined.contains(&name) {
            return Err(ErrorCode::TooManyRooms);
        }
        // One lock for all of it: between what was missed and what is heard live, nothing falls.
        let mut state = self.rooms.state();
        let now = state.last_seq;
        let room = state.room(&name).ok_or(ErrorCode::NotInvited)?;
        if !room.admits(&self.user.id) {
            return Err(ErrorCode::NotInvited);
        }
        room.join(&self.user, self.id, &self.outbox);
        if let Some(message) = and_then(room, now) {
            deliver([&self.outbox], &message);
        }
        state.empty.retain(|empty| *empty != name);
        self.joined.insert(name);
        Ok(())
    }
    // ANCHOR_END: enter

    /// Leaves a room.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn leave(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        if !self.joined.remove(&room) {
            return Err(ErrorCode::NotInRoom);
        }
        self.typing.remove(&room);
        let mut state = self.rooms.state();
        state.leave(&room, &self.user, self.id);
        deliver([&self.outbox], &ServerMessage::LeftRoom { room });
        Ok(())
    }

    /// Sends a message to everyone in a room, and confirms it. One that has come before is only
    /// confirmed again.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    // ANCHOR: say
    pub fn say(
        &self,
        room: RoomName,
        message: String,
        client_id: ClientId,
    ) -> Result<(), ErrorCode> {
        let mut state = self.rooms.state();
        let state = &mut *state;
        let place = state.rooms.get_mut(&room);
        let place = place.filter(|place| place.holds(&self.user.id, self.id));
        let place = place.ok_or(ErrorCode::NotInRoom)?;
        let Some(presence) = state.online.get_mut(&self.user.id) else {
            return Ok(());
        };
        let id = match presence.receipts.id_of(&client_id) {
            Some(id) => id.to_owned(),
            None => {
                state.last_seq += 1;
                let id = state.last_seq.to_string();
                let message = RoomMessage {
                    room,
                    id: id.clone(),
                    seq: state.last_seq,
                    user_id: self.user.id.clone(),
                    username: self.user.username.clone(),
                    message,
                    timestamp: Utc::now(),
                };
                place.say(message, self.rooms.config.resume_buffer);
                presence.receipts.add(client_id.clone(), id.clone());
                id
            }
        };
        deliver([&self.outbox], &ServerMessage::Ack { client_id, id });
        Ok(())
    }
    // ANCHOR_END: say

    /// Sends a message to one user, and confirms it. One that has come before is only confirmed
    /// again.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when the target is not online.
    // ANCHOR: whisper
    pub fn whisper(
        &self,
        target: &str,
        message: String,
        client_id: ClientId,
    ) -> Result<(), ErrorCode> {
        let mut state = self.rooms.state();
        let known = state.receipt(&self.user, &client_id);
        let id = match known {
            Some(id) => id,
            None => {
                let target = state.online.get(target).ok_or(ErrorCode::UnknownUser)?;
                let id = (state.last_seq + 1).to_string();
                let message = ServerMessage::ReceivePrivateMessage {
                    id: id.clone(),
                    from: self.user.id.clone(),
                    username: self.user.username.clone(),
                    message,
                    timestamp: Utc::now(),
                };
                deliver(target.connections.values(), &message);
                state.last_seq += 1;
                if let Some(presence) = state.online.get_mut(&self.user.id) {
                    presence.receipts.add(client_id.clone(), id.clone());
                }
                id
            }
        };
        deliver([&self.outbox], &ServerMessage::Ack { client_id, id });
        Ok(())
    }
    // ANCHOR_END: whisper

    /// Types, from now until the timeout.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn start_typing(&mut self, room: RoomName) -> Result<(), ErrorCode> {
        self.set_typing(&room, true)?;
        let end = Instant::now() + self.rooms.config.typing_timeout;
        self.typing.insert(room, end);
        Ok(())
    }

    /// Types no longer.
    ///
    /// # Errors
    /// [`ErrorCode::NotInRoom`].
    pub fn stop_typing(&mut self, room: &str) -> Result<(), ErrorCode> {
        self.typing.remove(room);
        self.set_typing(room, false)
    }

    fn set_typing(&self, room: &str, typing: bool) -> Result<(), ErrorCode> {
        if !self.joined.contains(room) {
            return Err(ErrorCode::NotInRoom);
        }
        if let Some(room) = self.rooms.state().rooms.get_mut(room) {
            room.set_typing(&self.user, self.id, typing);
        }
        Ok(())
    }

    /// When typing ends by itself, in the room in which it does so first.
    pub fn typing_ends(&self) -> Option<Instant> {
        self.typing.values().min().copied()
    }

    /// Ends the typing whose time is up.
    // ANCHOR: end-typing
    pub fn end_typing(&mut self) {
        let now = Instant::now();
        let ended = self.typing.extract_if(|_, end| *end <= now);
        let mut ended: Vec<(Instant, RoomName)> = ended.map(|(room, end)| (end, room)).collect();
        ended.sort();
        for (_, room) in ended {
            // It is in the room: leaving it ends typing there.
            self.set_typing(&room, false).unwrap_or_default();
        }
    }
    // ANCHOR_END: end-typing

    /// Makes a private room and joins it; those who are invited hear of it.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when one of them is not online, [`ErrorCode::TooManyRooms`].
    // ANCHOR: private-room
    pub fn create_private_room(&mut self, invite: Vec<UserId>) -> Result<(), ErrorCode> {
        if self.joined.len() >= MAX_ROOMS {
            return Err(ErrorCode::TooManyRooms);
        }
        let mut state = self.rooms.state();
        if !invite.iter().all(|user| state.online.contains_key(user)) {
            return Err(ErrorCode::UnknownUser);
        }
        state.last_seq += 1;
        let name = format!("{PRIVATE}{}", state.last_seq);
        let mut invited: HashSet<UserId> = invite.into_iter().collect();
        invited.remove(&self.user.id);
        let everyone = invited.iter().chain([&self.user.id]).cloned().collect();
        let room = Room::new(name.clone(), Some(everyone), state.last_seq);
        state.rooms.insert(name.clone(), room);
        let invitation = ServerMessage::Invited {
            room: name.clone(),
            from: self.user.id.clone(),
            username: self.user.username.clone(),
        };
        drop(state);
        self.join(name)?;
        let state = self.rooms.state();
        let presences = invited.iter().filter_map(|user| state.online.get(user));
        deliver(
            presences.flat_map(|presence| presence.connections.values()),
            &invitation,
        );
        Ok(())
    }
    // ANCHOR_END: private-room

    /// Tells this connection, and no other, what was wrong.
    pub fn refuse(&self, code: ErrorCode, client_id: Option<ClientId>) {
        deliver([&self.outbox], &ServerMessage::error(code, client_id));
    }
}

// ANCHOR: drop
impl Drop for Client {
    fn drop(&mut self) {
        let mut state = self.rooms.state();
        for room in self.joined.drain() {
            state.leave(&room, &self.user, self.id);
        }
        state.disconnect(&self.user.id, self.id);
    }
}
// ANCHOR_END: drop

impl State {
    /// The room of this name. A public one is made if there is none.
    fn room(&mut self, name: &RoomName) -> Option<&mut Room> {
        if name.starts_with(PRIVATE) {
            return self.rooms.get_mut(name);
        }
        let now = self.last_seq;
        let room = self.rooms.entry(name.clone());
        Some(room.or_insert_with(|| Room::new(name.clone(), None, now)))
    }

    fn leave(&mut self, name: &RoomName, user: &User, connection: ConnectionId) {
        let Some(room) = self.rooms.get_mut(name) else {
            return;
        };
        room.leave(user, connection);
        if room.user_count() == 0 {
            self.note_empty(name.clone());
        }
    }

    /// Keeps an empty room for those who come back, and forgets the one that has been empty for
    /// longest if there are too many.
    fn note_empty(&mut self, name: RoomName) {
        self.empty.push_back(name);
        if self.empty.len() > EMPTY_ROOMS
            && let Some(oldest) = self.empty.pop_front()
        {
            self.rooms.remove(&oldest);
        }
    }

    fn receipt(&self, user: &User, client_id: &str) -> Option<String> {
        let presence = self.online.get(&user.id)?;
        presence.receipts.id_of(client_id).map(str::to_owned)
    }

    fn disconnect(&mut self, user: &UserId, connection: ConnectionId) {
        let Some(presence) = self.online.get_mut(user) else {
            return;
        };
        presence.connections.remove(&connection);
        if presence.connections.is_empty()
            && let Some(presence) = self.online.remove(user)
        {
            self.away.push_back((user.clone(), presence.receipts));
            if self.away.len() > AWAY_USERS {
                self.away.pop_front();
            }
        }
    }
}
