//! Names in text that could not be read: a rule says nothing about them, since one slip should not be reported twice.

use std::collections::BTreeSet;

use super::super::draft::Draft;
use crate::notation::ast::Span;

/// Names about which nothing is certain.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubt {
    names: BTreeSet<String>,
}

impl Doubt {
    /// The names in the statements of a check that could not be read.
    pub(super) fn of_unread(source: &str, draft: &Draft) -> Self {
        let lines = lines(source, &draft.pieces);
        let mut doubt = Self::default();
        for span in &draft.unread {
            doubt.add_text(&source[statement_around(source, &lines, span)]);
        }
        doubt
    }

    /// All names of a check.
    pub(super) fn of_all(source: &str, draft: &Draft) -> Self {
        let mut doubt = Self::of_unread(source, draft);
        for piece in &draft.pieces {
            doubt.add_text(&source[piece.clone()]);
        }
        doubt
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
    }

    pub(super) fn covers(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    fn add_text(&mut self, text: &str) {
        let words =
            text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
        self.names.extend(words.map(str::to_owned));
    }
}

/// The lines of a transcript, without what a list or a quotation puts before them.
fn lines(source: &str, pieces: &[Span]) -> Vec<Span> {
    let mut lines: Vec<Span> = Vec::new();
    let mut at_start = true;
    for piece in pieces {
        let mut start = piece.start;
        for part in source[piece.clone()].split_inclusive('\n') {
            let end = start + part.len();
            match lines.last_mut() {
                Some(last) if !at_start => last.end = end,
                _ => lines.push(start..end),
            }
            at_start = part.ends_with('\n');
            start = end;
        }
    }
    lines
}

/// The statement at a place and the block under it: from a line that is not indented to the next such line.
fn statement_around(source: &str, lines: &[Span], span: &Span) -> Span {
    let Some(found) = lines
        .iter()
        .position(|line| line.contains(&span.start) || line.end == span.start)
    else {
        return span.clone();
    };
    let begins = |line: &Span| {
        source[line.clone()]
            .chars()
            .next()
            .is_some_and(|first| !first.is_whitespace())
    };
    let first = lines[..=found].iter().rposition(begins).unwrap_or(0);
    let after = lines[found + 1..]
        .iter()
        .position(begins)
        .map_or(lines.len(), |distance| found + 1 + distance);
    lines[first].start..lines[after - 1].end
}
