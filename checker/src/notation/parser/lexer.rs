//! Characters to tokens.

use std::ops::Range;

use super::source::Source;
use super::string::{is_name, name_help};
use super::token::{SYMBOLS, Token, TokenKind};
use crate::notation::ast::{Span, Spanned};
use crate::notation::diagnostic::Diagnostic;

/// What people write for a sign, and what to say of it; longer ones before those that they begin with.
const WRONG_SIGNS: [(&str, &str); 14] = [
    (">-", "write `->`"),
    ("- >", "write `->`"),
    ("-->", "write `->`"),
    ("--", "write `->`"),
    ("-<", "write `<-`"),
    ("-", "write `->` to send, `<-` to wait for a message"),
    ("→", "write `->`"),
    ("←", "write `<-`"),
    ("⇒", "write `=>`"),
    ("…", "write `...`"),
    (".", "write `..` in a range, `...` for what else there is"),
    ("(", "write `[` or `{`"),
    (")", "write `]` or `}`"),
    (";", "write `,`, or begin a line"),
];

/// A place in the text of a transcript.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    source: &'a Source<'a>,
    pub(super) text: &'a str,
    /// In bytes of `text`, between two characters.
    pub(super) position: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            text: &source.text,
            position: 0,
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) {
        self.position += self.peek().map_or(0, char::len_utf8);
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.source.span(range)
    }

    /// Skips what stands between two tokens of a line.
    pub(super) fn skip_spaces(&mut self) {
        while self.peek().is_some_and(|c| c != '\n' && c.is_whitespace()) {
            self.bump();
        }
    }

    pub(super) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !accept(c)).unwrap_or(rest.len())];
        self.position += taken.len();
        taken
    }

    /// Reads one token of a line; the next character is neither a space nor the line's end. After an error the
    /// position is behind what was wrong.
    ///
    /// `before` are the line's tokens so far, `in_brackets` whether a bracket is open.
    pub(super) fn token(
        &mut self,
        before: &[Token],
        in_brackets: bool,
    ) -> Result<Token, Diagnostic> {
        let start = self.position;
        let kind = self.kind(before, in_brackets)?;
        Ok(Token {
            kind,
            span: self.span(start..self.position),
        })
    }

    fn kind(&mut self, before: &[Token], in_brackets: bool) -> Result<TokenKind, Diagnostic> {
        let first = before.first().and_then(Token::word);
        if first == Some("given") {
            return Ok(TokenKind::Id(
                self.take_while(|c| !c.is_whitespace()).to_owned(),
            ));
        }
        if first == Some("env")
            && let Some(setting) = self.setting()
        {
            return setting;
        }
        let rest = self.rest();
        match self.peek().unwrap_or_default() {
            '"' => self.string().map(TokenKind::String),
            '$' => self.variable(),
            '/' if is_path_place(before, in_brackets) => self.path().map(TokenKind::Path),
            '/' => self.regex(),
            c if c.is_ascii_digit() => Ok(self.number()),
            '-' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => Ok(self.number()),
            // `>-5` compares with a negative number.
            '>' if rest.starts_with(">-")
                && !rest[2..].starts_with(|c: char| c.is_ascii_digit()) =>
            {
                Err(self.stray())
            }
            '<' if in_brackets && rest.starts_with("<-") => {
                self.bump();
                Ok(TokenKind::Symbol("<"))
            }
            c if c.is_alphabetic() || c == '_' => Ok(self.word()),
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.position += symbol.len();
                    Ok(TokenKind::Symbol(symbol))
                }
                None => Err(self.stray()),
            },
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.position;
        self.take_while(is_word_character);
        loop {
            let joined = match self.peek() {
                Some('-' | '/') => self.rest()[1..].starts_with(is_word_character),
                Some('.') => self.rest()[1..].starts_with(char::is_alphabetic),
                _ => false,
            };
            if !joined {
                break;
            }
            self.bump();
            self.take_while(is_word_character);
        }
        TokenKind::Word(self.text[start..self.position].to_owned())
    }

    fn number(&mut self) -> TokenKind {
        let start = self.position;
        let digits = |c: char| c.is_ascii_digit();
        if self.peek() == Some('-') {
            self.bump();
        }
        self.take_while(digits);
        if self.rest().starts_with('.') && self.rest()[1..].starts_with(digits) {
            self.bump();
            self.take_while(digits);
        }
        let exponent = self
            .rest()
            .strip_prefix(['e', 'E'])
            .map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
        if let Some(exponent) = exponent.filter(|exponent| exponent.starts_with(digits)) {
            self.position = self.text.len() - exponent.len();
            self.take_while(digits);
        }
        TokenKind::Number(self.text[start..self.position].to_owned())
    }

    fn variable(&mut self) -> Result<TokenKind, Diagnostic> {
        let start = self.position;
        self.bump();
        if self.peek() == Some('{') {
            self.bump();
            let name = self
                .take_while(|c| !matches!(c, '}' | '\n' | ' ' | ',' | '"'))
                .to_owned();
            if self.peek() == Some('}') {
                self.bump();
            }
            return Err(Diagnostic::error(
                "`${…}` outside a string",
                self.span(start..self.position),
                "a whole value needs no braces",
            )
            .help(format!("write `${name}`")));
        }
        let name = self.take_while(is_word_character);
        if is_name(name) {
            return Ok(TokenKind::Variable(name.to_owned()));
        }
        Err(Diagnostic::error(
            format!("`${name}` is not a variable"),
            self.span(start..self.position),
            "not a variable's name",
        )
        .help(name_help("$", name, "")))
    }

    /// Reads `/…/`, resolving `\/`.
    fn regex(&mut self) -> Result<TokenKind, Diagnostic> {
        let start = self.position;
        let mut regex = String::new();
        self.bump();
        loop {
            let Some(c) = self.peek().filter(|c| *c != '\n') else {
                return Err(Diagnostic::error(
                    "unclosed regular expression",
                    self.span(start..start + 1),
                    "opened here",
                )
                .help("close it with `/` on the same line; a slash inside is `\\/`"));
            };
            self.bump();
            match (c, self.peek()) {
                ('/', _) => return Ok(TokenKind::Regex(regex)),
                ('\\', Some('/')) => {
                    self.bump();
                    regex.push('/');
                }
                ('\\', Some(escaped)) if escaped != '\n' => {
                    self.bump();
                    regex.extend([c, escaped]);
                }
                _ => regex.push(c),
            }
        }
    }

    /// Reads `NAME=value` or `NAME="value"`, if it is there.
    fn setting(&mut self) -> Option<Result<TokenKind, Diagnostic>> {
        let start = self.position;
        let mut ahead = *self;
        let name = ahead.take_while(is_word_character).to_owned();
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || ahead.peek() != Some('=')
        {
            return None;
        }
        let name = Spanned::new(name, self.span(start..ahead.position));
        ahead.bump();
        let value_start = ahead.position;
        let value = if ahead.peek() == Some('"') {
            ahead
                .string()
                .map(|text| text.as_literal().map(str::to_owned))
        } else {
            Ok(Some(ahead.take_while(|c| !c.is_whitespace()).to_owned())
                .filter(|value| !value.contains("${")))
        };
        self.position = ahead.position;
        Some(value.and_then(|value| {
            match value {
                Some(value) => Ok(TokenKind::Setting { name, value }),
                None => Err(Diagnostic::error(
                    "a variable in `env`",
                    self.span(value_start..self.position),
                    "nothing is bound before the server starts",
                )
                .help("write the value out")),
            }
        }))
    }

    /// A character that begins nothing.
    fn stray(&mut self) -> Diagnostic {
        let start = self.position;
        let rest = self.rest();
        if let Some((wrong, help)) = WRONG_SIGNS
            .iter()
            .find(|(wrong, _)| rest.starts_with(wrong))
        {
            self.position += wrong.len();
            return Diagnostic::error(
                format!("unknown sign `{wrong}`"),
                self.span(start..self.position),
                "not a sign",
            )
            .help(*help);
        }
        let c = self.peek().unwrap_or_default();
        self.bump();
        match c {
            '\'' | '`' | '“' | '”' | '„' | '‘' | '’' => {
                let closing: &[char] = match c {
                    '“' | '„' | '”' => &['”', '“'],
                    '‘' | '’' => &['’', '‘'],
                    '`' => &['`'],
                    _ => &['\''],
                };
                let rest = self.rest();
                let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                let help = match line.find(closing) {
                    Some(end) => {
                        let content = &line[..end];
                        self.position += end;
                        self.bump();
                        format!("write `\"{content}\"`")
                    }
                    None => "write `\"`".to_owned(),
                };
                Diagnostic::error(
                    "a string stands in double quotes",
                    self.span(start..self.position),
                    "not a string",
                )
                .help(help)
            }
            '#' => Diagnostic::error(
                "a comment needs a space before `#`",
                self.span(start..self.position),
                "neither a comment nor anything else",
            )
            .help("write ` #`"),
            _ => Diagnostic::error(
                format!("unknown character `{}`", c.escape_debug()),
                self.span(start..self.position),
                "nothing begins with it",
            )
            .help("text stands in double quotes"),
        }
    }
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a slash begins a path here: right behind `NAME VERB`, `NAME asks METHOD` or `server <- METHOD`, where no pattern can
/// stand.
fn is_path_place(before: &[Token], in_brackets: bool) -> bool {
    let Some(last) = before.last().and_then(Token::word) else {
        return false;
    };
    let is_method = || last.chars().all(|c| c.is_ascii_uppercase());
    let is_printed = before.len() == 2 && before[0].word() == Some("client");
    !in_brackets && !is_printed && (before.len() <= 2 || before.len() == 3 && is_method())
}
