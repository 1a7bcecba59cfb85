//! Edits at a position: the lesson's `insert` and `delete`, with the transform that it leaves out.
//!
//! Checks: `positions` (1), `edits` (2).

use crate::error::OtError;

/// An edit at a position. Positions and lengths count characters: Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Puts text in.
    Insert {
        /// How many characters stand before it.
        position: u64,
        /// What comes in.
        text: String,
    },
    /// Takes a range out.
    Delete {
        /// How many characters stand before the range.
        position: u64,
        /// How many characters go.
        length: u64,
    },
}

impl Edit {
    /// **1.** Applies the edit to a text.
    ///
    /// [`split`](crate::pieces::split) cuts a text at a position. Look first whether the position,
    /// and the end of a range, lie in the text: `position + length` may be more than a `u64` holds.
    ///
    /// # Errors
    /// [`OtError::OutsideText`] unless they do; [`OtError::TooLong`] when the end is greater than
    /// [`MAX_LENGTH`](crate::error::MAX_LENGTH).
    pub fn apply(&self, text: &str) -> Result<String, OtError> {
        todo!("apply {self:?} to {text:?}")
    }
}

/// **2.** Transforms two edits of the same text over each other: `a` followed by what became of `b`
/// gives the same text as `b` followed by what became of `a`. What becomes of an edit is applied in
/// the order in which it is returned.
///
/// If both insert at the same position, the text of `a` stands first. A delete leaves alone what
/// was inserted in its range, so that two deletes may become of it; of a range that the other
/// has deleted nothing becomes.
///
/// # Errors
/// [`OtError::TooLong`] when one of them ends behind [`MAX_LENGTH`](crate::error::MAX_LENGTH).
pub fn transform(a: &Edit, b: &Edit) -> Result<(Vec<Edit>, Vec<Edit>), OtError> {
    todo!("transform {a:?} and {b:?} over each other")
}
