//! Transcript blocks as highlighted text, with a sequence diagram under it.
//!
//! `transcript` and `transcript,example` are parsed: a mistake in one ends the build, with its diagnostic.
//! `transcript,failing` is the report of a run that failed, and is only coloured.

mod failing;
mod highlight;
mod marks;

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use anyhow::{Result, bail};
use checker::notation::diagnostic::{Diagnostic, Severity, render};
use checker::notation::parser::{parse_pieces, parse_str};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::{assignment, diagram};

/// Replaces transcript blocks by HTML.
pub(crate) struct Transcripts;

impl Preprocessor for Transcripts {
    fn name(&self) -> &str {
        "transcripts"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut complaints = Vec::new();
        book.for_each_chapter_mut(|chapter| {
            let file = chapter.source_path.clone().unwrap_or_default();
            match replaced(&chapter.content) {
                Ok(content) => chapter.content = content,
                Err(error) => complaints.push(format!("{}: {error}", file.display())),
            }
        });
        if !complaints.is_empty() {
            bail!("{}", complaints.join("\n"));
        }
        Ok(book)
    }
}

/// The errors in the transcripts of a page, rendered; nothing when there are none.
///
/// To be called with a page as it was written: a chapter whose includes are resolved has other lines.
pub(crate) fn errors(page: &str, file: &Path) -> Option<String> {
    let errors: Vec<_> = scripts(page)
        .flat_map(|block| errors_among(parse_pieces(page, &block.pieces).1))
        .collect();
    (!errors.is_empty()).then(|| render(&errors, &file.display().to_string(), page, false))
}

fn errors_among(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut errors = diagnostics;
    errors.retain(|diagnostic| diagnostic.severity == Severity::Error);
    errors
}

/// What a transcript block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Script,
    FailingRun,
}

/// The kind of a fenced block, if it is a transcript.
fn kind_of(info: &str) -> Option<Kind> {
    let mut words = info.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    if words.next() != Some("transcript") {
        return None;
    }
    Some(if words.any(|word| word == "failing") {
        Kind::FailingRun
    } else {
        Kind::Script
    })
}

/// A transcript block of a page.
pub(crate) struct Block {
    kind: Kind,
    /// Its text, without what the page puts before each line.
    pub(crate) content: String,
    /// Where that text stands in the page.
    pieces: Vec<Range<usize>>,
    /// The whole block, with its fences.
    pub(crate) span: Range<usize>,
}

/// The blocks of a page that are scripts.
pub(crate) fn scripts(page: &str) -> impl Iterator<Item = Block> {
    blocks(page)
        .into_iter()
        .filter(|block| block.kind == Kind::Script)
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (event, span) in Parser::new_ext(page, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = kind_of(&info).map(|kind| Block {
                    kind,
                    content: String::new(),
                    pieces: Vec::new(),
                    span,
                });
            }
            Event::Text(text) => {
                if let Some(block) = &mut open {
                    block.content.push_str(&text);
                    block.pieces.push(span);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

/// The page with its transcript blocks as HTML.
fn replaced(page: &str) -> Result<String> {
    let mut result = String::with_capacity(page.len());
    let mut copied = 0;
    // An assignment is looked up rather than read through: its many diagrams are there for those who want them.
    let diagrams_are_open = assignment::front_matter_end(page).is_none();
    for block in blocks(page) {
        result.push_str(&page[copied..block.span.start]);
        copied = block.span.end;
        let html = match block.kind {
            Kind::FailingRun => failing_html(&block.content),
            Kind::Script => script_html(&block.content, diagrams_are_open)?,
        };
        result.push_str(&html);
    }
    result.push_str(&page[copied..]);
    Ok(result)
}

/// A script as text and as a diagram.
fn script_html(source: &str, diagram_is_open: bool) -> Result<String> {
    let (script, diagnostics) = parse_str(source);
    let errors = errors_among(diagnostics);
    if !errors.is_empty() {
        bail!(
            "a transcript cannot be read\n{}",
            render(&errors, "transcript", source, false)
        );
    }
    let mut html = String::from("<div class=\"transcript\"><pre><code class=\"nohighlight\">");
    html.push_str(&highlight::script(&script, source));
    html.push_str("</code></pre>");
    if let Some(svg) = diagram::draw(&script, source) {
        let open = if diagram_is_open { " open=\"\"" } else { "" };
        let _ = write!(
            html,
            "<details{open}><summary>The same as a diagram</summary>\
             <div class=\"sequence-box\" tabindex=\"0\" role=\"group\" aria-label=\"Sequence diagram\">{svg}</div>\
             </details>"
        );
    }
    html.push_str("</div>");
    Ok(html)
}

/// A failing run as text.
fn failing_html(report: &str) -> String {
    format!(
        "<div class=\"transcript failing\"><pre><code class=\"nohighlight\">{}</code></pre></div>",
        failing::report(report)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transcripts_are_replaced() {
        let other = "# A\n\n```rust\nfn main() {}\n```\n\n`transcript`\n";
        assert_eq!(replaced(other).expect("nothing is wrong"), other);
    }

    #[test]
    fn a_block_becomes_text_and_diagram_on_one_line() {
        let html = replaced("Before\n\n- item\n\n  ```transcript\n  alice connects /ws\n\n  alice drops\n  ```\n\nAfter\n")
            .expect("it can be parsed");
        let lines: Vec<_> = html.lines().collect();
        assert_eq!((lines[0], lines[lines.len() - 1]), ("Before", "After"));
        let block = lines
            .iter()
            .find(|line| line.contains("<svg"))
            .expect("it is drawn");
        assert!(
            block.starts_with("  <div class=\"transcript\">") && block.ends_with("</div>"),
            "{block}"
        );
    }

    #[test]
    fn diagrams_are_open_in_chapters_and_folded_in_assignments() {
        let block = "```transcript\nalice connects /ws\n```\n";
        let chapter = replaced(block).expect("it can be parsed");
        assert!(chapter.contains("<details open"), "{chapter}");
        let assignment = replaced(&format!("+++\n+++\n{block}")).expect("it can be parsed");
        assert!(assignment.contains("<details><summary>"), "{assignment}");
    }

    #[test]
    fn every_error_of_a_page_is_shown_where_it_stands() {
        let page = "# A\n\n```transcript\nalice conects /ws\n```\n\n\
                    > ```transcript\n> bob connects /ws\n> bob drps\n> ```\n\n\
                    ```transcript,failing\nnot a script\n```\n";
        assert!(replaced(page).is_err());
        insta::assert_snapshot!(errors(page, Path::new("chapter.md")).expect("two are misspelt"));
    }

    /// Between the tags of the text, which is escaped like this and in no other way.
    fn text_in(html: &str) -> String {
        let (_, code) = html
            .split_once("<code class=\"nohighlight\">")
            .expect("it has text");
        let (code, _) = code.split_once("</code>").expect("it ends");
        let tags = code
            .split('<')
            .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        let text: String = tags.collect();
        let references = [
            ("&#10;", "\n"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&amp;", "&"),
        ];
        references
            .iter()
            .fold(text, |text, (reference, character)| {
                text.replace(reference, character)
            })
    }

    #[test]
    fn colours_change_no_character_of_any_page() {
        let pages =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../checker/tests/fixtures/notation");
        let mut count = 0;
        for page in std::fs::read_dir(pages).expect("the pages are there") {
            let page = std::fs::read_to_string(page.expect("it can be listed").path())
                .expect("it can be read");
            for block in blocks(&page)
                .into_iter()
                .filter(|block| block.kind == Kind::Script)
            {
                // Some pages use lines that the notation does not have yet.
                if let Ok(html) = script_html(&block.content, true) {
                    assert_eq!(text_in(&html), block.content.trim_end());
                    count += 1;
                }
            }
        }
        assert!(count > 30, "only {count} transcripts were read");
    }

    #[test]
    fn a_page_without_errors_has_none_to_show() {
        assert_eq!(
            errors(
                "```transcript\nalice connects /ws\n```\n",
                Path::new("chapter.md")
            ),
            None
        );
    }

    #[test]
    fn a_failing_run_is_not_parsed_and_marks_what_failed() {
        let html = replaced(
            "```transcript,failing\n✗ join  A title\n     alice <- {\"a\": \"<b>\"}\n```\n",
        )
        .expect("it is not parsed");
        assert!(html.contains("<span class=\"t-failed\">✗ join"), "{html}");
        assert!(html.contains("&lt;b&gt;"), "{html}");
        assert!(!html.contains("<svg"), "{html}");
    }
}
