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
    /// The names in the statements of a check that could not be read; all of its names when one of those may have
    /// been its `given`.
    pub(super) fn of_unread(source: &str, draft: &Draft) -> Self {
        let lines = lines(source, &draft.pieces);
        let first = lines.iter().find(|line| begins(source, line));
        let mut doubt = Self::default();
        for span in &draft.unread {
            let statement = statement_around(source, &lines, span);
            let text = &source[statement.clone()];
            let is_first = first.is_some_and(|first| first.start == statement.start);
            if is_first || text.starts_with("given") {
                return Self::of_all(source, draft);
            }
            doubt.add_text(text);
        }
        doubt
    }

    /// All names of a check.
    pub(super) fn of_all(source: &str, draft: &Draft) -> Self {
        let mut doubt = Self::default();
        for span in draft.pieces.iter().chain(&draft.unread) {
            doubt.add_text(&source[span.clone()]);
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

/// Whether a statement begins here: with a word, not indented.
fn begins(source: &str, line: &Span) -> bool {
    source[line.clone()].starts_with(|first: char| first.is_ascii_lowercase())
}

/// The statement at a place and the block under it, up to the next line that begins one.
fn statement_around(source: &str, lines: &[Span], span: &Span) -> Span {
    let Some(found) = lines.iter().rposition(|line| line.start <= span.start) else {
        return span.clone();
    };
    if span.start > lines[found].end {
        return span.clone(); // in none of them
    }
    let first = lines[..=found]
        .iter()
        .rposition(|line| begins(source, line))
        .unwrap_or(0);
    let after = lines[found + 1..]
        .iter()
        .position(|line| begins(source, line))
        .map_or(lines.len(), |distance| found + 1 + distance);
    lines[first].start..lines[after - 1].end
}
