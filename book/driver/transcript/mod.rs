//! Transcript blocks.
use anyhow::Result;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

pub(crate) struct Transcripts;

impl Preprocessor for Transcripts {
    fn name(&self) -> &str {
        "transcripts"
    }

    fn run(&self, _: &PreprocessorContext, book: Book) -> Result<Book> {
        Ok(book)
    }
}
