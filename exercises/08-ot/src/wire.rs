//! Operations as JSON: `[5, "text", -3]` retains five characters, inserts four and deletes three.
//!
//! What is written is canonical. What is read need not be: empty components are left out,
//! neighbours of a kind are joined, and an insert moves before the delete that it follows.

use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::Value;
use thiserror::Error;

use crate::error::{MAX_LENGTH, OtError};
use crate::operation::{Component, Operation};

/// Why a JSON value is no operation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoOperation {
    /// It is no array.
    #[error("an operation is an array of whole numbers and strings")]
    NoArray,
    /// One of its items is neither a whole number nor a string.
    #[error("{item}, at index {index}, is neither a whole number nor a string")]
    NoComponent {
        /// Where it stands.
        index: usize,
        /// The item, as JSON.
        item: String,
    },
    /// It is longer than a text can be.
    #[error(transparent)]
    Length(#[from] OtError),
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(self.components().len()))?;
        for component in self.components() {
            match component {
                Component::Retain(count) => items.serialize_element(count)?,
                Component::Insert(text) => items.serialize_element(text)?,
                Component::Delete(count) => {
                    // At most MAX_LENGTH, so it has a negative.
                    let count = i64::try_from(*count).map_err(serde::ser::Error::custom)?;
                    items.serialize_element(&-count)?;
                }
            }
        }
        items.end()
    }
}

/// The operation that a JSON value is.
///
/// # Errors
/// When it is not an array of whole numbers and strings, or spans or leaves more than
/// [`MAX_LENGTH`] characters.
pub fn operation(value: &Value) -> Result<Operation, NoOperation> {
    let items = value.as_array().ok_or(NoOperation::NoArray)?;
    let mut operation = Operation::new();
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::String(text) => operation.insert(text)?,
            Value::Number(_) => match whole(item, index)? {
                (count, false) => operation.retain(count)?,
                (count, true) => operation.delete(count)?,
            },
            _ => return Err(no_component(item, index)),
        }
    }
    Ok(operation)
}

/// A whole number without its sign, and whether that is a minus. `5.0` is one too: not every
/// language can tell it from `5`.
fn whole(item: &Value, index: usize) -> Result<(u64, bool), NoOperation> {
    let (count, negative) = match (item.as_i64(), item.as_f64()) {
        (Some(number), _) => (number.unsigned_abs(), number < 0),
        (None, Some(number)) if number.abs() > MAX_LENGTH as f64 => {
            return Err(OtError::TooLong.into());
        }
        (None, Some(number)) if number.fract() == 0.0 => (number.abs() as u64, number < 0.0),
        _ => return Err(no_component(item, index)),
    };
    if count > MAX_LENGTH {
        return Err(OtError::TooLong.into());
    }
    Ok((count, negative))
}

fn no_component(item: &Value, index: usize) -> NoOperation {
    let item = item.to_string();
    NoOperation::NoComponent { index, item }
}
