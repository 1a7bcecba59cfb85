//! Reading an operation piece by piece.
//!
//! Composing and transforming walk along two operations side by side. A retain of 5 beside a delete
//! of 3 is met as a piece of 3, and what is left of the retain, 2, is met again.

use std::slice::Iter;

use crate::operation::Component;

/// What is next in an operation: a component, or what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// So many characters stay.
    Retain(u64),
    /// Text that comes in, and how many characters it has.
    Insert(&'a str, u64),
    /// So many characters go.
    Delete(u64),
}

/// The components of an operation, to be taken in pieces.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    next: Option<Piece<'a>>,
    rest: Iter<'a, Component>,
}

impl<'a> Pieces<'a> {
    /// From the first component on.
    pub fn new(components: &'a [Component]) -> Self {
        let mut rest = components.iter();
        let next = rest.next().map(Piece::of);
        Self { next, rest }
    }

    /// What is next, or nothing at the end.
    pub fn peek(&self) -> Option<Piece<'a>> {
        self.next
    }

    /// Moves on by `count` characters of the piece that is next. What is left of it is next then;
    /// if that is nothing, the next component is.
    pub fn advance(&mut self, count: u64) {
        let left = self.next.and_then(|piece| piece.without(count));
        self.next = left.or_else(|| self.rest.next().map(Piece::of));
    }
}

impl<'a> Piece<'a> {
    fn of(component: &'a Component) -> Self {
        match component {
            Component::Retain(count) => Self::Retain(*count),
            Component::Insert(text) => Self::Insert(text, length(text)),
            Component::Delete(count) => Self::Delete(*count),
        }
    }

    /// What is left without the first `count` characters.
    fn without(self, count: u64) -> Option<Self> {
        let left = |of: u64| of.checked_sub(count).filter(|left| *left > 0);
        match self {
            Self::Retain(of) => left(of).map(Self::Retain),
            Self::Delete(of) => left(of).map(Self::Delete),
            Self::Insert(text, of) => left(of).map(|left| Self::Insert(split(text, count).1, left)),
        }
    }
}

/// Cuts a text in two, so that the first part has `count` characters, or all that there are.
pub fn split(text: &str, count: u64) -> (&str, &str) {
    let (mut start, mut end, mut left) = (0, text.len(), count);
    // To count characters is many times faster than to step over them: so the place is looked for
    // in halves, as long as there is much to step over.
    while end - start > 64 {
        let middle = text.floor_char_boundary(start + (end - start) / 2);
        let characters = length(&text[start..middle]);
        if characters <= left {
            (start, left) = (middle, left - characters);
        } else {
            end = middle;
        }
    }
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    let cut = text[start..].char_indices().nth(left);
    text.split_at(cut.map_or(text.len(), |(index, _)| start + index))
}

/// How many characters a text has: Unicode scalar values, neither bytes nor UTF-16 units.
pub fn length(text: &str) -> u64 {
    text.chars().count() as u64
}
