//! Text with `${x}` in it, made whole.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use thiserror::Error;

use super::ast::{Text, TextPart, Variable};
use super::json;
use super::value::{Bindings, Value};

/// Why a `${x}` has no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// Nothing has been bound to the variable.
    #[error("`${0}` has no value yet")]
    Unbound(String),
    /// The variable holds bytes.
    #[error("`${0}` holds bytes, which cannot stand in text")]
    Bytes(String),
}

/// What a variable holds, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum ValueRef<'a> {
    /// JSON.
    Json(&'a serde_json::Value),
    /// Bytes.
    Bytes(&'a Bytes),
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Json(json) => Self::Json(json),
            Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

/// The text with each `${x}` replaced: a string stands for itself, any other JSON for its compact form, in which equal
/// values are written alike (`1.0` as `1`).
///
/// # Errors
/// A variable is not bound, or holds bytes.
pub fn resolve(text: &Text, bindings: &Bindings) -> Result<String, ResolveError> {
    resolve_with(text, |name| bindings.get(name).map(ValueRef::from)).map(Cow::into_owned)
}

/// Like [`resolve`], for a path: each value is percent-encoded.
///
/// # Errors
/// A variable is not bound, or holds bytes.
pub fn resolve_path(text: &Text, bindings: &Bindings) -> Result<String, ResolveError> {
    let mut path = String::new();
    for part in &text.parts {
        match part {
            TextPart::Literal(literal) => path.push_str(literal),
            TextPart::Variable(variable) => match bindings.get(&variable.node) {
                None => return Err(ResolveError::Unbound(variable.node.clone())),
                Some(Value::Bytes(_)) => return Err(ResolveError::Bytes(variable.node.clone())),
                Some(Value::Json(json)) => path.push_str(&percent_encode(&value_text(json))),
            },
        }
    }
    Ok(path)
}

/// A value as it stands in text: a string as it is, all else as compact JSON.
pub(super) fn value_text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(string) => string.clone(),
        other => other.to_string(),
    }
}

/// Escapes all but the unreserved characters of RFC 3986 §2.3.
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

/// Like [`resolve`], with the variables looked up by `lookup`. Text without variables is not copied.
pub(super) fn resolve_with<'a, 'v>(
    text: &'a Text,
    lookup: impl Fn(&str) -> Option<ValueRef<'v>>,
) -> Result<Cow<'a, str>, ResolveError> {
    match text.parts.as_slice() {
        [] => return Ok(Cow::Borrowed("")),
        [TextPart::Literal(literal)] => return Ok(Cow::Borrowed(literal)),
        _ => {}
    }
    let mut resolved = String::new();
    for part in &text.parts {
        match part {
            TextPart::Literal(literal) => resolved.push_str(literal),
            TextPart::Variable(variable) => match lookup(variable) {
                None => return Err(ResolveError::Unbound(variable.node.clone())),
                Some(ValueRef::Bytes(_)) => {
                    return Err(ResolveError::Bytes(variable.node.clone()));
                }
                Some(ValueRef::Json(serde_json::Value::String(string))) => {
                    resolved.push_str(string);
                }
                Some(ValueRef::Json(value)) => resolved.push_str(&json::canonical(value)),
            },
        }
    }
    Ok(Cow::Owned(resolved))
}

/// The variables that stand in the text.
pub(super) fn variables(text: &Text) -> impl Iterator<Item = &Variable> {
    text.parts.iter().filter_map(|part| match part {
        TextPart::Literal(_) => None,
        TextPart::Variable(variable) => Some(variable),
    })
}
