//! Rust that was taken out of an `impl` stands at the margin.

use anyhow::Result;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Takes off the indentation that all lines of a Rust block have in common.
pub(crate) struct Snippets;

impl Preprocessor for Snippets {
    fn name(&self) -> &str {
        "snippets"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        book.for_each_chapter_mut(|chapter| chapter.content = dedented(&chapter.content));
        Ok(book)
    }
}

fn dedented(page: &str) -> String {
    let mut result = String::with_capacity(page.len());
    let mut copied = 0;
    let mut pieces = None;
    for (event, span) in Parser::new_ext(page, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                if info.split(',').next() == Some("rust") =>
            {
                pieces = Some(Vec::new());
            }
            Event::Text(_) => {
                if let Some(pieces) = &mut pieces {
                    pieces.push(span);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let pieces = pieces.take().unwrap_or_default();
                let lines = || {
                    pieces
                        .iter()
                        .flat_map(|piece| page[piece.clone()].split_inclusive('\n'))
                };
                let margin = lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(|line| line.len() - line.trim_start_matches(' ').len())
                    .min()
                    .unwrap_or_default();
                for piece in &pieces {
                    result.push_str(&page[copied..piece.start]);
                    copied = piece.end;
                    for line in page[piece.clone()].split_inclusive('\n') {
                        result.push_str(line.get(margin..).unwrap_or("\n"));
                    }
                }
            }
            _ => {}
        }
    }
    result.push_str(&page[copied..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_stands_at_the_margin() {
        let page = "Before\n\n```rust\n    fn a() {\n\n        b();\n    }\n```\n\n- item\n\n  ```rust,ignore\n      c();\n  ```\n";
        let expected = "Before\n\n```rust\nfn a() {\n\n    b();\n}\n```\n\n- item\n\n  ```rust,ignore\n  c();\n  ```\n";
        assert_eq!(dedented(page), expected);
    }

    #[test]
    fn other_blocks_and_margins_that_differ_stay() {
        let page = "```text\n    a\n```\n\n```rust\n    a();\nb();\n```\n\n```rust\n```\n";
        assert_eq!(dedented(page), page);
    }
}
