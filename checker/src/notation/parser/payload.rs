//! What is sent: JSON templates, text, bytes and frames made by hand.

use super::cursor::{Cursor, Parsed};
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    BytesSource, Frame, FramePayload, Opcode, Payload, Span, Spanned, Template, TemplateNode,
    TextSource,
};
use crate::notation::diagnostic::Diagnostic;

pub(super) const OPCODES: [&str; 6] = ["text", "binary", "continuation", "close", "ping", "pong"];
pub(super) const FLAGS: [&str; 4] = ["more", "rsv", "unmasked", "claims"];
const HOLES: [&str; 7] = [
    "any",
    "string",
    "number",
    "integer",
    "boolean",
    "timestamp",
    "uuid",
];

impl Cursor<'_> {
    /// What stands behind `->`.
    pub(super) fn payload(&mut self) -> Parsed<Payload> {
        match self.peek().and_then(Token::word) {
            Some("frame") => {
                self.bump();
                Ok(Payload::Frame(self.frame()?))
            }
            _ => self.body_or(&["text", "bytes", "frame"]),
        }
    }

    /// The body of a request.
    pub(super) fn body(&mut self) -> Parsed<Payload> {
        self.body_or(&["text", "bytes"])
    }

    fn body_or(&mut self, kinds: &[&str]) -> Parsed<Payload> {
        match self.peek().and_then(Token::word) {
            Some("text") => {
                self.bump();
                Ok(Payload::Text(self.text_source()?))
            }
            Some("bytes") => {
                self.bump();
                Ok(Payload::Bytes(self.bytes_source()?))
            }
            _ => Ok(Payload::Json(self.template_or(kinds)?)),
        }
    }

    /// `"…"` or `$x`.
    pub(super) fn text_source(&mut self) -> Parsed<TextSource> {
        if let Some(text) = self.eat_string() {
            return Ok(TextSource::Text(text.clone()));
        }
        match self.eat_variable() {
            Some(variable) => Ok(TextSource::Variable(variable)),
            None => Err(self.string_or_variable("a string or a variable")),
        }
    }

    /// `$x` or `hex "…"`.
    pub(super) fn bytes_source(&mut self) -> Parsed<BytesSource> {
        if let Some(variable) = self.eat_variable() {
            return Ok(BytesSource::Variable(variable));
        }
        if self.at_word("hex") {
            return Ok(BytesSource::Hex(self.hex()?));
        }
        let diagnostic = self.unexpected("`hex` or a variable", &["hex"]);
        Err(match self.peek() {
            Some(Token {
                kind: TokenKind::String(_),
                ..
            }) => diagnostic.help("write `hex \"…\"` for bytes, or `text \"…\"` for a text"),
            Some(token) if !self.is_before_string() && token.word().is_some() => {
                let name = token.word().unwrap_or_default();
                diagnostic.help(format!("write `${name}`, or `hex \"…\"`"))
            }
            _ => diagnostic.help("write a variable, or `hex \"…\"`"),
        })
    }

    fn is_before_string(&self) -> bool {
        matches!(
            self.peek_at(1),
            Some(Token {
                kind: TokenKind::String(_),
                ..
            })
        )
    }

    fn string_or_variable(&self, what: &str) -> Diagnostic {
        let diagnostic = self.unexpected(what, &[]);
        match self.peek().and_then(Token::word) {
            Some(word) => diagnostic.help(format!(
                "write `${word}` for the variable, or `\"{word}\"` for the text"
            )),
            None => diagnostic.help("write `\"…\"`, or a variable"),
        }
    }

    /// `hex "f09f"`; the next token is `hex`.
    pub(super) fn hex(&mut self) -> Parsed<Vec<u8>> {
        self.bump();
        let Some(text) = self.eat_string() else {
            return Err(self
                .unexpected("a string of hexadecimal digits", &[])
                .help("write `hex \"f09f\"`, say"));
        };
        let error = |label: &str, help: &str| {
            Err(Diagnostic::error(
                "not a string of hexadecimal digits",
                text.span.clone(),
                label,
            )
            .help(help))
        };
        let Some(digits) = text.as_literal() else {
            return error("a variable cannot stand here", "write the digits out");
        };
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return error(
                "something else than `0` to `9` and `a` to `f`",
                "write digits only: `hex \"f09f\"`, say",
            );
        }
        if !digits.len().is_multiple_of(2) {
            return error("an odd number of digits", "a byte has two digits");
        }
        let bytes = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16));
        Ok(bytes.map(Result::unwrap_or_default).collect())
    }

    /// What stands behind `frame`.
    pub(super) fn frame(&mut self) -> Parsed<Frame> {
        let opcode = self.opcode()?;
        let mut frame = Frame {
            opcode,
            more: false,
            rsv: None,
            unmasked: false,
            claims: None,
            payload: FramePayload::Empty,
        };
        while let Some(flag) = self
            .peek()
            .and_then(Token::word)
            .filter(|word| FLAGS.contains(word))
        {
            let again = match flag {
                "more" => frame.more,
                "rsv" => frame.rsv.is_some(),
                "unmasked" => frame.unmasked,
                _ => frame.claims.is_some(),
            };
            if again {
                return Err(
                    Diagnostic::error(format!("`{flag}` twice"), self.here(), "again")
                        .help("remove it"),
                );
            }
            self.bump();
            match flag {
                "more" => frame.more = true,
                "rsv" => frame.rsv = Some(self.small_number("a reserved bit", 1, 3)?),
                "unmasked" => frame.unmasked = true,
                _ => frame.claims = Some(self.size()?),
            }
        }
        frame.payload = self.frame_payload(&FLAGS)?;
        Ok(frame)
    }

    /// `"…"`, `hex "…"`, `$x` or nothing. `words` may stand before it.
    pub(super) fn frame_payload(&mut self, words: &[&str]) -> Parsed<FramePayload> {
        if let Some(text) = self.eat_string() {
            return Ok(FramePayload::Text(text.clone()));
        }
        if let Some(variable) = self.eat_variable() {
            return Ok(FramePayload::Variable(variable));
        }
        match self.peek() {
            Some(token) if token.word() == Some("hex") => Ok(FramePayload::Hex(self.hex()?)),
            Some(token)
                if token
                    .word()
                    .is_some_and(|word| !matches!(word, "within" | "exactly" | "while")) =>
            {
                let mut words = words.to_vec();
                words.push("hex");
                Err(self.unexpected("an option of a frame", &words))
            }
            _ => Ok(FramePayload::Empty),
        }
    }

    pub(super) fn opcode(&mut self) -> Parsed<Opcode> {
        let opcode = match self.peek().and_then(Token::word) {
            Some("text") => Opcode::Text,
            Some("binary") => Opcode::Binary,
            Some("continuation") => Opcode::Continuation,
            Some("close") => Opcode::Close,
            Some("ping") => Opcode::Ping,
            Some("pong") => Opcode::Pong,
            Some(_) => return Err(self.unexpected("an opcode", &OPCODES)),
            None => {
                return match self.peek() {
                    Some(Token { kind: TokenKind::Number(_) | TokenKind::Variable(_), .. }) => {
                        self.small_number("an opcode", 0, 15).map(Opcode::Number)
                    }
                    _ => Err(self
                        .unexpected("an opcode", &OPCODES)
                        .help("write `text`, `binary`, `continuation`, `close`, `ping`, `pong` or a number")),
                };
            }
        };
        self.bump();
        Ok(opcode)
    }

    /// JSON with variables in it.
    pub(super) fn template(&mut self) -> Parsed<Template> {
        self.template_or(&[])
    }

    pub(super) fn template_or(&mut self, kinds: &[&str]) -> Parsed<Template> {
        let start = self.here().start;
        let node = self.template_node(kinds)?;
        if let Some(token) = self
            .peek()
            .filter(|token| token.is_symbol("|") || token.is_symbol(".."))
        {
            return Err(Diagnostic::error(
                format!("{} in what is sent", token.describe()),
                token.span.clone(),
                "cannot be sent",
            )
            .help("write one value"));
        }
        Ok(Spanned::new(node, start..self.end_of_last()))
    }

    fn template_node(&mut self, kinds: &[&str]) -> Parsed<TemplateNode> {
        if let Some(number) = self.eat_number()? {
            return Ok(TemplateNode::Number(number));
        }
        if let Some(text) = self.eat_string() {
            return Ok(TemplateNode::String(text.clone()));
        }
        if let Some(variable) = self.eat_variable() {
            return Ok(TemplateNode::Variable(variable));
        }
        if self.at_symbol("{") {
            let (members, rest) = self.nested(|cursor| cursor.members(Self::template))?;
            return match rest {
                Some(span) => Err(cannot_be_sent("`...`", span)),
                None => Ok(TemplateNode::Object(members)),
            };
        }
        if self.at_symbol("[") {
            return Ok(TemplateNode::Array(
                self.nested(|cursor| cursor.items(Self::template))?,
            ));
        }
        let node = match self.peek().and_then(Token::word) {
            Some("null") => TemplateNode::Null,
            Some("true") => TemplateNode::Bool(true),
            Some("false") => TemplateNode::Bool(false),
            _ => return Err(self.not_sendable(kinds)),
        };
        self.bump();
        Ok(node)
    }

    fn not_sendable(&self, kinds: &[&str]) -> Diagnostic {
        let here = self.here();
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(word))
                if HOLES.contains(&word.as_str()) || word == "unordered" =>
            {
                cannot_be_sent(&format!("`{word}`"), here)
            }
            Some(TokenKind::Regex(_)) => cannot_be_sent("a regular expression", here),
            Some(TokenKind::Symbol(symbol @ ("..." | ">" | ">=" | "<" | "<="))) => {
                cannot_be_sent(&format!("`{symbol}`"), here)
            }
            _ => {
                let mut words = kinds.to_vec();
                words.extend(["null", "true", "false"]);
                self.unknown_value("a value", &words)
            }
        }
    }
}

fn cannot_be_sent(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        format!("{what} in what is sent"),
        span,
        "is a pattern, and cannot be sent",
    )
    .help("write a value, or a variable that has one")
}
