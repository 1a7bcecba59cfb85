//! How the server ended a connection.

use super::outgoing::close_code;
use super::player::Stop;
use super::show;
use crate::actor::{Ended, Event};
use crate::notation::ast::Ending;
use crate::notation::value::Bindings;

/// How a connection came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HowItEnded {
    Closed {
        code: Option<u16>,
        reason: String,
    },
    Dropped,
    /// An event stream came to its end.
    Complete,
    Broken(String),
}

impl HowItEnded {
    /// What an event in the inbox says about it.
    pub(super) fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Close { code, reason } => Some(Self::Closed {
                code: *code,
                reason: reason.clone(),
            }),
            Event::Ended(Ended::Dropped) => Some(Self::Dropped),
            Event::Ended(Ended::Complete) => Some(Self::Complete),
            Event::Violation(violation) => Some(Self::Broken(violation.to_string())),
            Event::Overflow { entries, bytes } => Some(Self::Broken(format!(
                "the server sent more than the checker keeps, {entries} messages in {bytes} bytes"
            ))),
            _ => None,
        }
    }

    /// Whether it is one of those expected; without any, every close frame is right.
    pub(super) fn is_expected(&self, expected: &[Expected]) -> bool {
        if expected.is_empty() {
            return matches!(self, Self::Closed { .. } | Self::Complete);
        }
        expected.iter().any(|one| match (one, self) {
            (Expected::Dropped, Self::Dropped) => true,
            (Expected::Closed(wanted), Self::Closed { code, .. }) => *code == Some(*wanted),
            _ => false,
        })
    }
}

/// An [`Ending`] with its variables replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Closed(u16),
    Dropped,
}

impl Expected {
    pub(super) fn new(ending: &Ending, bindings: &Bindings) -> Result<Self, Stop> {
        Ok(match ending {
            Ending::Closed(code) => Self::Closed(close_code(code, bindings)?),
            Ending::Dropped => Self::Dropped,
        })
    }
}

impl std::fmt::Display for HowItEnded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed { code: None, .. } => {
                f.write_str("was closed by the server without a code")
            }
            Self::Closed {
                code: Some(code),
                reason,
            } => {
                write!(f, "was closed by the server with {code}")?;
                if reason.is_empty() {
                    Ok(())
                } else {
                    write!(f, " {}", show::quoted(reason))
                }
            }
            Self::Dropped => {
                f.write_str("was dropped by the server: TCP ended without a close frame")
            }
            Self::Complete => f.write_str("was ended by the server: the event stream is complete"),
            Self::Broken(violation) => write!(f, "was given up: {violation}"),
        }
    }
}
