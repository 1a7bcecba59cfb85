//! What can be wrong with an edit or an operation: what does not fit, and to what.

use thiserror::Error;

/// No text is longer, in characters: the largest whole number that JavaScript can count to without
/// leaving one out, 2<sup>53</sup> − 1.
pub const MAX_LENGTH: u64 = (1 << 53) - 1;

/// Why edits or operations cannot be applied, composed or transformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OtError {
    /// An operation spans the whole text, and this text is another.
    #[error("the operation is made for a text of {expected} characters, and the text has {found}")]
    BaseLength {
        /// How many characters the operation spans.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// Only an operation that continues where another ended can be composed with it.
    #[error(
        "the second operation is made for a text of {second} characters, and the first leaves {first}"
    )]
    NotConsecutive {
        /// How many characters the first operation leaves.
        first: u64,
        /// How many the second spans.
        second: u64,
    },
    /// Only operations that were made on the same text can be transformed over each other.
    #[error(
        "the operations are made for texts of {first} and {second} characters, so not for the same"
    )]
    NotConcurrent {
        /// How many characters the first operation spans.
        first: u64,
        /// How many the second does.
        second: u64,
    },
    /// A position, or the end of a range, lies behind the end of the text.
    #[error("position {position} is outside of a text of {length} characters")]
    OutsideText {
        /// Where it is.
        position: u64,
        /// How many characters there are.
        length: u64,
    },
    /// A length, or a sum of lengths, is greater than [`MAX_LENGTH`].
    #[error("no text is longer than {MAX_LENGTH} characters")]
    TooLong,
}
