//! Requests that are under way while others act: `asks`, `is answered`, `is not answered while:`.

use super::client::{FIRST_METHOD, VERBS, is_other_method};
use super::cursor::{Cursor, Parsed};
use crate::notation::ast::{Answered, Client, Script, Spanned, Statement};
use crate::notation::diagnostic::Diagnostic;

impl Cursor<'_> {
    /// What stands behind `NAME asks`.
    pub(super) fn ask(&mut self, client: Client) -> Parsed<Statement> {
        let methods = &VERBS[FIRST_METHOD..];
        let Some((method, span)) = self
            .peek()
            .and_then(|token| Some((token.word()?, token.span.clone())))
            .filter(|(word, _)| methods.contains(word) || is_other_method(word, self.peek_at(1)))
        else {
            return Err(self.unexpected("a method", methods));
        };
        let method = Spanned::new(method.to_owned(), span);
        self.bump();
        let request = self.request_head(client, method)?;
        if self.at_symbol("=>") || self.at_word("within") {
            return Err(Diagnostic::error(
                "an answer on `asks`",
                self.here(),
                "comes later",
            )
            .help(format!(
                "write it on a line below: `{} is answered 200`, say; without `asks` the line waits for it",
                request.client.node
            )));
        }
        self.finish(&["with header"])?;
        Ok(Statement::Ask(request))
    }

    /// What stands behind `NAME is`, when it is about an answer.
    pub(super) fn answered(&mut self, client: Client) -> Parsed<Statement> {
        if self.eat_word("not").is_some() {
            self.expect_word("answered")?;
            if self.peek().is_none() {
                return Err(Diagnostic::error(
                    "`is not answered` without `while:`",
                    self.here(),
                    "until when?",
                )
                .help("write `while:`, and indent the lines that it lasts for"));
            }
            self.expect_word("while")?;
            self.colon()?;
            return Ok(Statement::NotAnswered {
                client,
                scope: Script::default(),
            });
        }
        self.expect_word("answered")?;
        if self.peek().is_none_or(|token| token.word().is_some()) {
            return Err(self
                .unexpected("a status", &[])
                .help("write which answer is right: `is answered 200`, say"));
        }
        let response = self.expected_response()?;
        let within = self.within()?;
        self.finish(if within.is_some() { &[] } else { &["within"] })?;
        Ok(Statement::Answered(Answered {
            client,
            response,
            within,
        }))
    }
}
