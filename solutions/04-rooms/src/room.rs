//! One room: who is in it, who types, what was said last.

use std::collections::{HashMap, HashSet, VecDeque};

use groundwork::User;

use crate::outbox::{Outbox, deliver};
use crate::protocol::{RoomMessage, RoomName, Seq, ServerMessage, UserId};

/// Tells the connections of all users apart.
pub type ConnectionId = u64;

/// A room. It may be empty: those who lost it may come back.
// ANCHOR: room
#[derive(Debug)]
pub struct Room {
    name: RoomName,
    /// Who may join; none if everyone may.
    invited: Option<HashSet<UserId>>,
    members: HashMap<UserId, Member>,
    kept: VecDeque<RoomMessage>,
    /// That of the newest message that is no longer kept.
    forgotten: Seq,
}

/// A user who is in the room: at least one connection of theirs has joined.
#[derive(Debug)]
struct Member {
    user: User,
    connections: HashMap<ConnectionId, Seat>,
}

/// A connection's place in the room.
#[derive(Debug)]
struct Seat {
    outbox: Outbox,
    typing: bool,
}
// ANCHOR_END: room

impl Room {
    /// A room without anyone in it. `now` is the sequence number that was given last, in any room.
    pub fn new(name: RoomName, invited: Option<HashSet<UserId>>, now: Seq) -> Self {
        Self {
            name,
            invited,
            members: HashMap::new(),
            kept: VecDeque::new(),
            forgotten: now,
        }
    }

    /// Whether everyone may join.
    pub fn is_public(&self) -> bool {
        self.invited.is_none()
    }

    /// Whether this user may join.
    pub fn admits(&self, user: &str) -> bool {
        let invited = self.invited.as_ref();
        invited.is_none_or(|invited| invited.contains(user))
    }

    /// Whether this connection has joined.
    pub fn holds(&self, user: &str, connection: ConnectionId) -> bool {
        let member = self.members.get(user);
        member.is_some_and(|member| member.connections.contains_key(&connection))
    }

    /// How many users are in it.
    pub fn user_count(&self) -> usize {
        self.members.len()
    }

    /// Lets a connection in. It hears who is there; the others hear of a user who was not there
    /// before.
    // ANCHOR: join
    pub fn join(&mut self, user: &User, connection: ConnectionId, outbox: &Outbox) {
        let newcomer = !self.members.contains_key(&user.id);
        let member = self
            .members
            .entry(user.id.clone())
            .or_insert_with(|| Member {
                user: user.clone(),
                connections: HashMap::new(),
            });
        member
            .connections
            .entry(connection)
            .or_insert_with(|| Seat {
                outbox: outbox.clone(),
                typing: false,
            });
        let joined = ServerMessage::JoinedRoom {
            room: self.name.clone(),
            users: self.members.values().map(|m| m.user.clone()).collect(),
            seq: self.kept.back().map_or(self.forgotten, |last| last.seq),
        };
        deliver([outbox], &joined);
        if newcomer {
            let joined = ServerMessage::UserJoined {
                room: self.name.clone(),
                user_id: user.id.clone(),
                username: user.username.clone(),
            };
            self.tell_others(&user.id, &joined);
        }
    }
    // ANCHOR_END: join

    /// Takes a connection out, and tells the others if it was the user's last.
    // ANCHOR: leave
    pub fn leave(&mut self, user: &User, connection: ConnectionId) {
        self.set_typing(user, connection, false);
        let Some(member) = self.members.get_mut(&user.id) else {
            return;
        };
        member.connections.remove(&connection);
        if member.connections.is_empty() {
            self.members.remove(&user.id);
            let left = ServerMessage::UserLeft {
                room: self.name.clone(),
                user_id: user.id.clone(),
                username: user.username.clone(),
            };
            self.tell_others(&user.id, &left);
        }
    }
    // ANCHOR_END: leave

    /// Keeps a message, at most `limit` of them, and sends it to everyone in the room.
    // ANCHOR: say
    pub fn say(&mut self, message: RoomMessage, limit: usize) {
        self.kept.push_back(message.clone());
        while self.kept.len() > limit {
            let oldest = self.kept.pop_front();
            self.forgotten = oldest.map_or(self.forgotten, |oldest| oldest.seq);
        }
        self.tell_all(&ServerMessage::ReceiveMessage(message));
    }
    // ANCHOR_END: say

    /// What was said after `seq`, or that some of it is no longer known.
    // ANCHOR: missed
    pub fn missed(&self, seq: Seq, now: Seq) -> ServerMessage {
        let room = self.name.clone();
        // One that was never given comes from another run of the server.
        if seq < self.forgotten || seq > now {
            let after = self.forgotten;
            return ServerMessage::GapTooLarge { room, after };
        }
        let missed = self.kept.iter().filter(|message| message.seq > seq);
        let messages = missed.cloned().collect();
        ServerMessage::MissedMessages { room, messages }
    }
    // ANCHOR_END: missed

    /// Notes whether a connection types, and tells the others when that changes whether the user
    /// does.
    // ANCHOR: typing
    pub fn set_typing(&mut self, user: &User, connection: ConnectionId, typing: bool) {
        let Some(member) = self.members.get_mut(&user.id) else {
            return;
        };
        let before = member.is_typing();
        if let Some(seat) = member.connections.get_mut(&connection) {
            seat.typing = typing;
        }
        let after = member.is_typing();
        let (room, user_id) = (self.name.clone(), user.id.clone());
        if !before && after {
            let username = user.username.clone();
            let message = ServerMessage::UserTyping {
                room,
                user_id,
                username,
            };
            self.tell_others(&user.id, &message);
        } else if before && !after {
            self.tell_others(&user.id, &ServerMessage::UserStopTyping { room, user_id });
        }
    }
    // ANCHOR_END: typing

    fn tell_all(&self, message: &ServerMessage) {
        deliver(self.members.values().flat_map(Member::outboxes), message);
    }

    fn tell_others(&self, user: &str, message: &ServerMessage) {
        let others = self.members.values().filter(|m| m.user.id != user);
        deliver(others.flat_map(Member::outboxes), message);
    }
}

impl Member {
    fn is_typing(&self) -> bool {
        self.connections.values().any(|seat| seat.typing)
    }

    fn outboxes(&self) -> impl Iterator<Item = &Outbox> {
        self.connections.values().map(|seat| &seat.outbox)
    }
}
