//! An assignment page as a chapter: without its front matter, its checks' points shown under their headings.

use std::fmt::Write as _;

use anyhow::Result;
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

/// Makes chapters of assignment pages.
pub(crate) struct AssignmentPages;

impl Preprocessor for AssignmentPages {
    fn name(&self) -> &str {
        "assignment-pages"
    }

    fn run(&self, _: &PreprocessorContext, book: Book) -> Result<Book> {
        Ok(book)
    }
}
