//! How a line of text begins.

use std::ops::Range;

/// How many columns a block is indented by.
pub(super) const INDENT: usize = 2;

/// The beginning of a line of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margin {
    /// Where the line begins, in bytes of the text.
    pub(super) line: usize,
    /// Where its indentation ends.
    pub(super) text: usize,
    /// How wide that is. A tab counts as one indentation.
    pub(super) columns: usize,
    pub(super) kind: MarginKind,
}

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarginKind {
    Blank,
    Comment,
    Text,
}

impl Margin {
    /// Of the line that begins there.
    pub(super) fn of(source: &str, line: usize) -> Self {
        let rest = &source[line..];
        let from_text = rest.trim_start_matches([' ', '\t']);
        let indentation = &rest[..rest.len() - from_text.len()];
        let columns = indentation
            .chars()
            .map(|c| if c == '\t' { INDENT } else { 1 })
            .sum();
        let first_line = from_text.split('\n').next().unwrap_or_default();
        let kind = if first_line.trim().is_empty() {
            MarginKind::Blank
        } else if first_line.starts_with('#') {
            MarginKind::Comment
        } else {
            MarginKind::Text
        };
        Self {
            line,
            text: line + indentation.len(),
            columns,
            kind,
        }
    }

    /// Of the next line, from this one on, that is neither blank nor a comment.
    pub(super) fn of_next_text(source: &str, mut line: usize) -> Option<Self> {
        while line < source.len() {
            let margin = Self::of(source, line);
            if margin.kind == MarginKind::Text {
                return Some(margin);
            }
            let rest = &source[line..];
            line += rest.find('\n').map_or(rest.len(), |end| end + 1);
        }
        None
    }

    /// Where its indentation stands.
    pub(super) fn indentation(self) -> Range<usize> {
        self.line..self.text
    }
}
