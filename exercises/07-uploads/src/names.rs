//! Which names a file may have.
//!
//! Checks: `one-file`, `names`, `harmless`, `normal-form` (4).

use serde::Serialize;

/// A name that is safe on any system. There is no other way to one than [`FileName::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileName(String);

impl FileName {
    /// **4.** The name, if it is safe by the rules of the assignment.
    ///
    /// It is taken as it is or not at all: a name that was mended would be another one.
    /// `char::is_control`, `char::is_whitespace` and `unicode_normalization::is_nfc` know Unicode.
    pub fn parse(name: &str) -> Option<Self> {
        todo!("check the name {name:?}")
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
