//! What is expected: patterns of messages and of the JSON in them.

use serde_json::Number;

use super::cursor::{Cursor, Parsed};
use super::payload::{FLAGS, OPCODES};
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    ArrayPattern, Comparison, Frame, Hole, MessagePattern, ObjectPattern, Opcode, Pattern,
    PatternNode, Regex, Rest, Span, Spanned, TextPattern,
};
use crate::notation::diagnostic::Diagnostic;

/// The words of a JSON pattern.
const WORDS: [&str; 11] = [
    "any",
    "string",
    "number",
    "integer",
    "boolean",
    "timestamp",
    "uuid",
    "null",
    "true",
    "false",
    "unordered",
];

/// The words that choose another kind of message.
const KINDS: [&str; 4] = ["text", "bytes", "frame", "event"];

/// An item of an array pattern.
enum Item {
    Pattern(Pattern),
    Rest(Rest, Span),
}

impl Cursor<'_> {
    /// What stands behind `<-` or a status. `words` may stand before it (`next`).
    pub(super) fn message_pattern(&mut self, words: &[&'static str]) -> Parsed<MessagePattern> {
        let start = self.here().start;
        match self.peek().and_then(Token::word) {
            Some("text") => {
                self.bump();
                let text = match self.eat_regex()? {
                    Some(regex) => TextPattern::Regex(regex),
                    None => TextPattern::Exactly(self.text_source()?),
                };
                Ok(MessagePattern::Text(Spanned::new(
                    text,
                    start..self.end_of_last(),
                )))
            }
            Some("bytes") => {
                self.bump();
                let bytes = self.bytes_source()?;
                Ok(MessagePattern::Bytes(Spanned::new(
                    bytes,
                    start..self.end_of_last(),
                )))
            }
            Some("frame") => {
                self.bump();
                let frame = self.awaited_frame()?;
                Ok(MessagePattern::Frame(Spanned::new(
                    frame,
                    start..self.end_of_last(),
                )))
            }
            Some("event") => {
                self.bump();
                let event = self.event_pattern()?;
                Ok(MessagePattern::Event(Spanned::new(
                    event,
                    start..self.end_of_last(),
                )))
            }
            Some(word) if !WORDS.contains(&word) => {
                let candidates = [words, &KINDS, &WORDS].concat();
                Err(self.unknown_value("a pattern", &candidates))
            }
            _ => self.pattern().map(MessagePattern::Json),
        }
    }

    fn awaited_frame(&mut self) -> Parsed<Frame> {
        let here = self.here();
        let word = self.peek().and_then(Token::word).unwrap_or("ping");
        if !OPCODES.contains(&word) {
            return Err(self.unexpected("a frame to wait for", &["ping", "pong"]));
        }
        let opcode = self.opcode()?;
        if !matches!(opcode, Opcode::Ping | Opcode::Pong) {
            return Err(Diagnostic::error(
                "only pings and pongs can be waited for as frames",
                here,
                "not `ping` or `pong`",
            )
            .help("wait for the message with JSON, `text …` or `bytes …`, for the end with `is closed`"));
        }
        if let Some(flag) = self
            .peek()
            .and_then(Token::word)
            .filter(|word| FLAGS.contains(word))
        {
            return Err(Diagnostic::error(
                format!("`{flag}` in a frame that is waited for"),
                self.here(),
                "only the kind and the payload are compared",
            )
            .help("remove it"));
        }
        let payload = self.frame_payload(&[])?;
        Ok(Frame {
            opcode,
            more: false,
            rsv: None,
            unmasked: false,
            claims: None,
            payload,
        })
    }

    /// A pattern, or several with `|` between them.
    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        let start = self.here().start;
        let first = self.single_pattern()?;
        if !self.at_symbol("|") {
            return Ok(first);
        }
        let mut choices = vec![first];
        while self.eat_symbol("|").is_some() {
            choices.push(self.single_pattern()?);
        }
        Ok(Spanned::new(
            PatternNode::OneOf(choices),
            start..self.end_of_last(),
        ))
    }

    fn single_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.here().start;
        let node = self.pattern_node()?;
        Ok(Spanned::new(node, start..self.end_of_last()))
    }

    fn pattern_node(&mut self) -> Parsed<PatternNode> {
        let start = self.here().start;
        if let Some(number) = self.eat_number()? {
            return self.number_or_range(number, start);
        }
        if let Some(text) = self.eat_string() {
            return Ok(PatternNode::String(text.clone()));
        }
        if let Some(variable) = self.eat_variable() {
            return Ok(PatternNode::Variable(variable));
        }
        if let Some(regex) = self.eat_regex()? {
            return Ok(PatternNode::Regex(regex));
        }
        let operator = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Symbol("{")) => {
                let (members, rest) = self.nested(|cursor| cursor.members(Self::pattern))?;
                return Ok(PatternNode::Object(ObjectPattern {
                    members,
                    open: rest.is_some(),
                }));
            }
            Some(TokenKind::Symbol("[")) => return Ok(PatternNode::Array(self.array_pattern()?)),
            Some(TokenKind::Symbol(">")) => Comparison::Greater,
            Some(TokenKind::Symbol(">=")) => Comparison::GreaterOrEqual,
            Some(TokenKind::Symbol("<")) => Comparison::Less,
            Some(TokenKind::Symbol("<=")) => Comparison::LessOrEqual,
            _ => return self.word_pattern(),
        };
        self.bump();
        match self.eat_number()? {
            Some(bound) => Ok(PatternNode::Comparison { operator, bound }),
            None => Err(self
                .unexpected("a number", &[])
                .help("compare with a number: `> 100`, say")),
        }
    }

    fn word_pattern(&mut self) -> Parsed<PatternNode> {
        let node = match self.peek().and_then(Token::word) {
            Some("null") => PatternNode::Null,
            Some("true") => PatternNode::Bool(true),
            Some("false") => PatternNode::Bool(false),
            Some("any") => PatternNode::Hole(Hole::Any),
            Some("string") => PatternNode::Hole(Hole::String),
            Some("number") => PatternNode::Hole(Hole::Number),
            Some("integer") => PatternNode::Hole(Hole::Integer),
            Some("boolean") => PatternNode::Hole(Hole::Boolean),
            Some("timestamp") => PatternNode::Hole(Hole::Timestamp),
            Some("uuid") => PatternNode::Hole(Hole::Uuid),
            Some("unordered") => {
                self.bump();
                if !self.at_symbol("[") {
                    return Err(self
                        .unexpected("`[`", &[])
                        .help("write `unordered […]`: only arrays have an order"));
                }
                return Ok(PatternNode::Unordered(self.array_pattern()?));
            }
            Some("hex") => {
                return Err(Diagnostic::error(
                    "bytes inside JSON",
                    self.here(),
                    "JSON has no bytes",
                )
                .help("write `bytes hex \"…\"` for a binary message"));
            }
            _ => return Err(self.unknown_value("a pattern", &WORDS)),
        };
        self.bump();
        Ok(node)
    }

    fn number_or_range(&mut self, from: Number, start: usize) -> Parsed<PatternNode> {
        if !self.at_symbol("..") && !self.at_symbol("...") {
            return Ok(PatternNode::Number(from));
        }
        self.dots()?;
        let Some(to) = self.eat_number()? else {
            return Err(self
                .unexpected("a number", &[])
                .help(format!("write `{from}..100`, or `>= {from}`")));
        };
        if from.as_f64() > to.as_f64() {
            return Err(Diagnostic::error(
                "a range that ends before it begins",
                start..self.end_of_last(),
                "no number is in it",
            )
            .help(format!("write `{to}..{from}`")));
        }
        Ok(PatternNode::Range { from, to })
    }

    fn array_pattern(&mut self) -> Parsed<ArrayPattern> {
        let items = self.nested(|cursor| cursor.items(Self::array_item))?;
        let mut array = ArrayPattern {
            before: Vec::new(),
            rest: None,
            after: Vec::new(),
        };
        let mut first: Option<Span> = None;
        for item in items {
            match item {
                Item::Pattern(pattern) if array.rest.is_none() => array.before.push(pattern),
                Item::Pattern(pattern) => array.after.push(pattern),
                Item::Rest(rest, span) => {
                    if let Some(first) = first.replace(span.clone()) {
                        return Err(Diagnostic::error("`...` twice in one array", span, "again")
                            .note(first, "first here")
                            .help("remove one; where the items may stand anywhere, write `unordered [a, b, ...]`"));
                    }
                    array.rest = Some(rest);
                }
            }
        }
        Ok(array)
    }

    fn array_item(&mut self) -> Parsed<Item> {
        let Some(span) = self.eat_symbol("...") else {
            return self.pattern().map(Item::Pattern);
        };
        let count = match self.peek() {
            Some(Token {
                kind: TokenKind::Word(word),
                span,
            }) => {
                let count = word.strip_prefix('x').and_then(|count| count.parse().ok());
                self.bump();
                match count {
                    Some(count) => Some(count),
                    None => {
                        let label = "not how many others";
                        return Err(Diagnostic::error(
                            format!("unexpected `{word}`"),
                            span.clone(),
                            label,
                        )
                        .help("write `... x48` for exactly 48 others, `...` for any number"));
                    }
                }
            }
            Some(Token {
                kind: TokenKind::Number(number),
                span,
            }) => {
                return Err(Diagnostic::error(
                    "a number behind `...`",
                    span.clone(),
                    "not how many others",
                )
                .help(format!("write `... x{number}`")));
            }
            _ => None,
        };
        Ok(Item::Rest(Rest { count }, span.start..self.end_of_last()))
    }

    pub(super) fn eat_regex(&mut self) -> Parsed<Option<Regex>> {
        let Some(Token {
            kind: TokenKind::Regex(source),
            span,
        }) = self.peek()
        else {
            return Ok(None);
        };
        self.bump();
        if source.is_empty() {
            return Err(Diagnostic::error(
                "an empty regular expression",
                span.clone(),
                "matches every string",
            )
            .help("write `string`"));
        }
        match regex_lite::Regex::new(source) {
            Ok(compiled) => Ok(Some(Regex {
                source: source.clone(),
                compiled,
            })),
            Err(error) => Err(Diagnostic::error(
                "a regular expression that does not compile",
                span.clone(),
                error.to_string(),
            )
            .help("its syntax is that of Rust's `regex-lite`; a slash inside is `\\/`")),
        }
    }
}
