//! What there is to know of one room: who is in it, who types, what was said, and how the server names that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expected::Facts;
use super::heard::Message;

/// What there is to know of the room.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct RoomState {
    /// The connections that are in it.
    seats: BTreeMap<usize, Seat>,
    /// Whatever was said, the newest last.
    messages: Vec<Kept>,
    /// The greatest `seq` that was told when nothing had been said.
    floor: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Seat {
    user: usize,
    types: bool,
}

/// A message, and what is known of how the server names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kept {
    said: usize,
    id: Option<Arc<str>>,
    seq: Option<u64>,
}

impl RoomState {
    pub(super) fn holds(&self, connection: usize) -> bool {
        self.seats.contains_key(&connection)
    }

    pub(super) fn users(&self) -> BTreeSet<usize> {
        self.seats.values().map(|seat| seat.user).collect()
    }

    pub(super) fn types(&self, user: usize) -> bool {
        let mut seats = self.seats.values();
        seats.any(|seat| seat.user == user && seat.types)
    }

    /// All connections.
    pub(super) fn everyone(&self) -> impl Iterator<Item = usize> {
        self.seats.keys().copied()
    }

    /// The connections of all other users.
    pub(super) fn others(&self, user: usize) -> impl Iterator<Item = usize> {
        let others = self.seats.iter().filter(move |(_, seat)| seat.user != user);
        others.map(|(connection, _)| *connection)
    }

    pub(super) fn seat(&mut self, connection: usize, user: usize) {
        let seat = Seat { user, types: false };
        self.seats.entry(connection).or_insert(seat);
    }

    pub(super) fn unseat(&mut self, connection: usize) {
        self.seats.remove(&connection);
    }

    pub(super) fn set_types(&mut self, connection: usize, types: bool) {
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.types = types;
        }
    }

    /// What was said, the newest last.
    pub(super) fn said(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        self.messages.iter().map(|kept| kept.said)
    }

    pub(super) fn say(&mut self, said: usize) {
        self.messages.push(Kept {
            said,
            id: None,
            seq: None,
        });
    }

    /// How many messages there are up to the last one that is known to have no greater `seq` than this. One whose `seq`
    /// nobody has heard yet is newer.
    pub(super) fn seen_by(&self, after: u64) -> usize {
        let is_seen = |kept: &Kept| kept.seq.is_some_and(|seq| seq <= after);
        let last = self.messages.iter().rposition(is_seen);
        last.map_or(0, |index| index + 1)
    }

    /// Whether this can be the `seq` of a room in which nothing was said; from now on it is.
    pub(super) fn is_before_all(&mut self, seq: u64) -> bool {
        self.floor = self.floor.max(Some(seq));
        self.are_in_order()
    }

    /// Whether this is the message's `seq`; from now on it is.
    pub(super) fn is_seq(&mut self, said: usize, seq: u64) -> bool {
        let Some(kept) = self.messages.iter_mut().find(|kept| kept.said == said) else {
            return false;
        };
        match kept.seq {
            Some(known) => known == seq,
            None => {
                kept.seq = Some(seq);
                self.are_in_order()
            }
        }
    }

    /// Whether this is the message's id; from now on it is. No other has it.
    pub(super) fn is_id(&mut self, said: usize, id: &str) -> bool {
        let has_it = |kept: &Kept| kept.id.as_deref() == Some(id);
        let taken = self.messages.iter().any(has_it);
        let Some(kept) = self.messages.iter_mut().find(|kept| kept.said == said) else {
            return false;
        };
        match kept.id {
            Some(_) => has_it(kept),
            None if taken => false,
            None => {
                kept.id = Some(id.into());
                true
            }
        }
    }

    /// Whether this is the message.
    pub(super) fn is_message(&mut self, facts: &Facts, said: usize, message: &Message) -> bool {
        let known = &facts.said[said];
        facts.is(known.by, &message.from)
            && message.text == known.text
            && self.is_id(said, &message.id)
            && self.is_seq(said, message.seq)
    }

    /// Each `seq` that is known is greater than those before it.
    fn are_in_order(&self) -> bool {
        let messages = self.messages.iter().filter_map(|kept| kept.seq);
        self.floor
            .into_iter()
            .chain(messages)
            .is_sorted_by(|a, b| a < b)
    }
}
