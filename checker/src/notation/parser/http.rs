//! Requests and upgrades: paths, headers, expected responses.

use super::cursor::{Cursor, Parsed};
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    Client, Connect, Request, Response, Span, Spanned, Statement, Text, TextPart,
};
use crate::notation::diagnostic::Diagnostic;

impl Cursor<'_> {
    /// What stands behind `NAME connects`.
    pub(super) fn connect(&mut self, client: Client) -> Parsed<Statement> {
        self.opening(client, "connects", "/ws")
            .map(Statement::Connect)
    }

    /// What stands behind `NAME listens`.
    pub(super) fn listen(&mut self, client: Client) -> Parsed<Statement> {
        self.opening(client, "listens", "/events")
            .map(Statement::Listen)
    }

    fn opening(&mut self, client: Client, verb: &str, example: &str) -> Parsed<Connect> {
        let path = self.expect_path(example)?;
        let headers = self.headers()?;
        let refusal = self.response()?;
        if self.at_word("within") {
            return Err(Diagnostic::error(
                format!("`within` on `{verb}`"),
                self.here(),
                "a connection is opened at once",
            )
            .help("remove it"));
        }
        self.finish(if refusal.is_some() {
            &[]
        } else {
            &["with header"]
        })?;
        Ok(Connect {
            client,
            path,
            headers,
            refusal,
        })
    }

    /// What stands behind `NAME METHOD`.
    pub(super) fn request(&mut self, client: Client, method: Spanned<String>) -> Parsed<Statement> {
        let request = self.request_head(client, method)?;
        let response = self.response()?;
        let within_span = self.here();
        let within = self.within()?;
        self.finish(match (&response, &within) {
            (None, _) => &["with header"],
            (Some(_), None) => &["within"],
            _ => &[],
        })?;
        let name = request.method.node.as_str();
        if let Some(expected) = response
            .as_ref()
            .and_then(|response| response.body.as_ref())
            && name == "HEAD"
        {
            return Err(Diagnostic::error(
                "a body expected from `HEAD`",
                expected.span(),
                "a response to `HEAD` has none (RFC 9110, section 9.3.2)",
            )
            .help("remove it, or write `GET`"));
        }
        if within.is_some() && name != "GET" {
            return Err(Diagnostic::error(
                format!("`within` on `{name}`"),
                within_span,
                "only a `GET` may be asked again",
            )
            .help("remove it, or ask for the result with a `GET` on the next line"));
        }
        if within.is_some() && response.is_none() {
            return Err(Diagnostic::error(
                "`within` without `=>`",
                within_span,
                "nothing to wait for",
            )
            .help("write which response is right: `=> 200`, say"));
        }
        Ok(Statement::Request(Request {
            response,
            within,
            ..request
        }))
    }

    /// `PATH [BODY] [with header "…"]…`.
    pub(super) fn request_head(
        &mut self,
        client: Client,
        method: Spanned<String>,
    ) -> Parsed<Request> {
        let path = self.expect_path("/api/rooms")?;
        let start = self.here().start;
        let body = if self.at_body() {
            Some(self.body()?)
        } else {
            None
        };
        let name = method.node.as_str();
        if body.is_some() && matches!(name, "GET" | "HEAD") {
            return Err(Diagnostic::error(
                format!("a body on `{name}`"),
                start..self.end_of_last(),
                "means nothing here (RFC 9110, section 9.3)",
            )
            .help("put it into the query, or write another method; a body that is expected stands behind `=> 200`"));
        }
        let headers = self.headers()?;
        Ok(Request {
            client,
            method,
            path,
            body,
            headers,
            response: None,
            within: None,
        })
    }

    pub(super) fn expect_path(&mut self, example: &str) -> Parsed<Text> {
        match self.peek() {
            Some(Token {
                kind: TokenKind::Path(path),
                ..
            }) => {
                self.bump();
                Ok(path.clone())
            }
            Some(Token {
                kind: TokenKind::Word(word),
                ..
            }) if !matches!(word.as_str(), "with" | "to" | "via") => Err(self
                .unexpected("a path", &[])
                .help(format!("write `/{word}`: a path begins with a slash"))),
            Some(Token {
                kind: TokenKind::String(text),
                ..
            }) => {
                let path = text
                    .as_literal()
                    .filter(|path| path.starts_with('/'))
                    .unwrap_or(example);
                Err(self
                    .unexpected("a path", &[])
                    .help(format!("write `{path}`, without quotes")))
            }
            _ => Err(self
                .unexpected("a path", &[])
                .help(format!("write `{example}`, say"))),
        }
    }

    /// Whether the next token is none of those that stand behind the body.
    fn at_body(&self) -> bool {
        match self.peek().map(|token| &token.kind) {
            None => false,
            Some(TokenKind::Symbol(symbol)) => matches!(*symbol, "{" | "["),
            Some(TokenKind::Word(word))
                if matches!(word.as_str(), "with" | "within" | "to" | "via") =>
            {
                false
            }
            Some(TokenKind::Word(word)) => {
                // A misspelt `with` stands before `header`; all other words are taken for a misspelt body.
                matches!(word.as_str(), "text" | "bytes")
                    || !self
                        .peek_at(1)
                        .and_then(Token::word)
                        .is_some_and(|word| word.starts_with("head"))
                        && super::suggest::nearest(word, &["with", "within"]).is_empty()
            }
            Some(_) => true,
        }
    }

    /// Any number of `with header "…"`.
    fn headers(&mut self) -> Parsed<Vec<Text>> {
        let mut headers = Vec::new();
        loop {
            if let Some(word) = self
                .peek()
                .and_then(Token::word)
                .filter(|word| matches!(*word, "to" | "via"))
            {
                return Err(Diagnostic::error(
                    format!("`{word}` is reserved"),
                    self.here(),
                    "for pages that this version cannot grade yet",
                )
                .help("remove it; there is one server, spoken to in plain WebSocket messages"));
            }
            if self.eat_word("with").is_none() {
                return Ok(headers);
            }
            self.expect_word("header")?;
            let Some(header) = self.eat_string() else {
                return Err(self
                    .unexpected("a string", &[])
                    .help("write the header in double quotes: `with header \"Origin: https://example.org\"`"));
            };
            check_header(header)?;
            headers.push(header.clone());
        }
    }

    /// `=> 400 | 422 PATTERN`, if it is there.
    fn response(&mut self) -> Parsed<Option<Response>> {
        if self.eat_symbol("=>").is_none() {
            if let Some(token) = self.peek().filter(|token| {
                token.is_symbol("=")
                    || token.is_symbol("->")
                    || token.is_symbol(">=")
                    || token.is_symbol(">")
            }) {
                return Err(Diagnostic::error(
                    format!("expected `=>`, found {}", token.describe()),
                    token.span.clone(),
                    "not the arrow before a status",
                )
                .help("write `=>`"));
            }
            return Ok(None);
        }
        self.expected_response().map(Some)
    }

    /// `400 | 422 PATTERN`.
    pub(super) fn expected_response(&mut self) -> Parsed<Response> {
        let mut statuses = vec![self.status()?];
        while self.eat_symbol("|").is_some() {
            statuses.push(self.status()?);
        }
        if self.at_word("with") {
            return Err(Diagnostic::error(
                "`with header` behind `=>`",
                self.here(),
                "belongs to the request",
            )
            .help("write `with header \"…\"` before `=>`"));
        }
        let at_end = match self.peek() {
            None => true,
            Some(token) => {
                token.is_symbol(":")
                    || token
                        .word()
                        .is_some_and(|word| super::suggest::is_near(word, "within"))
            }
        };
        let body = if at_end {
            None
        } else {
            Some(self.message_pattern(&[])?)
        };
        Ok(Response { statuses, body })
    }

    pub(super) fn status(&mut self) -> Parsed<Spanned<u16>> {
        let help = "write a status from 100 to 599: `=> 401`, say";
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self.unexpected("a status", &[]).help(help));
        };
        let status = number
            .parse()
            .ok()
            .filter(|status| (100..=599).contains(status))
            .ok_or_else(|| {
                Diagnostic::error(
                    format!("`{number}` is not a status"),
                    span.clone(),
                    "not from 100 to 599",
                )
                .help(help)
            })?;
        self.bump();
        Ok(Spanned::new(status, span.clone()))
    }
}

impl crate::notation::ast::MessagePattern {
    /// Where it stands.
    fn span(&self) -> Span {
        match self {
            Self::Json(pattern) => pattern.span.clone(),
            Self::Text(text) => text.span.clone(),
            Self::Bytes(bytes) => bytes.span.clone(),
            Self::Frame(frame) => frame.span.clone(),
            Self::Event(event) => event.span.clone(),
        }
    }
}

/// A header is `Name: value`, its name written out.
fn check_header(header: &Text) -> Parsed<()> {
    let error = |label: &str, help: &str| {
        Err(Diagnostic::error("not a header", header.span.clone(), label).help(help))
    };
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let name = match header.parts.first() {
        Some(TextPart::Literal(literal)) => literal.split_once(':').map(|(name, _)| name),
        _ => None,
    };
    match name {
        Some(name) if !name.is_empty() && name.chars().all(is_token) => {}
        _ => {
            return error(
                "expected `Name: value`",
                "write `with header \"Origin: https://example.org\"`, say",
            );
        }
    }
    let has_control = header.parts.iter().any(
        |part| matches!(part, TextPart::Literal(literal) if literal.chars().any(char::is_control)),
    );
    if has_control {
        return error(
            "a control character",
            "a header is one line of visible characters",
        );
    }
    Ok(())
}
