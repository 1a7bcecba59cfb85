//! Text with `${x}` in it, made whole.

use std::borrow::Cow;

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
