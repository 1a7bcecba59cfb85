//! Where the text of a transcript stands in its page.

use std::borrow::Cow;
use std::ops::Range;

use crate::notation::ast::Span;

/// The text of one transcript. Inside a list or a quotation its lines stand apart in the page, so it is made of pieces.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The pieces, joined.
    pub(super) text: Cow<'a, str>,
    /// Where each piece begins: in `text`, in the page. Both ascend.
    pieces: Vec<(usize, usize)>,
}

impl<'a> Source<'a> {
    /// Ranges that are not text of the page count as empty.
    pub(super) fn new(page: &'a str, ranges: &[Range<usize>]) -> Self {
        let mut text = Cow::Borrowed("");
        let mut pieces = Vec::with_capacity(ranges.len());
        for range in ranges {
            let Some(piece) = page.get(range.clone()) else {
                continue;
            };
            pieces.push((text.len(), range.start));
            text += piece;
        }
        Self { text, pieces }
    }

    /// The place in the page of a range of `text`. An empty range stands behind the character before it.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let end = match range.end {
            0 => self.position(0),
            end => self.position(end - 1) + 1,
        };
        if range.is_empty() {
            end..end
        } else {
            self.position(range.start)..end
        }
    }

    fn position(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|&(start, _)| start <= offset);
        match piece
            .checked_sub(1)
            .and_then(|piece| self.pieces.get(piece))
        {
            Some((start, in_page)) => in_page + (offset - start),
            None => offset,
        }
    }
}
