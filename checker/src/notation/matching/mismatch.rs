//! Why a message does not match, in words.

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;

use super::path::{self, Path};

/// Why a value does not match a pattern, at the place that tells most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where; the root for what concerns the whole message.
    pub path: Path,
    /// In what way.
    pub kind: MismatchKind,
    /// What the pattern asks for there, with the values of bound variables in place of their names.
    pub expected: String,
    /// What is there, in full. Of a missing member: [`NOTHING`], or the key of another that was perhaps meant.
    pub got: String,
    /// How close the message is to what was expected.
    pub score: Score,
}

/// What there is of a missing member.
pub const NOTHING: &str = "nothing";

/// In what way a message does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MismatchKind {
    /// Something else was expected at the path.
    Different,
    /// An object lacks the member that the path ends with.
    Missing,
    /// An object has the member that the path ends with, and the pattern does not allow it.
    Unexpected,
}

/// How close a message is to a pattern; the greater, the closer.
///
/// Fields count in the order in which they stand. Literal strings directly in the pattern's root tell one kind of message
/// from another (`"type": "ack"`), and the first of them best.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// It is of the right kind: text or binary, JSON or not.
    pub right_kind: bool,
    /// The first literal string of the root agrees.
    pub first_name_agrees: bool,
    /// How many literal strings of the root agree.
    pub names_agree: u32,
    /// How many parts of the pattern agree, at any depth.
    pub agree: u32,
    /// How many do not.
    pub differ: Reverse<u32>,
}

impl Mismatch {
    /// The whole message is not what was expected.
    pub(super) fn of_message(expected: String, got: String, right_kind: bool) -> Self {
        Self {
            path: Path::default(),
            kind: MismatchKind::Different,
            expected,
            got,
            score: Score {
                right_kind,
                ..Score::default()
            },
        }
    }

    /// What to write under the place in the message: without what is there, for that can be seen.
    pub fn label(&self) -> String {
        let path = &self.path;
        match self.kind {
            MismatchKind::Missing if self.got == NOTHING => format!("{path} missing"),
            MismatchKind::Missing => format!("{path} missing (there is {})", self.got),
            MismatchKind::Unexpected => {
                format!("{path}: not expected here (write ... to allow other members)")
            }
            MismatchKind::Different if path.0.is_empty() => format!("expected {}", self.expected),
            MismatchKind::Different => format!("{path}: expected {}", self.expected),
        }
    }

    /// Where carets belong in the message's text `raw`: the value that differs, the unexpected member with its key, or the
    /// closing brace before which a member is missing. `None` when `raw` is not JSON.
    pub fn locate(&self, raw: &str) -> Option<Range<usize>> {
        match self.kind {
            MismatchKind::Unexpected => path::locate_member(raw, &self.path),
            MismatchKind::Different | MismatchKind::Missing => path::locate(raw, &self.path),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())?;
        match self.kind {
            MismatchKind::Different => write!(f, ", got {}", self.got),
            MismatchKind::Missing | MismatchKind::Unexpected => Ok(()),
        }
    }
}
