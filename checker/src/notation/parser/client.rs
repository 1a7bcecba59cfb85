//! Lines that begin with a client's name.

use super::cursor::{Cursor, Parsed};
use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{Client, CloseCode, Ending, Receive, Script, Spanned, Statement};
use crate::notation::diagnostic::Diagnostic;

/// What a client does, and the usual methods of HTTP.
pub(super) const VERBS: [&str; 16] = [
    "connects", "listens", "closes", "drops", "is", "never", "stalls", "resumes", "asks", "GET",
    "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS",
];

/// How many of [`VERBS`] are not methods.
pub(super) const FIRST_METHOD: usize = 9;

impl Cursor<'_> {
    /// What stands behind a client's name.
    pub(super) fn client_line(&mut self, client: Client) -> Parsed<Statement> {
        let Some(token) = self.bump() else {
            return Err(self.no_verb());
        };
        match &token.kind {
            TokenKind::Symbol("->") => {
                let payload = self.payload()?;
                self.finish(&[])?;
                Ok(Statement::Send { client, payload })
            }
            TokenKind::Symbol("<-") => self.receive(client),
            TokenKind::Symbol(symbol @ ("-" | "<" | "=" | ">" | "=>" | "<=" | ">=")) => {
                let right = if symbol.starts_with('<') { "<-" } else { "->" };
                Err(Diagnostic::error(
                    format!("unknown verb `{symbol}`"),
                    token.span.clone(),
                    "not an arrow",
                )
                .help(format!(
                    "write `{right}`: `->` sends, `<-` waits for a message"
                )))
            }
            TokenKind::Word(verb) => match verb.as_str() {
                "connects" => self.connect(client),
                "closes" => self.close(client),
                "listens" => self.listen(client),
                "asks" => self.ask(client),
                "is" if self.at_word("answered") || self.at_word("not") => self.answered(client),
                "is" => self.closed(client),
                "never" => self.never(client),
                "drops" => self.alone(Statement::Drop { client }),
                "stalls" => self.alone(Statement::Stall { client }),
                "resumes" => self.alone(Statement::Resume { client }),
                method
                    if VERBS[FIRST_METHOD..].contains(&method)
                        || is_other_method(method, self.peek()) =>
                {
                    self.request(client, Spanned::new(method.to_owned(), token.span.clone()))
                }
                _ => Err(unknown_verb(token)),
            },
            _ => Err(unknown_verb(token)),
        }
    }

    fn no_verb(&self) -> Diagnostic {
        Diagnostic::error("a client without a verb", self.here(), "expected a verb")
            .help(verbs_help())
    }

    fn alone(&mut self, statement: Statement) -> Parsed<Statement> {
        self.finish(&[])?;
        Ok(statement)
    }

    fn receive(&mut self, client: Client) -> Parsed<Statement> {
        let next = self.eat_word("next").is_some();
        let pattern = self.message_pattern(if next { &[] } else { &["next"] })?;
        let within = self.within()?;
        let exactly_once = self.exactly_once()?;
        if exactly_once && within.is_none() && self.at_word("within") {
            return Err(Diagnostic::error(
                "`within` behind `exactly once`",
                self.here(),
                "stands before `exactly once`",
            )
            .help("write `within …` first, then `exactly once`"));
        }
        self.finish(match (within.is_some(), exactly_once) {
            (_, true) => &[],
            (true, _) => &["exactly once"],
            _ => &["within", "exactly once"],
        })?;
        Ok(Statement::Receive(Receive {
            client,
            next,
            pattern,
            within,
            exactly_once,
        }))
    }

    fn exactly_once(&mut self) -> Parsed<bool> {
        if self.eat_word("exactly").is_none() {
            return Ok(false);
        }
        self.expect_word("once").map(|_| true)
    }

    /// `NAME never <- PATTERN [while:]`; the block is filled in later.
    fn never(&mut self, client: Client) -> Parsed<Statement> {
        if self.at_symbol("->") {
            return Err(self
                .unexpected("`<-`", &["<-"])
                .help("write `<-`: what never arrives is waited for"));
        }
        self.expect_symbol("<-")?;
        if self.at_word("next") {
            return Err(Diagnostic::error(
                "`next` in a prohibition",
                self.here(),
                "no message may match at all",
            )
            .help("remove `next`"));
        }
        let pattern = self.message_pattern(&[])?;
        if self.at_word("within") {
            return Err(Diagnostic::error(
                "`within` in a prohibition",
                self.here(),
                "it lasts to the end of the check",
            )
            .help("remove it; to end it earlier, write `while:` and indent the lines that it lasts for"));
        }
        if self.at_word("exactly") {
            return Err(Diagnostic::error(
                "`exactly once` in a prohibition",
                self.here(),
                "`never` means not once",
            )
            .help("remove it"));
        }
        let scope = if self.eat_word("while").is_some() {
            self.expect_symbol(":")?;
            Some(Script::default())
        } else {
            None
        };
        self.finish(if scope.is_some() { &[] } else { &["while:"] })?;
        Ok(Statement::Never {
            client,
            pattern,
            scope,
        })
    }

    fn close(&mut self, client: Client) -> Parsed<Statement> {
        let code = match self.peek().map(|token| &token.kind) {
            None => None,
            Some(TokenKind::String(_)) => {
                return Err(Diagnostic::error(
                    "a reason without a code",
                    self.here(),
                    "a close frame has a code first (RFC 6455, section 5.5.1)",
                )
                .help("write the code before it: `closes 1000 \"bye\"`, say"));
            }
            Some(_) => Some(self.close_code()?),
        };
        let reason = self.eat_string().cloned();
        self.finish(&[])?;
        Ok(Statement::Close {
            client,
            code,
            reason,
        })
    }

    fn close_code(&mut self) -> Parsed<CloseCode> {
        if let Some(variable) = self.eat_variable() {
            return Ok(CloseCode::Variable(variable));
        }
        let help = "write a number from 0 to 65535, or a variable";
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self.unexpected("a close code", &[]).help(help));
        };
        let code = number.parse().map_err(|_| {
            Diagnostic::error(
                format!("`{number}` is not a close code"),
                span.clone(),
                "does not fit into 16 bits",
            )
            .help(help)
        })?;
        self.bump();
        Ok(CloseCode::Literal(code))
    }

    /// What stands behind `NAME is`.
    fn closed(&mut self, client: Client) -> Parsed<Statement> {
        let mut expected = Vec::new();
        if self.eat_word("dropped").is_some() {
            expected.push(Ending::Dropped);
        } else if self.eat_word("closed").is_none() {
            return Err(self.unexpected(
                "what becomes of a client",
                &["closed", "dropped", "answered", "not"],
            ));
        } else if self.eat_word("with").is_some() {
            expected.push(self.ending()?);
            while self.eat_symbol("|").is_some() {
                expected.push(self.ending()?);
            }
        }
        let within = self.within()?;
        self.finish(match (expected.is_empty(), within.is_none()) {
            (_, false) => &[],
            (true, true) => &["with", "within"],
            (false, true) => &["within"],
        })?;
        Ok(Statement::Closed {
            client,
            expected,
            within,
        })
    }

    fn ending(&mut self) -> Parsed<Ending> {
        if self.eat_word("dropped").is_some() {
            return Ok(Ending::Dropped);
        }
        if let Some(word) = self.peek().and_then(Token::word) {
            let diagnostic = self.unexpected("`dropped` or a close code", &["dropped"]);
            return Err(if suggest::is_near(word, "dropped") {
                diagnostic
            } else {
                diagnostic.help("write a close code or `dropped`: `with 1013 | dropped`, say")
            });
        }
        self.close_code().map(Ending::Closed)
    }
}

/// A method that no standard page uses, but that is near to none that it does; a path follows it.
pub(super) fn is_other_method(word: &str, next: Option<&Token>) -> bool {
    word.chars().all(|c| c.is_ascii_uppercase())
        && suggest::nearest(word, &VERBS).is_empty()
        && matches!(
            next,
            Some(Token {
                kind: TokenKind::Path(_),
                ..
            })
        )
}

fn unknown_verb(token: &Token) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        format!("unknown verb {}", token.describe()),
        token.span.clone(),
        "not a verb",
    );
    let near = token
        .word()
        .map_or_else(Vec::new, |word| suggest::nearest(word, &VERBS));
    match near.as_slice() {
        [] => diagnostic.help(verbs_help()),
        near => diagnostic.help(format!("write {}", suggest::list(near))),
    }
}

fn verbs_help() -> String {
    let verbs = suggest::list(&VERBS[..FIRST_METHOD]);
    format!("write `->`, `<-`, {verbs}, or a method such as `GET`")
}
