//! The words and signs of a line.

use crate::notation::ast::{Span, Spanned, Text};

/// One word or sign and where it stands in the page.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a [`Token`] is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A keyword, a verb, a name, a unit. May hold `-` and `/` inside.
    Word(String),
    /// As written, with its sign, fraction and exponent.
    Number(String),
    /// `"…"`.
    String(Text),
    /// `$x`, without the dollar sign.
    Variable(String),
    /// `/…/`, without the slashes, `\/` resolved.
    Regex(String),
    /// What follows a verb and begins with a slash, up to a space.
    Path(Text),
    /// `NAME=value` on an `env` line.
    Setting {
        /// Before the `=`.
        name: Spanned<String>,
        /// After it.
        value: String,
    },
    /// What follows `given`, up to a space.
    Id(String),
    /// A bracket, a comma, an arrow…
    Symbol(&'static str),
}

/// The signs, longer ones before those that they begin with.
pub(super) const SYMBOLS: [&str; 18] = [
    "...", "..", "->", "<-", "=>", ">=", "<=", ">", "<", "=", "{", "}", "[", "]", ",", ":", "|",
    "!",
];

impl Token {
    /// As a diagnostic names it.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            TokenKind::Word(word) | TokenKind::Id(word) => format!("`{word}`"),
            TokenKind::Number(number) => format!("`{number}`"),
            TokenKind::String(_) => "a string".to_owned(),
            TokenKind::Variable(name) => format!("`${name}`"),
            TokenKind::Regex(_) => "a regular expression".to_owned(),
            TokenKind::Path(_) => "a path".to_owned(),
            TokenKind::Setting { name, .. } => format!("`{}=`", name.node),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
        }
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(&self.kind, TokenKind::Symbol(other) if *other == symbol)
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }
}
