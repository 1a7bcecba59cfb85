//! Two operations that were made on the same text, each as if it had come after the other.

use crate::error::OtError;
use crate::length;
use crate::operation::{Component, Operation};
use crate::pieces::{Piece, Pieces};

/// Transforms two operations on the same text over each other: `a` followed by the second of the
/// result gives the same text as `b` followed by the first.
///
/// If both insert at the same place, the text of `a` stands first. What one inserts where the
/// other deletes stays.
///
/// # Errors
/// [`OtError::NotConcurrent`] unless both span a text of the same length; [`OtError::TooLong`].
// ANCHOR: transform
pub fn transform(a: &Operation, b: &Operation) -> Result<(Operation, Operation), OtError> {
    if a.base_length() != b.base_length() {
        return Err(OtError::NotConcurrent {
            first: a.base_length(),
            second: b.base_length(),
        });
    }
    let (mut a_after, mut b_after) = (Operation::new(), Operation::new());
    let mut ours = Pieces::new(a.components());
    let mut theirs = Pieces::new(b.components());
    loop {
        match (ours.peek(), theirs.peek()) {
            // What one inserts the other has to step over. This order is what decides a tie.
            (Some(Piece::Insert(text, count)), _) => {
                a_after.insert(text)?;
                b_after.retain(count)?;
                ours.advance(count);
            }
            (_, Some(Piece::Insert(text, count))) => {
                a_after.retain(count)?;
                b_after.insert(text)?;
                theirs.advance(count);
            }
            (Some(Piece::Retain(left)), Some(Piece::Retain(right))) => {
                let count = left.min(right);
                a_after.retain(count)?;
                b_after.retain(count)?;
                ours.advance(count);
                theirs.advance(count);
            }
            (Some(Piece::Delete(left)), Some(Piece::Retain(right))) => {
                let count = left.min(right);
                a_after.delete(count)?;
                ours.advance(count);
                theirs.advance(count);
            }
            (Some(Piece::Retain(left)), Some(Piece::Delete(right))) => {
                let count = left.min(right);
                b_after.delete(count)?;
                ours.advance(count);
                theirs.advance(count);
            }
            // Both delete it: for either there is nothing left to do.
            (Some(Piece::Delete(left)), Some(Piece::Delete(right))) => {
                let count = left.min(right);
                ours.advance(count);
                theirs.advance(count);
            }
            // The lengths are equal, so both end together.
            (None, _) | (_, None) => return Ok((a_after, b_after)),
        }
    }
}
// ANCHOR_END: transform

/// On which side of text that comes in just where it stands a cursor is afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bias {
    /// Before it: the cursor stays with the character on its left. So for the edits of others.
    Left,
    /// After it: the cursor stays with the character on its right. So for one's own edits.
    Right,
}

/// Where a cursor is after an operation. It has `cursor` characters before it; when the characters
/// around it go, it stays where they were.
///
/// # Errors
/// [`OtError::OutsideText`] unless the cursor is in the text that the operation spans.
// ANCHOR: cursor
pub fn transform_cursor(cursor: u64, operation: &Operation, bias: Bias) -> Result<u64, OtError> {
    if cursor > operation.base_length() {
        return Err(OtError::OutsideText {
            position: cursor,
            length: operation.base_length(),
        });
    }
    let mut ahead = cursor;
    let mut moved = 0;
    for component in operation.components() {
        match component {
            Component::Insert(text) if ahead > 0 || bias == Bias::Right => moved += length(text),
            Component::Insert(_) => {}
            Component::Retain(count) | Component::Delete(count) => {
                let step = ahead.min(*count);
                ahead -= step;
                if let Component::Retain(_) = component {
                    moved += step;
                }
                if step < *count {
                    break;
                }
            }
        }
    }
    Ok(moved)
}
// ANCHOR_END: cursor
