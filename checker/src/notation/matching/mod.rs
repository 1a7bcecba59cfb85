//! Matching: which values a pattern admits, what its variables then hold, and why a value does not match.
//!
//! ```text
//! Pattern × Value × Bindings --solutions--> Bindings*
//!                            --explain----> Mismatch --locate--> a range of the message's text
//! ```
//!
//! Every JSON value is a pattern that matches exactly itself; numbers are compared by value. A variable that is not
//! bound is bound, in whatever order the members stand; `${x}` in text never binds `x`, so it waits until `x` is bound
//! elsewhere in the pattern, and if it never is, the pattern does not match.

mod assign;
mod explain;
mod message;
mod mismatch;
mod path;
mod possible;
mod scope;
mod search;
#[cfg(test)]
mod tests;
mod unordered;

use serde_json::Value;
use thiserror::Error;

pub use explain::{explain, explain_message};
pub use message::{Incoming, is_visible, message_solutions};
pub use mismatch::{Mismatch, MismatchKind, NOTHING, Score};
pub use path::{Path, Step, locate};

use super::ast::Pattern;
use super::value::Bindings;

/// The search was given up: the pattern can match this value in too many ways to try them all.
///
/// Neither "matches" nor "does not match" is known then, so a check in which this happens is inconclusive. Only patterns
/// with many unbound variables inside `unordered`, or with many items there and a huge array, can come to this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "this pattern can match in too many ways: the search was given up after {} steps. \
     Bind its variables on an earlier line, or name more members in its `unordered` items",
    SearchLimit::STEPS
)]
pub struct SearchLimit;

impl SearchLimit {
    /// How many comparisons of a pattern's node with a value one search may take: a second or two in a debug build.
    pub const STEPS: u64 = 10_000_000;
}

/// Calls `accept` with the bindings of each way in which the pattern matches, those from before included, until it
/// returns true; says whether it did. Ways that bind the same values may be told once or more.
///
/// # Errors
/// See [`SearchLimit`].
pub fn solutions(
    pattern: &Pattern,
    value: &Value,
    bindings: &Bindings,
    accept: &mut dyn FnMut(&Bindings) -> bool,
) -> Result<bool, SearchLimit> {
    search::search(pattern, value, bindings, accept)
}

/// The bindings of the first way in which the pattern matches.
///
/// # Errors
/// See [`SearchLimit`].
pub fn matches(
    pattern: &Pattern,
    value: &Value,
    bindings: &Bindings,
) -> Result<Option<Bindings>, SearchLimit> {
    let mut first = None;
    solutions(pattern, value, bindings, &mut |bindings| {
        first = Some(bindings.clone());
        true
    })?;
    Ok(first)
}
