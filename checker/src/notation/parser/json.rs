//! What templates and patterns have in common: brackets, members, items, words that JSON does not know.

use super::cursor::{Cursor, Parsed};
use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{Span, Text};
use crate::notation::diagnostic::Diagnostic;

/// The members of an object and the place of its `...`.
pub(super) type Members<T> = (Vec<(Text, T)>, Option<Span>);

impl Cursor<'_> {
    /// Reads `{…}`; the next token is its opening bracket.
    pub(super) fn members<T>(
        &mut self,
        value: impl Fn(&mut Self) -> Parsed<T>,
    ) -> Parsed<Members<T>> {
        let mut members: Vec<(Text, T)> = Vec::new();
        let mut rest = None;
        self.bump();
        while self.eat_symbol("}").is_none() {
            if let Some(span) = self.eat_symbol("...") {
                if let Some(first) = rest.replace(span.clone()) {
                    return Err(
                        Diagnostic::error("`...` twice in one object", span, "again")
                            .note(first, "first here")
                            .help("remove it"),
                    );
                }
            } else {
                let key = self.key()?;
                if let Some((first, _)) = members
                    .iter()
                    .find(|(other, _)| is_same_literal(other, &key))
                {
                    return Err(Diagnostic::error(
                        "a member twice in one object",
                        key.span.clone(),
                        "again",
                    )
                    .note(first.span.clone(), "first here")
                    .help("remove one of the two"));
                }
                self.expect_symbol(":")?;
                members.push((key, value(self)?));
            }
            self.separator("}")?;
        }
        Ok((members, rest))
    }

    /// Reads `[…]`; the next token is its opening bracket.
    pub(super) fn items<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        self.bump();
        while self.eat_symbol("]").is_none() {
            items.push(item(self)?);
            self.separator("]")?;
        }
        Ok(items)
    }

    fn key(&mut self) -> Parsed<Text> {
        if let Some(key) = self.eat_string() {
            return Ok(key.clone());
        }
        let diagnostic = self.unexpected("a member", &[]);
        Err(match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => Diagnostic::error(
                format!("the key `{word}` without quotes"),
                diagnostic.span,
                "keys are strings",
            )
            .help(format!("write `\"{word}\"`")),
            Some(TokenKind::Variable(name)) => {
                diagnostic.help(format!("write `\"${{{name}}}\"`: keys are strings"))
            }
            Some(TokenKind::Symbol("..")) => diagnostic.help("write `...` for the other members"),
            _ => diagnostic.help("a member is `\"key\": value`"),
        })
    }

    /// A comma and then not the end, or the end.
    fn separator(&mut self, close: &'static str) -> Parsed<()> {
        if self.at_symbol(close) {
            return Ok(());
        }
        let Some(comma) = self.eat_symbol(",") else {
            let diagnostic = self.unexpected(&format!("`,` or `{close}`"), &[]);
            let starts_value = self.peek().is_some_and(|token| {
                !matches!(token.kind, TokenKind::Symbol(symbol) if !matches!(symbol, "{" | "[" | "..."))
            });
            return Err(if starts_value {
                diagnostic.help("write `,` before it")
            } else {
                diagnostic.help(format!("write `,` or `{close}`"))
            });
        };
        if self.at_symbol(close) {
            return Err(Diagnostic::error(
                format!("a comma before `{close}`"),
                comma,
                "JSON has no comma after the last",
            )
            .help("remove the comma"));
        }
        Ok(())
    }

    /// A word that is no value, with what was probably meant. `words` may stand here.
    pub(super) fn unknown_value(&self, what: &str, words: &[&str]) -> Diagnostic {
        let diagnostic = self.unexpected(what, words);
        let Some(word) = self.peek().and_then(Token::word) else {
            return match self.peek().map(|token| &token.kind) {
                Some(TokenKind::Symbol("..")) => diagnostic.help("write `...` for the rest"),
                Some(TokenKind::Symbol("=" | "!")) => diagnostic.help(
                    "a value matches exactly itself; `> 100`, `1..100` and `a | b` match several",
                ),
                Some(TokenKind::Path(_)) => diagnostic.help("write the value in double quotes"),
                Some(_) => diagnostic.help(format!(
                    "write JSON, a variable or {}",
                    suggest::list(words)
                )),
                None => diagnostic.help(format!(
                    "write JSON, a variable or {}",
                    suggest::list(words)
                )),
            };
        };
        let meant = match word.to_ascii_lowercase().as_str() {
            "undefined" | "none" | "nil" | "nan" | "nul" => Some("null"),
            "yes" | "on" => Some("true"),
            "no" | "off" => Some("false"),
            "str" | "text" => Some("string"),
            "int" | "i64" | "u64" => Some("integer"),
            "float" | "f64" | "double" => Some("number"),
            "bool" => Some("boolean"),
            "date" | "datetime" | "time" => Some("timestamp"),
            "object" | "array" | "value" => Some("any"),
            _ => None,
        };
        let mut near = suggest::nearest(word, words);
        if near.is_empty() {
            near.extend(meant.filter(|meant| words.contains(meant)));
        }
        match near.as_slice() {
            [_, ..] => diagnostic.help(format!("write {}", suggest::list(&near))),
            [] if super::string::is_name(word) => diagnostic.help(format!(
                "write `${word}` for the variable, or `\"{word}\"` for the text"
            )),
            [] => diagnostic.help(format!(
                "write `\"{word}\"` for the text, or {}",
                suggest::list(words)
            )),
        }
    }
}

fn is_same_literal(a: &Text, b: &Text) -> bool {
    matches!((a.as_literal(), b.as_literal()), (Some(a), Some(b)) if a == b)
}
