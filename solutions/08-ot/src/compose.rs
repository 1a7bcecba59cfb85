//! Two operations, one after the other, as one.

use crate::error::OtError;
use crate::operation::Operation;
use crate::pieces::{Piece, Pieces, split};

/// One operation that does what `first` and then `second` do.
///
/// # Errors
/// [`OtError::NotConsecutive`] unless `second` spans what `first` leaves; [`OtError::TooLong`].
// ANCHOR: compose
pub fn compose(first: &Operation, second: &Operation) -> Result<Operation, OtError> {
    if first.target_length() != second.base_length() {
        return Err(OtError::NotConsecutive {
            first: first.target_length(),
            second: second.base_length(),
        });
    }
    let mut both = Operation::new();
    let mut before = Pieces::new(first.components());
    let mut after = Pieces::new(second.components());
    loop {
        match (before.peek(), after.peek()) {
            // What the first deletes the second never saw, and what the second inserts the first
            // did not.
            (Some(Piece::Delete(count)), _) => {
                both.delete(count)?;
                before.advance(count);
            }
            (_, Some(Piece::Insert(text, count))) => {
                both.insert(text)?;
                after.advance(count);
            }
            (Some(Piece::Retain(left)), Some(Piece::Retain(right))) => {
                let count = left.min(right);
                both.retain(count)?;
                before.advance(count);
                after.advance(count);
            }
            (Some(Piece::Retain(left)), Some(Piece::Delete(right))) => {
                let count = left.min(right);
                both.delete(count)?;
                before.advance(count);
                after.advance(count);
            }
            (Some(Piece::Insert(text, left)), Some(Piece::Retain(right))) => {
                let count = left.min(right);
                both.insert(split(text, count).0)?;
                before.advance(count);
                after.advance(count);
            }
            (Some(Piece::Insert(_, left)), Some(Piece::Delete(right))) => {
                let count = left.min(right);
                before.advance(count);
                after.advance(count);
            }
            // The lengths are equal, so both end together.
            (None, _) | (_, None) => return Ok(both),
        }
    }
}
// ANCHOR_END: compose
