//! Lines of pages whose submission is a client: what the scripted server does, and what the client under test is given and
//! shows.

use super::cursor::{Cursor, Parsed};
use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    Client, ClientName, MessagePattern, Requested, Span, Spanned, Statement, TextPattern,
};
use crate::notation::diagnostic::Diagnostic;

/// What a scripted server does, and no client.
pub(super) const SERVER_VERBS: [&str; 1] = ["accepts"];
/// What both a scripted server and a scripted client do.
const SHARED_VERBS: [&str; 5] = ["closes", "drops", "never", "stalls", "resumes"];
/// All that a scripted server does.
const ALL_VERBS: [&str; 10] = [
    "accepts", "->", "<-", "=>", "closes", "drops", "is", "never", "stalls", "resumes",
];
/// What becomes of it, besides its connection's end.
const STATES: [&str; 4] = ["closed", "dropped", "down", "up"];
/// What the client under test does.
pub(super) const CLIENT_VERBS: [&str; 3] = ["types", "prints", "exits"];
/// The methods of HTTP that a scripted server can tell from the beginning of a pattern.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl Cursor<'_> {
    /// What stands behind `server`.
    pub(super) fn server_line(&mut self, span: Span) -> Parsed<Statement> {
        let server: Client = Spanned::new(ClientName::server(), span);
        if let Some(token) = self.peek()
            && matches!(token.kind, TokenKind::Number(_))
        {
            return Err(Diagnostic::error(
                "several servers",
                token.span.clone(),
                "for pages that this version cannot grade yet",
            )
            .help(
                "remove the line; where the submission is a client, the script plays one `server`",
            ));
        }
        match self.peek().and_then(Token::word) {
            Some("accepts") => {
                self.bump();
                let within = self.within()?;
                self.finish(if within.is_some() { &[] } else { &["within"] })?;
                Ok(Statement::Accept { server, within })
            }
            Some("is") => {
                let state = self.peek_at(1).and_then(Token::word).unwrap_or_default();
                match state {
                    "down" | "up" => {
                        self.bump();
                        self.bump();
                        self.finish(&[])?;
                        Ok(match state {
                            "down" => Statement::Down { server },
                            _ => Statement::Up { server },
                        })
                    }
                    "closed" | "dropped" => self.client_line(server),
                    _ => {
                        self.bump();
                        Err(self.unexpected("a state", &STATES))
                    }
                }
            }
            Some("connects") => Err(Diagnostic::error(
                "a server that connects",
                self.here(),
                "the client under test does",
            )
            .help("write `accepts`: the script plays the server")),
            Some(word) if METHODS.contains(&word) => Err(Diagnostic::error(
                format!("unknown verb `{word}`"),
                self.here(),
                "not what a server does",
            )
            .help(format!(
                "write `server <- {word} …`: the client under test asks, and `server => 200` answers"
            ))),
            _ if self.is_misspelt_answer() => Err(self.unexpected("`=>`", &["=>"])),
            _ if self.at_symbol("=>") => {
                self.bump();
                self.respond(server)
            }
            _ if self.at_symbol("<-") && self.is_request() => {
                self.bump();
                self.requested(server)
            }
            Some(word) if !SHARED_VERBS.contains(&word) => {
                let near = suggest::nearest(word, &ALL_VERBS);
                let words = if near.is_empty() { &ALL_VERBS[..] } else { &near };
                Err(Diagnostic::error(
                    format!("unknown verb `{word}`"),
                    self.here(),
                    "not what a server does",
                )
                .help(format!("write {}", suggest::list(words))))
            }
            None if self.peek().is_none() => Err(Diagnostic::error(
                "a server without a verb",
                self.here(),
                "expected a verb",
            )
            .help(format!("write {}", suggest::list(&ALL_VERBS)))),
            _ => self.client_line(server),
        }
    }

    /// Whether a status stands behind what is no arrow.
    fn is_misspelt_answer(&self) -> bool {
        let is_status = matches!(
            self.peek_at(1).map(|token| &token.kind),
            Some(TokenKind::Number(_))
        );
        let signs = ["=", ">", ">="];
        is_status && signs.iter().any(|sign| self.at_symbol(sign))
    }

    /// Whether a method stands behind the arrow.
    fn is_request(&self) -> bool {
        self.peek_at(1).and_then(Token::word).is_some_and(|word| {
            METHODS.contains(&word)
                || word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase())
        })
    }

    /// What stands behind `server <-` when it is a plain request.
    fn requested(&mut self, server: Client) -> Parsed<Statement> {
        let Some(Token {
            kind: TokenKind::Word(method),
            span,
        }) = self.peek()
        else {
            return Err(self.unexpected("a method", &METHODS));
        };
        if !METHODS.contains(&method.as_str()) && !suggest::nearest(method, &METHODS).is_empty() {
            return Err(self.unexpected("a method", &METHODS));
        }
        let method = Spanned::new(method.clone(), span.clone());
        self.bump();
        let path = self.expect_path("/api/operations")?;
        let body = match self.peek() {
            None => None,
            Some(token)
                if token
                    .word()
                    .is_some_and(|word| suggest::is_near(word, "within")) =>
            {
                None
            }
            Some(_) => Some(self.message_pattern(&[])?),
        };
        if let Some(MessagePattern::Frame(frame)) = &body {
            return Err(Diagnostic::error(
                "a frame as the body of a request",
                frame.span.clone(),
                "HTTP has no frames",
            )
            .help("write JSON, `text …` or `bytes …`"));
        }
        let within = self.within()?;
        self.finish(if within.is_some() { &[] } else { &["within"] })?;
        Ok(Statement::Requested(Requested {
            server,
            method,
            path,
            body,
            within,
        }))
    }

    /// What stands behind `server =>`.
    fn respond(&mut self, server: Client) -> Parsed<Statement> {
        let start = self.here();
        let status = self.status()?;
        if status.node < 200 {
            return Err(Diagnostic::error(
                format!("`{}` answers nothing", status.node),
                start,
                "an interim status (RFC 9110, section 15.2)",
            )
            .help("write a status from 200 to 599"));
        }
        let body = match self.peek() {
            None => None,
            Some(_) => Some(self.body()?),
        };
        self.finish(&[])?;
        Ok(Statement::Respond {
            server,
            status,
            body,
        })
    }

    /// What stands behind `client`.
    pub(super) fn driven_client(&mut self) -> Parsed<Statement> {
        if self.eat_word("types").is_some() {
            let text = self.text_source()?;
            self.finish(&[])?;
            return Ok(Statement::Type { text });
        }
        if self.eat_word("prints").is_some() {
            let start = self.here().start;
            let pattern = match self.eat_regex()? {
                Some(regex) => TextPattern::Regex(regex),
                None => match self.text_source() {
                    Ok(source) => TextPattern::Exactly(source),
                    Err(_) => {
                        return Err(self.unexpected("a line", &[]).help(
                            "write a regular expression or the whole line: \
                             `client prints /welcome/` or `client prints \"welcome\"`",
                        ));
                    }
                },
            };
            let pattern = Spanned::new(pattern, start..self.end_of_last());
            let within = self.within()?;
            self.finish(if within.is_some() { &[] } else { &["within"] })?;
            return Ok(Statement::Print { pattern, within });
        }
        if self.eat_word("exits").is_some() {
            let status = self.exit_status()?;
            let within = self.within()?;
            self.finish(if within.is_some() { &[] } else { &["within"] })?;
            return Ok(Statement::Exit { status, within });
        }
        let diagnostic = self.unexpected("a verb", &CLIENT_VERBS);
        Err(match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Symbol("->" | "<-")) => diagnostic.help(
                "write `server <- …` for what the client sends, and `server -> …` for what it gets",
            ),
            _ => diagnostic,
        })
    }

    fn exit_status(&mut self) -> Parsed<Spanned<u8>> {
        let help = "write the status of its process, from 0 to 255: `client exits 0`";
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self.unexpected("an exit status", &[]).help(help));
        };
        let status = number.parse().map_err(|_| {
            Diagnostic::error(
                format!("`{number}` is not an exit status"),
                span.clone(),
                "not from 0 to 255",
            )
            .help(help)
        })?;
        self.bump();
        Ok(Spanned::new(status, span.clone()))
    }

    /// What stands behind `nothing`.
    pub(super) fn nothing_connects(&mut self) -> Parsed<Statement> {
        let in_full =
            |diagnostic: Diagnostic| diagnostic.help("write `nothing connects for 1s`, say");
        self.expect_word("connects").map_err(in_full)?;
        self.expect_word("for").map_err(in_full)?;
        let duration = self.duration()?;
        self.finish(&[])?;
        Ok(Statement::NothingConnects { duration })
    }
}

/// Which of `server`, `client` and `nothing` a misspelt first word was, judged by the verb behind it.
pub(super) fn meant_by_its_verb(
    first: &str,
    verb: &Token,
    after: Option<&Token>,
) -> Option<&'static str> {
    let verb = verb.word()?;
    let after = after.and_then(Token::word);
    let meant =
        if SERVER_VERBS.contains(&verb) || verb == "is" && matches!(after, Some("down" | "up")) {
            "server"
        } else if CLIENT_VERBS.contains(&verb) {
            "client"
        } else if verb == "connects" && after == Some("for") {
            "nothing"
        } else {
            return None;
        };
    suggest::is_near(first, meant).then_some(meant)
}
