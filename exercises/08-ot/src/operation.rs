//! Operations over the whole text: how they are built, applied and undone.
//!
//! Checks: `canonical` (3), `apply` (4), `invert` (5).

use crate::error::OtError;

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
///
/// Add its components, and how many characters it spans and leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation {}

impl Operation {
    /// An operation on the empty text, which leaves it empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// **3.** Its components, in canonical form.
    pub fn components(&self) -> &[Component] {
        todo!("return the components")
    }

    /// **3.** How many characters a text must have for it.
    pub fn base_length(&self) -> u64 {
        todo!("return how many characters it retains and deletes")
    }

    /// **3.** How many characters it leaves.
    pub fn target_length(&self) -> u64 {
        todo!("return how many characters it retains and inserts")
    }

    /// **3.** Goes on with `count` characters that stay. Nothing changes if `count` is 0; after
    /// another retain the two become one.
    ///
    /// # Errors
    /// [`OtError::TooLong`] when it would span or leave more than
    /// [`MAX_LENGTH`](crate::error::MAX_LENGTH) characters; then the operation is as it was.
    pub fn retain(&mut self, count: u64) -> Result<(), OtError> {
        todo!("retain {count}")
    }

    /// **3.** Goes on with text that comes in. After an insert the two become one; and a delete that
    /// stands at the end stays at the end.
    ///
    /// # Errors
    /// As [`retain`](Self::retain).
    pub fn insert(&mut self, text: &str) -> Result<(), OtError> {
        todo!("insert {text:?}")
    }

    /// **3.** Goes on with `count` characters that go.
    ///
    /// # Errors
    /// As [`retain`](Self::retain).
    pub fn delete(&mut self, count: u64) -> Result<(), OtError> {
        todo!("delete {count}")
    }

    /// **4.** The text after the operation.
    ///
    /// # Errors
    /// [`OtError::BaseLength`] unless the operation spans the text, neither less nor more.
    pub fn apply(&self, text: &str) -> Result<String, OtError> {
        todo!("apply {self:?} to {text:?}")
    }

    /// **5.** The operation that undoes this one, which is about to be applied to `text`: only the
    /// text knows what a delete takes away.
    ///
    /// # Errors
    /// [`OtError::BaseLength`] unless the operation spans the text.
    pub fn invert(&self, text: &str) -> Result<Self, OtError> {
        todo!("invert {self:?}, made for {text:?}")
    }
}
