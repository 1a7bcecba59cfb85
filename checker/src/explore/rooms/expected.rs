//! What the rules say that must come.

use std::collections::BTreeMap;
use std::time::Instant;

use super::heard::{Answer, Who};

/// What must come to a connection. Users, rooms and what was said are named by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Expected {
    Connected,
    /// `last` is what was said there last.
    Joined {
        room: usize,
        users: Vec<usize>,
        last: Option<usize>,
    },
    UserJoined {
        room: usize,
        user: usize,
    },
    Left {
        room: usize,
    },
    UserLeft {
        room: usize,
        user: usize,
    },
    Message {
        said: usize,
    },
    Typing {
        room: usize,
        user: usize,
    },
    StopTyping {
        room: usize,
        user: usize,
    },
    Missed {
        room: usize,
        said: Vec<usize>,
    },
    /// `forgotten` is the newest that the room no longer keeps.
    Gap {
        room: usize,
        forgotten: usize,
    },
    Private {
        said: usize,
    },
    Ack {
        said: usize,
        named: Named,
    },
    Refused {
        code: &'static str,
        named: Named,
    },
}

/// A message that a client sends, perhaps more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) by: usize,
    pub(super) to: Addressee,
    pub(super) text: String,
    /// The sender's own name for it.
    pub(super) client_id: String,
}

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressee {
    Room(usize),
    User(usize),
}

/// The answers that name what they answer, by connection and name, in the order in which they came.
pub(super) type Answers = BTreeMap<(usize, String), Vec<Answered>>;

/// An answer, and when it came.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) answer: Answer,
    pub(super) moment: Moment,
}

/// Where among all things that its client ever heard, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) index: usize,
}

/// What all rules refer to.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) users: Vec<Who>,
    pub(super) said: Vec<Said>,
    pub(super) answers: Answers,
    /// How many messages a room keeps.
    pub(super) kept: usize,
}

/// What names an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Named {
    pub(super) client_id: String,
    /// Of those with this name on this connection, which.
    pub(super) nth: usize,
}

impl Facts {
    pub(super) fn answer(&self, connection: usize, named: &Named) -> Option<&Answer> {
        let answers = self.answers.get(&(connection, named.client_id.clone()))?;
        Some(&answers.get(named.nth)?.answer)
    }

    /// Whether the answer to what a connection did is the one that is expected, if it has come. `is_id` is asked whether
    /// what was said has this id.
    pub(super) fn answers(
        &self,
        connection: usize,
        expected: &Expected,
        is_id: impl FnOnce(usize, &str) -> bool,
    ) -> Option<bool> {
        let (Expected::Ack { named, .. } | Expected::Refused { named, .. }) = expected else {
            return None;
        };
        let answer = self.answer(connection, named)?;
        Some(match (expected, answer) {
            (Expected::Ack { said, .. }, Answer::Ack { id }) => is_id(*said, id),
            (Expected::Refused { code, .. }, Answer::Refused { code: told }) => code == told,
            _ => false,
        })
    }

    /// Where it came.
    pub(super) fn answer_moment(&self, connection: usize, named: &Named) -> Option<Moment> {
        let answers = self.answers.get(&(connection, named.client_id.clone()))?;
        Some(answers.get(named.nth)?.moment)
    }

    /// Whether the server means this user.
    pub(super) fn is(&self, user: usize, who: &Who) -> bool {
        self.users.get(user).is_some_and(|known| known == who)
    }

    pub(super) fn has_id(&self, user: usize, id: &str) -> bool {
        self.users.get(user).is_some_and(|known| known.id == id)
    }
}
