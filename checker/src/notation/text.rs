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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::notation::ast::Spanned;

    fn text(literal: &str, variable: &str) -> Text {
        Text {
            parts: vec![
                TextPart::Literal(literal.to_owned()),
                TextPart::Variable(Spanned::new(variable.to_owned(), 0..0)),
            ],
            span: 0..0,
        }
    }

    #[test]
    fn strings_stand_for_themselves_and_other_values_for_their_json() {
        for (value, resolved) in [
            (json!("two words"), "a/two words"),
            (json!(1.5), "a/1.5"),
            (json!(true), "a/true"),
            (json!(null), "a/null"),
            (json!([1, {"b": "c"}]), r#"a/[1,{"b":"c"}]"#),
        ] {
            let bindings = Bindings::from([("x".to_owned(), Value::Json(value))]);
            assert_eq!(
                resolve(&text("a/", "x"), &bindings).as_deref(),
                Ok(resolved)
            );
        }
    }

    #[test]
    fn in_a_path_only_the_values_are_encoded() {
        let bindings = Bindings::from([("x".to_owned(), Value::Json(json!("a/b?c=d&é%~")))]);
        let path = resolve_path(&text("/x/?y=", "x"), &bindings);
        assert_eq!(path.as_deref(), Ok("/x/?y=a%2Fb%3Fc%3Dd%26%C3%A9%25~"));
    }

    #[test]
    fn what_has_no_text_is_an_error() {
        let bindings =
            Bindings::from([("file".to_owned(), Value::Bytes(Bytes::from_static(b"x")))]);
        let error =
            |name: &str| resolve(&text("", name), &bindings).map_err(|error| error.to_string());
        assert_eq!(error("nobody"), Err("`$nobody` is not bound".to_owned()));
        assert_eq!(
            error("file"),
            Err("`$file` holds bytes, which cannot stand in a text".to_owned())
        );
    }
}
