//! One user's private messages: whether the user is online, and what came.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::order::{Reader, Rules};
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
    /// It is lost.
    End,
}

/// What there is to know of the user.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct PrivateState {
    online: BTreeSet<usize>,
    /// Some connection was lost, and the server may not have noticed.
    lingers: bool,
    /// What the user was sent, and what the server calls it.
    sent: Vec<(usize, Option<Arc<str>>)>,
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
        reader: &mut Reader<'_, Self>,
    ) -> Option<PrivateState> {
        let mut state = state.clone();
        match op {
            PrivateOp::Connect => {
                reader.expect(connection, Expected::Connected, |heard| match &heard.said {
                    Saying::Connected { user } => self.facts.is(self.user, user),
                    _ => false,
                })?;
                state.online.insert(connection);
            }
            PrivateOp::Whisper { said, named } => {
                self.whisper(&mut state, connection, *said, named, reader)?;
            }
            PrivateOp::End => {
                let was_online = state.online.remove(&connection);
                state.lingers |= was_online;
            }
        }
        Some(state)
    }

    fn may_be_lost(&self, connection: usize, op: &PrivateOp) -> bool {
        match op {
            PrivateOp::Connect => false,
            PrivateOp::Whisper { named, .. } => self.facts.answer(connection, named).is_none(),
            PrivateOp::End => true,
        }
    }

    fn may_be_late(&self, _: &PrivateOp) -> bool {
        false
    }

    fn may_be_ahead(
        &self,
        state: &PrivateState,
        connection: usize,
        is_lost: bool,
        rest: &[PrivateOp],
    ) -> bool {
        let is_known = |said: usize| state.sent.iter().any(|(sent, _)| *sent == said);
        let mut whispers = rest.iter().filter_map(|op| match op {
            PrivateOp::Whisper { said, .. } => Some(*said),
            PrivateOp::Connect | PrivateOp::End => None,
        });
        // What somebody wrote before their connection was lost may come late.
        is_lost
            && whispers.any(|said| !is_known(said))
            && rest.iter().all(|op| self.may_be_lost(connection, op))
    }
}

impl PrivateRules {
    fn whisper(
        &self,
        state: &mut PrivateState,
        connection: usize,
        said: usize,
        named: &Named,
        reader: &mut Reader<'_, Self>,
    ) -> Option<()> {
        let answer = self.facts.answer(connection, named);
        let known = state.sent.iter().position(|(sent, _)| *sent == said);
        let refused = matches!(answer, Some(Answer::Refused { .. }));
        let is_offline = state.online.is_empty() && (!state.lingers || refused);
        if known.is_none() && is_offline {
            let code = "unknown-user";
            reader.answered(
                connection,
                Expected::Refused { code },
                answer,
                |answer| matches!(answer, Answer::Refused { code: told } if told == code),
            )?;
            state.lingers = false;
            return Some(());
        }
        let mut known_as = known.and_then(|index| state.sent[index].1.clone());
        if known.is_none() {
            let message = &self.facts.said[said];
            for own in &state.online {
                reader.expect(*own, Expected::Private { said }, |heard| {
                    match &heard.said {
                        Saying::Private { id, from, text } => {
                            *text == message.text
                                && self.facts.is(message.by, from)
                                && is_id(&mut known_as, id)
                        }
                        _ => false,
                    }
                })?;
            }
        }
        reader.answered(
            connection,
            Expected::Ack { said },
            answer,
            |answer| match answer {
                Answer::Ack { id } => is_id(&mut known_as, id),
                Answer::Refused { .. } => false,
            },
        )?;
        match known {
            Some(index) => state.sent[index].1 = known_as,
            None => state.sent.push((said, known_as)),
        }
        Some(())
    }
}

/// Whether this is the id; from now on it is.
fn is_id(known: &mut Option<Arc<str>>, id: &str) -> bool {
    match known {
        Some(known) => **known == *id,
        None => {
            *known = Some(id.into());
            true
        }
    }
}
