//! Two operations that were made on the same text, each as if it had come after the other.
//!
//! Checks: `transform` (7), `cursor` (8).

use crate::error::OtError;
use crate::operation::Operation;

/// **7.** Transforms two operations on the same text over each other: `a` followed by the second of
/// the result gives the same text as `b` followed by the first.
///
/// If both insert at the same place, the text of `a` stands first. What one inserts where the
/// other deletes stays. Walk along both with [`Pieces`](crate::pieces::Pieces), inserts first: what
/// one inserts the other has to retain.
///
/// # Errors
/// [`OtError::NotConcurrent`] unless both span a text of the same length; [`OtError::TooLong`].
pub fn transform(a: &Operation, b: &Operation) -> Result<(Operation, Operation), OtError> {
    todo!("transform {a:?} and {b:?} over each other")
}

/// On which side of text that comes in just where it stands a cursor is afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bias {
    /// Before it: the cursor stays with the character on its left. So for the edits of others.
    Left,
    /// After it: the cursor stays with the character on its right. So for one's own edits.
    Right,
}

/// **8.** Where a cursor is after an operation. It has `cursor` characters before it; when the
/// characters around it go, it stays where they were.
///
/// # Errors
/// [`OtError::OutsideText`] unless the cursor is in the text that the operation spans.
pub fn transform_cursor(cursor: u64, operation: &Operation, bias: Bias) -> Result<u64, OtError> {
    todo!("move the cursor at {cursor} through {operation:?}, to the {bias:?} of what comes in")
}
