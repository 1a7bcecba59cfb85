//! Colours a transcript: what the syntax tree knows by its place in it, the rest by its shape.

use checker::notation::ast::Script;

use super::marks::{self, Class};
use crate::html::{push_escaped, push_span};

/// The source as HTML. Line breaks are character references.
pub(super) fn script(script: &Script, source: &str) -> String {
    let source = source.trim_end();
    let mut html = String::with_capacity(source.len() * 2);
    let mut written = 0;
    for (span, class) in marks::of(script) {
        push_by_shape(&mut html, &source[written..span.start]);
        push_span(&mut html, class.name(), &source[span.clone()]);
        written = span.end;
    }
    push_by_shape(&mut html, &source[written..]);
    html
}

/// Colours what the tree has no place for: words, arrows, signs and comments.
fn push_by_shape(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, class) = if first == '#' {
            (rest.find('\n').unwrap_or(rest.len()), Some(Class::Comment))
        } else if first == '"' {
            (string_length(rest), Some(Class::String))
        } else if let Some(arrow) = ["->", "<-", "=>"]
            .iter()
            .find(|arrow| rest.starts_with(**arrow))
        {
            (arrow.len(), Some(Class::Arrow))
        } else if rest.starts_with("...") {
            (3, Some(Class::Hole))
        } else if first.is_ascii_digit() {
            (
                run(rest, |c| c.is_ascii_alphanumeric()),
                Some(Class::Number),
            )
        } else if first.is_alphabetic() {
            (
                run(rest, |c| c.is_alphanumeric() || matches!(c, '-' | '_')),
                Some(Class::Keyword),
            )
        } else {
            (first.len_utf8(), None)
        };
        match class {
            Some(class) => push_span(html, class.name(), &rest[..length]),
            None => push_escaped(html, &rest[..length]),
        }
        rest = &rest[length..];
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Of a quoted string at the beginning of a text.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use checker::notation::parser::parse_str;

    use super::*;

    fn highlighted(source: &str) -> String {
        let (parsed, diagnostics) = parse_str(source);
        assert_eq!(diagnostics, []);
        script(&parsed, source).replace("&#10;", "\n")
    }

    const SCRIPT: &str = r#"given join
# a comment of its own
env LIMIT=5
let $token = jwt {"userId": $alice, "exp": 1} key "an\"other"
alice POST /api/x?q=${token} {"a": [1, null, "é ${token} <b>"]} with header "A: ${token}" => 400 | 422 {"b": any, ...}
for $n in [1, "two", $token, hex "ff"]:
  alice/phone -> {"n": $n}     # sent
  bob <- next {"n": 1..5, "m": /^<\/a>/, "o": unordered [string, ... x2], "p": > 3 | null} within 2s exactly once
alice -> frame text more rsv 1 unmasked "x"
alice is closed with 1002 | dropped
wait 400ms "because"
"#;

    #[test]
    fn every_kind_of_word_has_its_colour() {
        insta::assert_snapshot!(highlighted(SCRIPT));
    }
}
