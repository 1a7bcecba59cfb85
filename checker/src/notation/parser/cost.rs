//! `measure "…" of NAME with N messages [at most N bytes each]:`.

use super::cursor::{Cursor, Parsed};
use super::statement;
use super::token::{Token, TokenKind};
use crate::notation::ast::{Measure, Script, Spanned, Statement};
use crate::notation::diagnostic::Diagnostic;

impl Cursor<'_> {
    /// What stands behind `measure`.
    pub(super) fn measure(&mut self) -> Parsed<Statement> {
        let span = self.here();
        let help = "name what is measured: `measure \"polling\" of alice with 20 messages:`, say";
        let Some(name) = self.eat_string() else {
            return Err(self.unexpected("a name in quotes", &[]).help(help));
        };
        let name = match name.as_literal() {
            Some(name) if !name.trim().is_empty() => Spanned::new(name.to_owned(), span),
            Some(_) => {
                return Err(Diagnostic::error("an empty name", span, "names nothing").help(help));
            }
            None => {
                return Err(Diagnostic::error(
                    "a variable in the name of a measurement",
                    span,
                    "would be another name in each run",
                )
                .help("write it out; `$${` is the text `${`"));
            }
        };
        self.expect_word("of")?;
        let client = match self.peek() {
            Some(token) if token.word().is_some() => {
                let client = statement::client(token.word().unwrap_or_default(), &token.span)?;
                self.bump();
                client
            }
            _ => {
                return Err(self
                    .unexpected("a client's name", &[])
                    .help("write whose requests and bytes are counted: `of alice`, say"));
            }
        };
        self.expect_word("with")?;
        let messages = self.count("messages")?;
        if self.eat_word("message").is_none() {
            self.expect_word("messages")?;
        }
        let at_most = if self.at_word("at") {
            self.bump();
            self.expect_word("most")?;
            let bytes = self.count("bytes")?;
            self.expect_word("bytes")?;
            self.expect_word("each")?;
            Some(bytes)
        } else {
            if self.peek().is_some_and(|token| token.word().is_some()) {
                return Err(self.unexpected("`at most` or `:`", &["at most", ":"]));
            }
            None
        };
        self.colon()?;
        Ok(Statement::Measure(Measure {
            name,
            client,
            messages,
            at_most,
            body: Script::default(),
        }))
    }

    /// A whole number above zero.
    fn count(&mut self, of: &str) -> Parsed<u32> {
        let help = format!("write a whole number above 0: `20 {of}`, say");
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self
                .unexpected(&format!("a number of {of}"), &[])
                .help(help));
        };
        let count = number.parse().ok().filter(|count| *count > 0);
        let count = count.ok_or_else(|| {
            Diagnostic::error(
                format!("`{number}` is not a number of {of}"),
                span.clone(),
                "not a whole number above 0",
            )
            .help(help)
        })?;
        self.bump();
        Ok(count)
    }
}
