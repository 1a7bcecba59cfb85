//! One room: who is in it, who types, what was said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::order::{Reader, Rules};
use super::expected::{Expected, Facts, Named};
use super::heard::{Answer, Heard, Message, Saying};

/// The rules of one room.
pub(super) struct RoomRules {
    pub(super) facts: Arc<Facts>,
    pub(super) room: usize,
}

/// What a connection does in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RoomOp {
    /// With `after`, what was missed since then is asked for.
    Join {
        user: usize,
        after: Option<u64>,
    },
    Leave {
        user: usize,
        named: Named,
    },
    Say {
        said: usize,
        named: Named,
    },
    Type {
        user: usize,
        on: bool,
        named: Named,
    },
    /// The server notices that the connection is lost.
    End {
        user: usize,
    },
}

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
    fn users(&self) -> BTreeSet<usize> {
        self.seats.values().map(|seat| seat.user).collect()
    }

    fn types(&self, user: usize) -> bool {
        self.seats
            .values()
            .any(|seat| seat.user == user && seat.types)
    }

    /// The connections of all other users.
    fn others(&self, user: usize) -> Vec<usize> {
        let others = self.seats.iter().filter(|(_, seat)| seat.user != user);
        others.map(|(connection, _)| *connection).collect()
    }

    /// The greatest `seq` that is known.
    fn last_seq(&self) -> Option<u64> {
        self.messages.iter().filter_map(|kept| kept.seq).max()
    }

    fn has_id(&self, id: &str) -> bool {
        self.messages
            .iter()
            .any(|kept| kept.id.as_deref() == Some(id))
    }
}

impl Kept {
    /// Whether this is its id; from now on it is.
    fn is_id(&mut self, id: &str, others: &RoomState) -> bool {
        match &self.id {
            Some(known) => **known == *id,
            None if others.has_id(id) => false,
            None => {
                self.id = Some(id.into());
                true
            }
        }
    }

    /// The same for its `seq`, which is greater than those before it.
    fn is_seq(&mut self, seq: u64, before: Option<u64>) -> bool {
        match self.seq {
            Some(known) => known == seq,
            None if before.is_some_and(|before| before >= seq) => false,
            None => {
                self.seq = Some(seq);
                true
            }
        }
    }

    fn is(&mut self, facts: &Facts, others: &RoomState, before: Option<u64>, it: &Message) -> bool {
        let said = &facts.said[self.said];
        facts.is(said.by, &it.from)
            && it.text == said.text
            && self.is_id(&it.id, others)
            && self.is_seq(it.seq, before)
    }
}

impl Rules for RoomRules {
    type State = RoomState;
    type Op = RoomOp;
    type Heard = Heard;
    type Expected = Expected;

    fn apply(
        &self,
        state: &RoomState,
        connection: usize,
        op: &RoomOp,
        reader: &mut Reader<'_, Self>,
    ) -> Option<RoomState> {
        let mut state = state.clone();
        match op {
            RoomOp::Join { user, after } => {
                self.join(&mut state, connection, *user, reader)?;
                if let Some(after) = after {
                    self.catch_up(&mut state, connection, *after, reader)?;
                }
            }
            RoomOp::Leave { user, named } => {
                if !self.is_in(&state, connection, named, reader)? {
                    return Some(state);
                }
                let room = self.room;
                reader.expect(connection, Expected::Left { room }, |heard| {
                    heard.said == Saying::Left
                })?;
                self.remove(&mut state, connection, *user, reader)?;
            }
            RoomOp::Say { said, named } => {
                if !state.seats.contains_key(&connection) {
                    self.refused(connection, named, reader)?;
                    return Some(state);
                }
                self.say(&mut state, connection, *said, named, reader)?;
            }
            RoomOp::Type { user, on, named } => {
                if self.is_in(&state, connection, named, reader)? {
                    self.set_types(&mut state, connection, *user, *on, reader)?;
                }
            }
            RoomOp::End { user } => self.remove(&mut state, connection, *user, reader)?,
        }
        Some(state)
    }

    fn may_be_lost(&self, connection: usize, op: &RoomOp) -> bool {
        match op {
            // What answers it would be left over.
            RoomOp::Join { .. } | RoomOp::End { .. } => true,
            RoomOp::Leave { named, .. }
            | RoomOp::Type { named, .. }
            | RoomOp::Say { named, .. } => self.facts.answer(connection, named).is_none(),
        }
    }

    fn may_be_late(&self, op: &RoomOp) -> bool {
        matches!(op, RoomOp::Type { .. })
    }

    fn may_be_ahead(
        &self,
        state: &RoomState,
        connection: usize,
        is_lost: bool,
        rest: &[RoomOp],
    ) -> bool {
        let seat = state.seats.get(&connection);
        let joins = rest.iter().any(|op| matches!(op, RoomOp::Join { .. }));
        if is_lost {
            let unseen = rest.iter().all(|op| self.may_be_lost(connection, op));
            return unseen && (seat.is_some() || joins);
        }
        let types = |op: &RoomOp| match op {
            RoomOp::Type { named, on, .. } => {
                let answer = self.facts.answer(connection, named);
                answer.is_none().then_some(*on)
            }
            _ => None,
        };
        let types: Option<Vec<bool>> = rest.iter().map(types).collect();
        match (seat, types) {
            // What changes nothing may as well have been done.
            (Some(seat), Some(types)) => types.iter().any(|on| *on != seat.types),
            _ => false,
        }
    }
}

impl RoomRules {
    fn join(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let room = self.room;
        let is_new = !state.users().contains(&user);
        state
            .seats
            .entry(connection)
            .or_insert(Seat { user, types: false });
        let users: Vec<usize> = state.users().into_iter().collect();
        let expected = Expected::Joined {
            room,
            users: users.clone(),
        };
        let before = state.messages.iter().rev().skip(1);
        let before = before.filter_map(|kept| kept.seq).max().or(state.floor);
        let mut last = state.messages.last().cloned();
        let mut floor = state.floor;
        reader.expect(connection, expected, |heard| {
            let Saying::Joined { users: told, seq } = &heard.said else {
                return false;
            };
            let all = users
                .iter()
                .all(|user| told.iter().any(|who| self.facts.is(*user, who)));
            let seq_is_right = match &mut last {
                Some(last) => last.is_seq(*seq, before),
                None => {
                    floor = floor.max(Some(*seq));
                    true
                }
            };
            all && told.len() == users.len() && seq_is_right
        })?;
        if let (Some(kept), Some(last)) = (state.messages.last_mut(), last) {
            *kept = last;
        }
        state.floor = floor;
        if is_new {
            let expected = Expected::UserJoined { room, user };
            for other in state.others(user) {
                reader.expect(other, expected.clone(), |heard| match &heard.said {
                    Saying::UserJoined { user: who } => self.facts.is(user, who),
                    _ => false,
                })?;
            }
        }
        Some(())
    }

    /// What was said since then, or that some of it is gone.
    fn catch_up(
        &self,
        state: &mut RoomState,
        connection: usize,
        after: u64,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let room = self.room;
        // What nobody has heard of yet is newer than what somebody has.
        let seen = state
            .messages
            .iter()
            .rposition(|kept| kept.seq.is_some_and(|seq| seq <= after));
        let from = seen.map_or(0, |index| index + 1);
        let missed: Vec<usize> = state.messages[from..]
            .iter()
            .map(|kept| kept.said)
            .collect();
        if missed.len() > self.facts.kept {
            let forgotten = state.messages.len() - self.facts.kept - 1;
            let before = state.messages[..forgotten].iter();
            let before = before.filter_map(|kept| kept.seq).max().or(state.floor);
            let mut newest = state.messages[forgotten].clone();
            reader.expect(connection, Expected::Gap { room }, |heard| {
                match &heard.said {
                    Saying::Gap { after } => newest.is_seq(*after, before),
                    _ => false,
                }
            })?;
            state.messages[forgotten] = newest;
            return Some(());
        }
        let expected = Expected::Missed { room, said: missed };
        let mut messages = state.messages.clone();
        reader.expect(connection, expected, |heard| {
            let Saying::Missed { messages: told } = &heard.said else {
                return false;
            };
            let count = messages.len() - from;
            told.len() == count
                && told.iter().enumerate().all(|(index, it)| {
                    let at = from + index;
                    let before = messages[..at].iter();
                    let before = before.filter_map(|kept| kept.seq).max().or(state.floor);
                    messages[at].is(&self.facts, state, before, it)
                })
        })?;
        state.messages = messages;
        Some(())
    }

    fn say(
        &self,
        state: &mut RoomState,
        connection: usize,
        said: usize,
        named: &Named,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let known = state.messages.iter().position(|kept| kept.said == said);
        let mut kept = match known {
            Some(index) => state.messages[index].clone(),
            None => {
                let mut kept = Kept {
                    said,
                    id: None,
                    seq: None,
                };
                let before = state.last_seq().or(state.floor);
                for hearer in state.seats.keys() {
                    reader.expect(*hearer, Expected::Message { said }, |heard| {
                        match &heard.said {
                            Saying::Message(it) => kept.is(&self.facts, state, before, it),
                            _ => false,
                        }
                    })?;
                }
                kept
            }
        };
        let answer = self.facts.answer(connection, named);
        reader.answered(
            connection,
            Expected::Ack { said },
            answer,
            |answer| match answer {
                Answer::Ack { id } => kept.is_id(id, state),
                Answer::Refused { .. } => false,
            },
        )?;
        match known {
            Some(index) => state.messages[index] = kept,
            None => state.messages.push(kept),
        }
        Some(())
    }

    fn refused(
        &self,
        connection: usize,
        named: &Named,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let code = "not-in-room";
        let answer = self.facts.answer(connection, named);
        reader.answered(
            connection,
            Expected::Refused { code },
            answer,
            |answer| matches!(answer, Answer::Refused { code: told } if told == code),
        )
    }

    /// Whether the connection is in the room; if it is not, it must be told, and otherwise must not.
    fn is_in(
        &self,
        state: &RoomState,
        connection: usize,
        named: &Named,
        reader: &mut Reader<'_, Self>,
    ) -> Option<bool> {
        if state.seats.contains_key(&connection) {
            reader.unanswered(self.facts.answer(connection, named))?;
            return Some(true);
        }
        self.refused(connection, named, reader)?;
        Some(false)
    }

    fn set_types(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        on: bool,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let room = self.room;
        let before = state.types(user);
        if let Some(seat) = state.seats.get_mut(&connection) {
            seat.types = on;
        }
        let after = state.types(user);
        if before == after {
            return Some(());
        }
        let expected = match after {
            true => Expected::Typing { room, user },
            false => Expected::StopTyping { room, user },
        };
        for other in state.others(user) {
            reader.expect(other, expected.clone(), |heard| match &heard.said {
                Saying::Typing { user: who } => after && self.facts.is(user, who),
                Saying::StopTyping { id } => !after && self.facts.has_id(user, id),
                _ => false,
            })?;
        }
        Some(())
    }

    /// A connection is no longer in the room, if it was.
    fn remove(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        if !state.seats.contains_key(&connection) {
            return Some(());
        }
        self.set_types(state, connection, user, false, reader)?;
        state.seats.remove(&connection);
        if state.users().contains(&user) {
            return Some(());
        }
        let room = self.room;
        for other in state.others(user) {
            let expected = Expected::UserLeft { room, user };
            reader.expect(other, expected, |heard| match &heard.said {
                Saying::UserLeft { user: who } => self.facts.is(user, who),
                _ => false,
            })?;
        }
        Some(())
    }
}
