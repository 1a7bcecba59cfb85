//! The rules of one room: who hears what when somebody comes, goes, speaks or types.

use std::sync::Arc;

use super::super::order::{Rules, Sent};
use super::expected::{Expected, Facts, Named};
use super::heard::{Heard, Saying};
use super::room_state::RoomState;

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
        sent: &mut Sent<Expected>,
    ) -> RoomState {
        let mut state = state.clone();
        let is_in = state.holds(connection);
        match op {
            RoomOp::Join { user, after } => {
                self.join(&mut state, connection, *user, sent);
                if let Some(after) = after {
                    sent.message(connection, self.missed(&state, *after));
                }
            }
            RoomOp::End { user } => self.remove(&mut state, connection, *user, sent),
            RoomOp::Leave { named, .. }
            | RoomOp::Say { named, .. }
            | RoomOp::Type { named, .. }
                if !is_in =>
            {
                sent.answer(Expected::Refused {
                    code: "not-in-room",
                    named: named.clone(),
                });
            }
            RoomOp::Leave { user, .. } => {
                sent.message(connection, Expected::Left { room: self.room });
                self.remove(&mut state, connection, *user, sent);
            }
            RoomOp::Say { said, named } => {
                if !state.said().any(|known| known == *said) {
                    state.say(*said);
                    let message = Expected::Message { said: *said };
                    tell(state.everyone(), &message, sent);
                }
                sent.answer(Expected::Ack {
                    said: *said,
                    named: named.clone(),
                });
            }
            RoomOp::Type { user, on, .. } => {
                self.set_types(&mut state, connection, *user, *on, sent);
            }
        }
        state
    }

    fn explains(&self, state: &mut RoomState, expected: &Expected, heard: &Heard) -> bool {
        let facts = &self.facts;
        match (expected, &heard.said) {
            (Expected::Joined { users, last, .. }, Saying::Joined { users: told, seq }) => {
                let is_told = |user: &usize| told.iter().any(|who| facts.is(*user, who));
                told.len() == users.len()
                    && users.iter().all(is_told)
                    && match last {
                        Some(last) => state.is_seq(*last, *seq),
                        None => state.is_before_all(*seq),
                    }
            }
            (Expected::UserJoined { user, .. }, Saying::UserJoined { user: who })
            | (Expected::UserLeft { user, .. }, Saying::UserLeft { user: who })
            | (Expected::Typing { user, .. }, Saying::Typing { user: who }) => facts.is(*user, who),
            (Expected::StopTyping { user, .. }, Saying::StopTyping { id }) => {
                facts.has_id(*user, id)
            }
            (Expected::Left { .. }, Saying::Left) => true,
            (Expected::Message { said }, Saying::Message(message)) => {
                state.is_message(facts, *said, message)
            }
            (Expected::Missed { said, .. }, Saying::Missed { messages }) => {
                let mut both = said.iter().zip(messages);
                said.len() == messages.len()
                    && both.all(|(said, message)| state.is_message(facts, *said, message))
            }
            (Expected::Gap { forgotten, .. }, Saying::Gap { after }) => {
                state.is_seq(*forgotten, *after)
            }
            _ => false,
        }
    }

    fn answers(
        &self,
        state: &mut RoomState,
        connection: usize,
        expected: &Expected,
    ) -> Option<bool> {
        let is_id = |said, id: &str| state.is_id(said, id);
        self.facts.answers(connection, expected, is_id)
    }

    fn is_answered(&self, connection: usize, op: &RoomOp) -> bool {
        match op {
            RoomOp::Join { .. } | RoomOp::End { .. } => false,
            RoomOp::Leave { named, .. }
            | RoomOp::Type { named, .. }
            | RoomOp::Say { named, .. } => self.facts.answer(connection, named).is_some(),
        }
    }

    fn may_as_well_be_done(&self, state: &RoomState, connection: usize, rest: &[RoomOp]) -> bool {
        // Who is not in the room and does not come is refused, and does not hear that.
        let joins = rest.iter().any(|op| matches!(op, RoomOp::Join { .. }));
        !joins && !state.holds(connection)
    }
}

impl RoomRules {
    fn join(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        sent: &mut Sent<Expected>,
    ) {
        let room = self.room;
        let is_new = !state.users().contains(&user);
        state.seat(connection, user);
        let joined = Expected::Joined {
            room,
            users: state.users().into_iter().collect(),
            last: state.said().next_back(),
        };
        sent.message(connection, joined);
        if is_new {
            tell(
                state.others(user),
                &Expected::UserJoined { room, user },
                sent,
            );
        }
    }

    /// What was said since then, or that some of it is gone.
    fn missed(&self, state: &RoomState, after: u64) -> Expected {
        let room = self.room;
        let missed: Vec<usize> = state.said().skip(state.seen_by(after)).collect();
        let forgotten = state.said().rev().nth(self.facts.kept);
        match forgotten {
            Some(forgotten) if missed.len() > self.facts.kept => Expected::Gap { room, forgotten },
            _ => Expected::Missed { room, said: missed },
        }
    }

    fn set_types(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        on: bool,
        sent: &mut Sent<Expected>,
    ) {
        let room = self.room;
        let before = state.types(user);
        state.set_types(connection, on);
        match (before, state.types(user)) {
            (false, true) => tell(state.others(user), &Expected::Typing { room, user }, sent),
            (true, false) => {
                let stopped = Expected::StopTyping { room, user };
                tell(state.others(user), &stopped, sent);
            }
            (false, false) | (true, true) => {}
        }
    }

    /// A connection is no longer in the room, if it was.
    fn remove(
        &self,
        state: &mut RoomState,
        connection: usize,
        user: usize,
        sent: &mut Sent<Expected>,
    ) {
        if !state.holds(connection) {
            return;
        }
        self.set_types(state, connection, user, false, sent);
        state.unseat(connection);
        if !state.users().contains(&user) {
            let room = self.room;
            tell(state.others(user), &Expected::UserLeft { room, user }, sent);
        }
    }
}

fn tell(connections: impl Iterator<Item = usize>, expected: &Expected, sent: &mut Sent<Expected>) {
    for connection in connections {
        sent.message(connection, expected.clone());
    }
}
