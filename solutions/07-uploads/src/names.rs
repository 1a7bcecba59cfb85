//! Which names a file may have.

use serde::Serialize;
use unicode_normalization::is_nfc;

/// The longest name, in bytes: what most file systems take.
const MAX_LENGTH: usize = 255;

/// What Windows does not take in a name, or reads as something else: `C:x` is not in this folder.
const FORBIDDEN: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// A name that is safe on any system. There is no other way to one than [`FileName::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileName(String);

impl FileName {
    /// The name, if it is safe. It is taken as it is or not at all: a name that was mended would be
    /// another one.
    // ANCHOR: parse
    pub fn parse(name: &str) -> Option<Self> {
        let safe = (1..=MAX_LENGTH).contains(&name.len())
            && !name.chars().any(|c| c.is_control() || FORBIDDEN.contains(&c))
            // Windows drops these: `a.txt.` would be `a.txt`. That leaves no `.` and no `..` either.
            && !name.ends_with('.')
            && !name.starts_with(char::is_whitespace)
            && !name.ends_with(char::is_whitespace)
            && !is_device(name)
            && is_nfc(name);
        safe.then(|| Self(name.to_owned()))
    }
    // ANCHOR_END: parse

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether Windows would open a device instead of a file. What follows the first dot does not
/// matter to it, nor do spaces before that dot.
// ANCHOR: device
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_ascii_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" => true,
        _ => {
            let number = stem
                .strip_prefix("COM")
                .or_else(|| stem.strip_prefix("LPT"));
            number.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
        }
    }
}
// ANCHOR_END: device
