//! Strings, paths and the variables in them.
//!
//! `${x}` is a variable. Before a `{`, two dollar signs stand for one, so `$${` is the text `${`. A dollar sign that
//! no `{` follows stands for itself.

use super::lexer::Lexer;
use crate::notation::ast::{Spanned, Text, TextPart};
use crate::notation::diagnostic::Diagnostic;

/// Collects the parts of a [`Text`].
#[derive(Default)]
struct Parts {
    parts: Vec<TextPart>,
    literal: String,
}

impl Parts {
    fn variable(&mut self, variable: Spanned<String>) {
        self.flush();
        self.parts.push(TextPart::Variable(variable));
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts
                .push(TextPart::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn finish(mut self) -> Vec<TextPart> {
        self.flush();
        self.parts
    }
}

/// Whether this can be the name of a variable or a client.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What to say of a name that is none, and that stands between two texts.
pub(super) fn name_help(before: &str, name: &str, after: &str) -> String {
    const RULE: &str = "a name is lower-case letters, digits and `_`, a letter first";
    let near: String = name
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let near = near.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    if is_name(near) {
        format!("write `{before}{near}{after}`: {RULE}")
    } else {
        RULE.to_owned()
    }
}

impl Lexer<'_> {
    /// Reads a string; the next character is its opening quote. A string ends on the line on which it began.
    pub(super) fn string(&mut self) -> Result<Text, Diagnostic> {
        let start = self.position;
        let mut parts = Parts::default();
        let mut first_error = None;
        self.bump();
        loop {
            match self.peek() {
                None | Some('\n') => {
                    return Err(Diagnostic::error(
                        "unclosed string",
                        self.span(start..start + 1),
                        "opened here",
                    )
                    .help("close it with `\"` on the same line; a line break inside is `\\n`"));
                }
                Some('"') => {
                    self.bump();
                    break;
                }
                Some('$') => {
                    if let Err(error) = self.dollars(&mut parts) {
                        first_error.get_or_insert(error);
                    }
                }
                Some('\\') => match self.escape() {
                    Ok(c) => parts.literal.push(c),
                    Err(error) => {
                        first_error.get_or_insert(error);
                    }
                },
                Some(c) if c < ' ' => {
                    let at = self.position;
                    self.bump();
                    if c == '\r' && matches!(self.peek(), None | Some('\n')) {
                        continue;
                    }
                    let help = match c {
                        '\t' => "write `\\t`".to_owned(),
                        _ => format!("write `\\u{:04x}`", u32::from(c)),
                    };
                    first_error.get_or_insert(
                        Diagnostic::error(
                            "control character in a string",
                            self.span(at..self.position),
                            "JSON wants it escaped",
                        )
                        .help(help),
                    );
                }
                Some(c) => {
                    self.bump();
                    parts.literal.push(c);
                }
            }
        }
        match first_error {
            Some(error) => Err(error),
            None => Ok(Text {
                parts: parts.finish(),
                span: self.span(start..self.position),
            }),
        }
    }

    /// Reads a path and its query, up to a space.
    pub(super) fn path(&mut self) -> Result<Text, Diagnostic> {
        let start = self.position;
        let mut parts = Parts::default();
        let mut first_error = None;
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace()) {
            if c == '$' {
                if let Err(error) = self.dollars(&mut parts) {
                    first_error.get_or_insert(error);
                }
                if !parts.literal.ends_with('{') {
                    continue;
                }
            } else {
                self.bump();
                parts.literal.push(c);
            }
            let last = parts.literal.chars().next_back().unwrap_or(c);
            if !may_stand_in_path(last) {
                let at = self.position - last.len_utf8();
                first_error.get_or_insert_with(|| self.not_in_path(last, at));
            }
        }
        match first_error {
            Some(error) => Err(error),
            None => Ok(Text {
                parts: parts.finish(),
                span: self.span(start..self.position),
            }),
        }
    }

    fn not_in_path(&self, c: char, at: usize) -> Diagnostic {
        let help = match c {
            '{' | '}' => "a variable in a path is `${name}`".to_owned(),
            '<' | '>' => "put a space before the arrow".to_owned(),
            '#' => "a fragment is never sent to a server; a comment needs a space before `#`"
                .to_owned(),
            _ => format!(
                "write it percent-encoded: `{}`",
                crate::notation::text::percent_encode(&c.to_string())
            ),
        };
        Diagnostic::error(
            format!("`{c}` in a path"),
            self.span(at..at + c.len_utf8()),
            "may not stand in a path (RFC 3986)",
        )
        .help(help)
    }

    /// Reads a run of dollar signs and the variable that it begins.
    fn dollars(&mut self, parts: &mut Parts) -> Result<(), Diagnostic> {
        let start = self.position;
        while self.peek() == Some('$') {
            self.bump();
        }
        let run = self.position - start;
        if self.peek() != Some('{') {
            parts.literal.extend(std::iter::repeat_n('$', run));
            return Ok(());
        }
        parts.literal.extend(std::iter::repeat_n('$', run / 2));
        let open = self.position;
        self.bump();
        if run.is_multiple_of(2) {
            parts.literal.push('{');
            return Ok(());
        }
        let name_start = self.position;
        while self
            .peek()
            .is_some_and(|c| !matches!(c, '}' | '"' | '\n' | '/' | '&' | '{' | '$' | '\\'))
        {
            self.bump();
        }
        let name = &self.text[name_start..self.position];
        if self.peek() != Some('}') {
            return Err(Diagnostic::error(
                "unclosed `${`",
                self.span(open - 1..open + 1),
                "opened here",
            )
            .help(format!(
                "write `${{{}}}`, or `$${{` for the text `${{`",
                name.trim()
            )));
        }
        let name_end = self.position;
        self.bump();
        if !is_name(name) {
            return Err(Diagnostic::error(
                format!("`${{{name}}}` is not a variable"),
                self.span(open - 1..self.position),
                "not a variable",
            )
            .help(name_help("${", name, "}")));
        }
        parts.variable(Spanned::new(
            name.to_owned(),
            self.span(name_start..name_end),
        ));
        Ok(())
    }

    /// Reads an escape; the next character is its backslash.
    fn escape(&mut self) -> Result<char, Diagnostic> {
        let start = self.position;
        self.bump();
        let escaped = match self.peek() {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.bump();
                return self.unicode_escape(start);
            }
            other => {
                if other.is_some_and(|c| c != '\n') {
                    self.bump();
                }
                return Err(Diagnostic::error(
                    "unknown escape",
                    self.span(start..self.position),
                    "not an escape of JSON",
                )
                .help("write `\\\\` for a backslash; JSON knows `\\\"`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u0000`"));
            }
        };
        self.bump();
        Ok(escaped)
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Diagnostic> {
        let unit = self.four_digits(start)?;
        let code = match unit {
            0xd800..=0xdbff => {
                let low = if self.text[self.position..].starts_with("\\u") {
                    self.position += 2;
                    Some(self.four_digits(start)?)
                } else {
                    None
                };
                low.filter(|low| (0xdc00..=0xdfff).contains(low))
                    .map(|low| 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
            }
            unit => Some(unit),
        };
        code.and_then(char::from_u32).ok_or_else(|| {
            Diagnostic::error(
                "half of a surrogate pair",
                self.span(start..self.position),
                "not a character by itself",
            )
            .help("write both halves: `\\ud83d\\ude00`; bytes that are no UTF-8 are sent with `frame text hex \"…\"`")
        })
    }

    fn four_digits(&mut self, start: usize) -> Result<u32, Diagnostic> {
        let digits = self.text.get(self.position..self.position + 4);
        match digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            Some(digits) => {
                self.position += 4;
                Ok(u32::from_str_radix(digits, 16).unwrap_or_default())
            }
            None => Err(Diagnostic::error(
                "`\\u` needs four hexadecimal digits",
                self.span(start..self.position),
                "too few digits",
            )
            .help("write `\\u00e9`, say")),
        }
    }
}

fn may_stand_in_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?[]@!$&'()*+,;=%".contains(c)
}
