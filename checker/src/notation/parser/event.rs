//! Patterns of server-sent events.

use super::cursor::{Cursor, Parsed};
use super::token::TokenKind;
use crate::notation::ast::{EventPattern, MessagePattern, TextSource};
use crate::notation::diagnostic::Diagnostic;

impl Cursor<'_> {
    /// What stands behind `event`: `["post"] [id $id] [{…}]`.
    pub(super) fn event_pattern(&mut self) -> Parsed<EventPattern> {
        let name = self.eat_text_source();
        let id = match self.eat_word("id") {
            None => None,
            Some(_) => Some(self.eat_text_source().ok_or_else(|| {
                self.unexpected("an id", &[])
                    .help("write a string or a variable: ids of events are strings")
            })?),
        };
        let data = if self.at_event_data() {
            let start = self.here().start;
            let words: &[&'static str] = if id.is_some() { &[] } else { &["id"] };
            match self.message_pattern(words)? {
                data @ (MessagePattern::Json(_) | MessagePattern::Text(_)) => Some(Box::new(data)),
                _ => {
                    return Err(Diagnostic::error(
                        "the data of an event is text",
                        start..self.end_of_last(),
                        "neither bytes, frames nor events",
                    )
                    .help("write JSON or `text …`"));
                }
            }
        } else {
            None
        };
        Ok(EventPattern { name, id, data })
    }

    fn eat_text_source(&mut self) -> Option<TextSource> {
        if let Some(variable) = self.eat_variable() {
            return Some(TextSource::Variable(variable));
        }
        self.eat_string().cloned().map(TextSource::Text)
    }

    /// Whether the next token is none of those that stand behind a pattern.
    fn at_event_data(&self) -> bool {
        let Some(token) = self.peek() else {
            return false;
        };
        match &token.kind {
            TokenKind::Symbol(symbol) => !matches!(*symbol, ":" | "|"),
            TokenKind::Word(word) => {
                let ends = ["within", "exactly", "while"];
                let is_misspelt = word.as_str() != "id"
                    && !super::suggest::nearest(word, &ends).is_empty()
                    && self.peek_at(1).is_some_and(|next| {
                        matches!(next.kind, TokenKind::Number(_))
                            || next.is_symbol(":")
                            || next
                                .word()
                                .is_some_and(|word| super::suggest::is_near(word, "once"))
                    });
                !ends.contains(&word.as_str()) && !is_misspelt
            }
            _ => true,
        }
    }
}
