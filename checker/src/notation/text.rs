//! Text with variables in it: what it says once they are bound.

use std::fmt::Write as _;

use super::ast::{Text, TextPart};
use super::value::{Bindings, Value};

/// A variable that a text needs has no value that can stand in a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`${name}` {}", if *.holds_bytes { "holds bytes, which cannot stand in a text" } else { "is not bound" })]
pub struct UnboundVariable {
    /// Without the dollar sign.
    pub name: String,
    /// It is bound, but to bytes.
    pub holds_bytes: bool,
}

impl Text {
    /// What it says, if there is no variable in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [TextPart::Literal(literal)] => Some(literal),
            _ => None,
        }
    }
}

/// The text with its variables' values in it.
///
/// # Errors
/// When a variable is not bound, or to bytes.
pub fn resolve(text: &Text, bindings: &Bindings) -> Result<String, UnboundVariable> {
    join(text, bindings, |value| value)
}

/// The path with its variables' values in it, percent-encoded.
///
/// # Errors
/// When a variable is not bound, or to bytes.
pub fn resolve_path(text: &Text, bindings: &Bindings) -> Result<String, UnboundVariable> {
    join(text, bindings, |value| percent_encode(&value))
}

fn join(
    text: &Text,
    bindings: &Bindings,
    encode: impl Fn(String) -> String,
) -> Result<String, UnboundVariable> {
    let mut resolved = String::new();
    for part in &text.parts {
        match part {
            TextPart::Literal(literal) => resolved += literal,
            TextPart::Variable(name) => match bindings.get(&name.node) {
                Some(Value::Json(value)) => resolved += &encode(value_text(value)),
                other => {
                    return Err(UnboundVariable {
                        name: name.node.clone(),
                        holds_bytes: other.is_some(),
                    });
                }
            },
        }
    }
    Ok(resolved)
}

/// A value as it stands in a text: strings without quotes, all else as compact JSON.
pub(super) fn value_text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(string) => string.clone(),
        other => other.to_string(),
    }
}

/// Escapes all but the unreserved characters of RFC 3986, section 2.3.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
