//! One user's private messages: whether the user is online, and what came.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::order::{Rules, Sent};
use super::expected::{Expected, Facts, Named};
use super::heard::{Answer, Heard, Saying};

/// The rules of one user's private messages.
pub(super) struct PrivateRules {
    pub(super) facts: Arc<Facts>,
    pub(super) user: usize,
}

/// What a connection does, the user's own or another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrivateOp {
    /// The user's own connects.
    Connect,
    /// Another's writes to the user.
    Whisper { said: usize, named: Named },
    /// The server notices that it is lost.
    End,
}

/// What there is to know of the user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct PrivateState {
    online: BTreeSet<usize>,
    /// A connection was lost, and the server may not have noticed.
    lingers: bool,
    /// What the user was sent, and what the server calls it.
    sent: Vec<(usize, Option<Arc<str>>)>,
}

impl PrivateState {
    /// Whether this is the message's id; from now on it is.
    fn is_id(&mut self, said: usize, id: &str) -> bool {
        let Some((_, known)) = self.sent.iter_mut().find(|(sent, _)| *sent == said) else {
            return false;
        };
        **known.get_or_insert_with(|| id.into()) == *id
    }
}

impl Rules for PrivateRules {
    type State = PrivateState;
    type Op = PrivateOp;
    type Heard = Heard;
    type Expected = Expected;

    fn apply(
        &self,
        state: &PrivateState,
        connection: usize,
        op: &PrivateOp,
        sent: &mut Sent<Expected>,
    ) -> PrivateState {
        let mut state = state.clone();
        match op {
            PrivateOp::Connect => {
                state.online.insert(connection);
                sent.message(connection, Expected::Connected);
            }
            PrivateOp::Whisper { said, named } => {
                let (said, named) = (*said, named.clone());
                let is_known = state.sent.iter().any(|(sent, _)| *sent == said);
                let answer = self.facts.answer(connection, &named);
                let is_refused = matches!(answer, Some(Answer::Refused { .. }));
                if !is_known && state.online.is_empty() && (is_refused || !state.lingers) {
                    state.lingers = false;
                    let code = "unknown-user";
                    sent.answer(Expected::Refused { code, named });
                    return state;
                }
                if !is_known {
                    state.sent.push((said, None));
                    for own in &state.online {
                        sent.message(*own, Expected::Private { said });
                    }
                }
                sent.answer(Expected::Ack { said, named });
            }
            PrivateOp::End => {
                state.lingers |= state.online.remove(&connection);
            }
        }
        state
    }

    fn explains(&self, state: &mut PrivateState, expected: &Expected, heard: &Heard) -> bool {
        match (expected, &heard.said) {
            (Expected::Connected, Saying::Connected { user }) => self.facts.is(self.user, user),
            (Expected::Private { said }, Saying::Private { id, from, text }) => {
                let message = &self.facts.said[*said];
                *text == message.text && self.facts.is(message.by, from) && state.is_id(*said, id)
            }
            _ => false,
        }
    }

    fn answers(
        &self,
        state: &mut PrivateState,
        connection: usize,
        expected: &Expected,
    ) -> Option<bool> {
        let is_id = |said, id: &str| state.is_id(said, id);
        self.facts.answers(connection, expected, is_id)
    }

    fn is_answered(&self, connection: usize, op: &PrivateOp) -> bool {
        match op {
            PrivateOp::Connect | PrivateOp::End => false,
            PrivateOp::Whisper { named, .. } => self.facts.answer(connection, named).is_some(),
        }
    }

    fn may_as_well_be_done(&self, _: &PrivateState, _: usize, rest: &[PrivateOp]) -> bool {
        // What is written to the user until the server notices it is accepted afterwards as well.
        matches!(rest, [PrivateOp::End])
    }
}
