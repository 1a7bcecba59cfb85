//! How the server ended a connection.

use super::outgoing::close_code;
use super::player::Stop;
use super::show;
use crate::actor::{Ended, Event};
use crate::notation::ast::{ClientName, Ending};
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
                "sent more than the checker keeps, {entries} messages in {bytes} bytes"
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

impl HowItEnded {
    /// `alice's connection was dropped by the server: …`
    pub(super) fn of_connection(&self, name: &ClientName) -> String {
        let (whose, peer) = (show::connection(name), show::peer(name));
        match self {
            Self::Closed { code: None, .. } => {
                format!("{whose} was closed by {peer} without a code")
            }
            Self::Closed {
                code: Some(code),
                reason,
            } if reason.is_empty() => format!("{whose} was closed by {peer} with {code}"),
            Self::Closed {
                code: Some(code),
                reason,
            } => {
                let reason = show::quoted(reason);
                format!("{whose} was closed by {peer} with {code} {reason}")
            }
            Self::Dropped => {
                format!("{whose} was dropped by {peer}: TCP ended without a close frame")
            }
            Self::Complete => {
                format!("{whose} was ended by {peer}: the event stream is complete")
            }
            Self::Broken(violation) => format!("{whose} was given up: {peer} {violation}"),
        }
    }
}
