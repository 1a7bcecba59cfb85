//! Operations over the whole text: how they are built, applied and undone.

use crate::error::{MAX_LENGTH, OtError};
use crate::length;
use crate::pieces::split;

/// A step of an operation along the text. Lengths count characters: Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    /// So many characters stay.
    Retain(u64),
    /// This text comes in.
    Insert(String),
    /// So many characters go.
    Delete(u64),
}

/// An operation: from the beginning of a text to its end, what stays, comes in and goes.
///
/// It is always in canonical form: no component is empty, no two of a kind follow each other, and
/// where text comes in and goes at the same place, the insert stands before the delete.
// ANCHOR: operation
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation {
    components: Vec<Component>,
    base_length: u64,
    target_length: u64,
}

impl Operation {
    /// An operation on the empty text, which leaves it empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its components, in canonical form.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// How many characters a text must have for it.
    pub fn base_length(&self) -> u64 {
        self.base_length
    }

    /// How many characters it leaves.
    pub fn target_length(&self) -> u64 {
        self.target_length
    }

    /// Goes on with `count` characters that stay.
    ///
    /// # Errors
    /// [`OtError::TooLong`]; then the operation is as it was.
    pub fn retain(&mut self, count: u64) -> Result<(), OtError> {
        let base_length = sum(self.base_length, count)?;
        self.target_length = sum(self.target_length, count)?;
        self.base_length = base_length;
        match self.components.last_mut() {
            _ if count == 0 => {}
            Some(Component::Retain(last)) => *last += count,
            _ => self.components.push(Component::Retain(count)),
        }
        Ok(())
    }

    /// Goes on with text that comes in.
    ///
    /// # Errors
    /// [`OtError::TooLong`]; then the operation is as it was.
    pub fn insert(&mut self, text: &str) -> Result<(), OtError> {
        self.target_length = sum(self.target_length, length(text))?;
        match self.components.as_mut_slice() {
            _ if text.is_empty() => {}
            [.., Component::Insert(last)] | [.., Component::Insert(last), Component::Delete(_)] => {
                last.push_str(text);
            }
            [before @ .., Component::Delete(_)] => {
                let place = before.len();
                let insert = Component::Insert(text.to_owned());
                self.components.insert(place, insert);
            }
            _ => self.components.push(Component::Insert(text.to_owned())),
        }
        Ok(())
    }

    /// Goes on with `count` characters that go.
    ///
    /// # Errors
    /// [`OtError::TooLong`]; then the operation is as it was.
    pub fn delete(&mut self, count: u64) -> Result<(), OtError> {
        self.base_length = sum(self.base_length, count)?;
        match self.components.last_mut() {
            _ if count == 0 => {}
            Some(Component::Delete(last)) => *last += count,
            _ => self.components.push(Component::Delete(count)),
        }
        Ok(())
    }
    // ANCHOR_END: operation

    /// The text after the operation.
    ///
    /// # Errors
    /// [`OtError::BaseLength`] unless the operation spans the text.
    // ANCHOR: apply
    pub fn apply(&self, text: &str) -> Result<String, OtError> {
        self.check_spans(text)?;
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        for component in &self.components {
            match component {
                Component::Retain(count) => {
                    let (kept, after) = split(rest, *count);
                    result.push_str(kept);
                    rest = after;
                }
                Component::Insert(text) => result.push_str(text),
                Component::Delete(count) => rest = split(rest, *count).1,
            }
        }
        Ok(result)
    }
    // ANCHOR_END: apply

    /// The operation that undoes this one, which is about to be applied to `text`: only the text
    /// knows what a delete takes away.
    ///
    /// # Errors
    /// [`OtError::BaseLength`] unless the operation spans the text.
    // ANCHOR: invert
    pub fn invert(&self, text: &str) -> Result<Self, OtError> {
        self.check_spans(text)?;
        let mut inverse = Self::new();
        let mut rest = text;
        for component in &self.components {
            match component {
                Component::Retain(count) => {
                    inverse.retain(*count)?;
                    rest = split(rest, *count).1;
                }
                Component::Insert(text) => inverse.delete(length(text))?,
                Component::Delete(count) => {
                    let (deleted, after) = split(rest, *count);
                    inverse.insert(deleted)?;
                    rest = after;
                }
            }
        }
        Ok(inverse)
    }
    // ANCHOR_END: invert

    fn check_spans(&self, text: &str) -> Result<(), OtError> {
        let (expected, found) = (self.base_length, length(text));
        if expected == found {
            Ok(())
        } else {
            Err(OtError::BaseLength { expected, found })
        }
    }
}

fn sum(length: u64, more: u64) -> Result<u64, OtError> {
    let sum = length.checked_add(more);
    sum.filter(|sum| *sum <= MAX_LENGTH).ok_or(OtError::TooLong)
}
