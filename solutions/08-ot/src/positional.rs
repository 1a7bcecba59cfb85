//! Edits at a position: the lesson's `insert` and `delete`, with the transform that it leaves out.

use crate::error::{MAX_LENGTH, OtError};
use crate::length;
use crate::pieces::split;

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
    /// Applies the edit to a text.
    ///
    /// # Errors
    /// [`OtError::OutsideText`] unless the position, and the end of a range, lie in the text;
    /// [`OtError::TooLong`].
    // ANCHOR: apply
    pub fn apply(&self, text: &str) -> Result<String, OtError> {
        let end = self.end()?;
        let length = length(text);
        if end > length {
            return Err(OtError::OutsideText {
                position: end,
                length,
            });
        }
        let (before, inserted, rest) = match self {
            Self::Insert {
                position,
                text: inserted,
            } => {
                let (before, after) = split(text, *position);
                (before, inserted.as_str(), after)
            }
            Self::Delete { position, length } => {
                let (before, rest) = split(text, *position);
                (before, "", split(rest, *length).1)
            }
        };
        Ok([before, inserted, rest].concat())
    }
    // ANCHOR_END: apply

    /// Where what the edit touches ends.
    fn end(&self) -> Result<u64, OtError> {
        let (position, length) = match self {
            Self::Insert { position, .. } => (*position, 0),
            Self::Delete { position, length } => (*position, *length),
        };
        let end = position.checked_add(length);
        end.filter(|end| *end <= MAX_LENGTH).ok_or(OtError::TooLong)
    }
}

/// Transforms two edits of the same text over each other: `a` followed by what became of `b` gives
/// the same text as `b` followed by what became of `a`. What becomes of an edit is applied in the
/// order in which it is returned.
///
/// If both insert at the same position, the text of `a` stands first. A delete leaves alone what
/// was inserted in its range, so that two deletes may become of it; of a range that the other
/// has deleted nothing becomes.
///
/// # Errors
/// [`OtError::TooLong`].
// ANCHOR: transform
pub fn transform(a: &Edit, b: &Edit) -> Result<(Vec<Edit>, Vec<Edit>), OtError> {
    a.end()?;
    b.end()?;
    Ok((over(a, b, true), over(b, a, false)))
}

/// What becomes of `edit` after `other`. `first` says whose text stands first in a tie.
fn over(edit: &Edit, other: &Edit, first: bool) -> Vec<Edit> {
    match (edit, other) {
        (
            Edit::Insert { position, text },
            Edit::Insert {
                position: at,
                text: inserted,
            },
        ) => {
            let stays = position < at || (position == at && first);
            let shift = if stays { 0 } else { length(inserted) };
            let (position, text) = (position + shift, text.clone());
            vec![Edit::Insert { position, text }]
        }
        (
            Edit::Insert { position, text },
            Edit::Delete {
                position: start,
                length,
            },
        ) => {
            let (position, text) = (after_delete(*position, *start, *length), text.clone());
            vec![Edit::Insert { position, text }]
        }
        (
            Edit::Delete {
                position,
                length: count,
            },
            Edit::Insert { position: at, text },
        ) => {
            // How many of the characters stand before the text that came in. They go first; then
            // that text stands where they stood, and the others behind it.
            let before = at.saturating_sub(*position).min(*count);
            let behind = position + length(text);
            ranges([(*position, before), (behind, count - before)])
        }
        (
            Edit::Delete { position, length },
            Edit::Delete {
                position: start,
                length: gone,
            },
        ) => {
            let from = after_delete(*position, *start, *gone);
            let to = after_delete(position + length, *start, *gone);
            ranges([(from, to - from)])
        }
    }
}

/// Where a position is once a range is gone.
fn after_delete(position: u64, start: u64, length: u64) -> u64 {
    position - position.saturating_sub(start).min(length)
}

/// A delete for each range that is not empty.
fn ranges(ranges: impl IntoIterator<Item = (u64, u64)>) -> Vec<Edit> {
    let ranges = ranges.into_iter().filter(|(_, length)| *length > 0);
    ranges
        .map(|(position, length)| Edit::Delete { position, length })
        .collect()
}
// ANCHOR_END: transform
