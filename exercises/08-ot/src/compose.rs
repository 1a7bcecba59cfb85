//! Two operations, one after the other, as one.
//!
//! Check: `compose` (6).

use crate::error::OtError;
use crate::operation::Operation;

/// **6.** One operation that does what `first` and then `second` do.
///
/// Walk along both with [`Pieces`](crate::pieces::Pieces). What `first` deletes `second` never saw,
/// and what `second` inserts `first` did not: these need no partner. For each other pair of pieces
/// take as many characters as the shorter has.
///
/// # Errors
/// [`OtError::NotConsecutive`] unless `second` spans what `first` leaves; [`OtError::TooLong`].
pub fn compose(first: &Operation, second: &Operation) -> Result<Operation, OtError> {
    todo!("compose {first:?} with {second:?}")
}
