//! Reading the tokens of one line from left to right.

use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{Span, Spanned, Text, Variable};
use crate::notation::diagnostic::Diagnostic;

/// What was read, or why it could not be.
pub(super) type Parsed<T> = Result<T, Diagnostic>;

/// How deep brackets may stand in each other: deeper than any real message, shallower than the stack.
const DEEPEST: usize = 100;

/// A place in the tokens of one line.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    tokens: &'a [Token],
    next: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        Self {
            tokens,
            next: 0,
            depth: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.next + ahead)
    }

    pub(super) fn bump(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.next += usize::from(token.is_some());
        token
    }

    /// Of the next token, or behind the last.
    pub(super) fn here(&self) -> Span {
        match self.peek() {
            Some(token) => token.span.clone(),
            None => {
                let end = self.tokens.last().map_or(0, |token| token.span.end);
                end..end
            }
        }
    }

    /// Where the last token read ends.
    pub(super) fn end_of_last(&self) -> usize {
        match self
            .next
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
        {
            Some(token) => token.span.end,
            None => self.here().start,
        }
    }

    pub(super) fn at_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> Option<Span> {
        let span = self
            .peek()
            .filter(|token| token.is_symbol(symbol))?
            .span
            .clone();
        self.next += 1;
        Some(span)
    }

    pub(super) fn expect_symbol(&mut self, symbol: &'static str) -> Parsed<Span> {
        match self.eat_symbol(symbol) {
            Some(span) => Ok(span),
            None => Err(self.unexpected(&format!("`{symbol}`"), &[symbol])),
        }
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        self.peek().and_then(Token::word) == Some(word)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> Option<Span> {
        let span = self
            .peek()
            .filter(|token| token.word() == Some(word))?
            .span
            .clone();
        self.next += 1;
        Some(span)
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Parsed<Span> {
        match self.eat_word(word) {
            Some(span) => Ok(span),
            None => Err(self.unexpected(&format!("`{word}`"), &[word])),
        }
    }

    pub(super) fn eat_variable(&mut self) -> Option<Variable> {
        let token = self.peek()?;
        let TokenKind::Variable(name) = &token.kind else {
            return None;
        };
        self.next += 1;
        Some(Spanned::new(name.clone(), token.span.clone()))
    }

    /// A variable. A bare name most likely lacks its dollar sign.
    pub(super) fn expect_variable(&mut self) -> Parsed<Variable> {
        if let Some(variable) = self.eat_variable() {
            return Ok(variable);
        }
        let diagnostic = self.unexpected("a variable", &[]);
        Err(match self.peek().and_then(Token::word) {
            Some(name) => diagnostic.help(format!("write `${name}`")),
            None => diagnostic.help("a variable is a dollar sign and a name: `$room`"),
        })
    }

    pub(super) fn eat_string(&mut self) -> Option<&'a Text> {
        let TokenKind::String(text) = &self.peek()?.kind else {
            return None;
        };
        self.next += 1;
        Some(text)
    }

    /// Reads what stands in brackets, unless they stand too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEEPEST {
            return Err(Diagnostic::error(
                "brackets stand too deep in each other",
                self.here(),
                format!("more than {DEEPEST} levels"),
            )
            .help("write a smaller value"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The next token (or the end of the line) is not what may stand here.
    ///
    /// `what` says what may, with its article; `words` are the words among that, of which the help names the nearest.
    pub(super) fn unexpected(&self, what: &str, words: &[&str]) -> Diagnostic {
        let Some(token) = self.peek() else {
            return Diagnostic::error(
                format!("expected {what}, found the end of the line"),
                self.here(),
                format!("expected {what}"),
            )
            .with_words(words);
        };
        let found = token.describe();
        match token.word() {
            Some(word) if words.len() > 1 => {
                let noun = without_article(what);
                let diagnostic = Diagnostic::error(
                    format!("unknown {noun} {found}"),
                    token.span.clone(),
                    format!("not {what}"),
                );
                let near = suggest::nearest(word, words);
                diagnostic.with_words(if near.is_empty() { words } else { &near })
            }
            _ => Diagnostic::error(
                format!("expected {what}, found {found}"),
                token.span.clone(),
                format!("expected {what}"),
            )
            .with_words(words),
        }
    }

    /// Nothing may be left but words that could have stood here.
    pub(super) fn finish(&self, words: &[&str]) -> Parsed<()> {
        let Some(token) = self.peek() else {
            return Ok(());
        };
        let found = token.describe();
        let label = match words {
            [] => "the line should end here".to_owned(),
            _ => format!("expected the end of the line, {}", suggest::list(words)),
        };
        let diagnostic = Diagnostic::error(
            format!("unexpected {}", without_article(&found)),
            token.span.clone(),
            label,
        );
        let near = token
            .word()
            .map_or_else(Vec::new, |word| suggest::nearest(word, words));
        Err(match (near.as_slice(), words) {
            ([], []) => diagnostic.help("remove what follows"),
            ([], _) => diagnostic.help(format!("remove it, or write {}", suggest::list(words))),
            (near, _) => diagnostic.with_words(near),
        })
    }
}

impl Diagnostic {
    /// Says in the help which words may stand here.
    fn with_words(self, words: &[&str]) -> Self {
        match words {
            [] => self,
            _ => self.help(format!("write {}", suggest::list(words))),
        }
    }
}

fn without_article(noun: &str) -> &str {
    noun.strip_prefix("an ")
        .or_else(|| noun.strip_prefix("a "))
        .unwrap_or(noun)
}
