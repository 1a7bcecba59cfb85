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
    let lookup = |name: &str| bindings.get(name).map(ValueRef::from);
    join(text, lookup, |value| percent_encode(&value)).map(Cow::into_owned)
}

/// Like [`resolve`], with the variables looked up by `lookup`. Text without variables is not copied.
pub(super) fn resolve_with<'a, 'v>(
    text: &'a Text,
    lookup: impl Fn(&str) -> Option<ValueRef<'v>>,
) -> Result<Cow<'a, str>, ResolveError> {
    join(text, lookup, |value| value)
}

fn join<'a, 'v>(
    text: &'a Text,
    lookup: impl Fn(&str) -> Option<ValueRef<'v>>,
    encode: impl Fn(String) -> String,
) -> Result<Cow<'a, str>, ResolveError> {
    if let Some(literal) = text.as_literal() {
        return Ok(Cow::Borrowed(literal));
    }
    let mut resolved = String::new();
    for part in &text.parts {
        match part {
            TextPart::Literal(literal) => resolved.push_str(literal),
            TextPart::Variable(variable) => match lookup(variable) {
                Some(ValueRef::Json(value)) => resolved.push_str(&encode(value_text(value))),
                Some(ValueRef::Bytes(_)) => {
                    return Err(ResolveError::Bytes(variable.node.clone()));
                }
                None => return Err(ResolveError::Unbound(variable.node.clone())),
            },
        }
    }
    Ok(Cow::Owned(resolved))
}

/// A value as it stands in text: a string as it is, all else as compact JSON, equal values alike.
pub(super) fn value_text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(string) => string.clone(),
        other => json::canonical(other),
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

/// The variables that stand in the text.
pub(super) fn variables(text: &Text) -> impl Iterator<Item = &Variable> {
    text.parts.iter().filter_map(|part| match part {
        TextPart::Literal(_) => None,
        TextPart::Variable(variable) => Some(variable),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use serde_json::json;

    use super::*;
    use crate::notation::ast::Spanned;

    fn text(literal: &str, variable: &str) -> Text {
        let variable = Spanned::new(variable.to_owned(), 0..0);
        Text {
            parts: vec![
                TextPart::Literal(literal.to_owned()),
                TextPart::Variable(variable),
            ],
            span: 0..0,
        }
    }

    fn bound(value: serde_json::Value) -> Bindings {
        Bindings::from([("x".to_owned(), Value::Json(value))])
    }

    #[test]
    fn strings_stand_for_themselves_and_other_values_for_their_json() {
        for (value, resolved) in [
            (json!("two \"words\""), "a/two \"words\""),
            (json!(1.5), "a/1.5"),
            (json!(true), "a/true"),
            (json!(null), "a/null"),
            (json!([1, {"b": "c"}]), r#"a/[1,{"b":"c"}]"#),
        ] {
            assert_eq!(resolve(&text("a/", "x"), &bound(value)).unwrap(), resolved);
        }
    }

    #[test]
    fn equal_values_give_the_same_text() {
        for (one, other) in [
            (json!(1), json!(1.0)),
            (json!(0), json!(-0.0)),
            (json!(1_u64 << 60), json!((1_u64 << 60) as f64)),
            (json!({"a": 1, "b": [2]}), json!({"b": [2.0], "a": 1.0})),
        ] {
            let resolved = |value| resolve(&text("", "x"), &bound(value)).unwrap();
            assert_eq!(resolved(one), resolved(other));
        }
    }

    #[test]
    fn in_a_path_only_the_values_are_encoded() {
        let path = resolve_path(&text("/x/?y=é&z=", "x"), &bound(json!("a/b?c=d&é%~ +")));
        assert_eq!(path.unwrap(), "/x/?y=é&z=a%2Fb%3Fc%3Dd%26%C3%A9%25~%20%2B");
        assert_eq!(
            resolve_path(&text("/", "x"), &bound(json!(7.0))).unwrap(),
            "/7"
        );
    }

    #[test]
    fn what_has_no_text_is_an_error() {
        let holds_bytes = Value::Bytes(Bytes::from_static(b"x"));
        let bindings = Bindings::from([("file".to_owned(), holds_bytes)]);
        for resolve in [resolve, resolve_path] {
            let error = |name: &str| resolve(&text("", name), &bindings).unwrap_err().to_string();
            assert_eq!(error("nobody"), "`$nobody` has no value yet");
            assert_eq!(
                error("file"),
                "`$file` holds bytes, which cannot stand in text"
            );
        }
    }
}
