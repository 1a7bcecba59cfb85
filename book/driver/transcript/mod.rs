//! Transcript blocks as highlighted text, with a sequence diagram under it.
//!
//! `transcript` and `transcript,example` are parsed: a mistake in one ends the build, with its diagnostic.
//! `transcript,failing` is the report of a run that failed, and is only coloured.

mod failing;
mod highlight;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use checker::notation::diagnostic::Severity;
use checker::notation::parser::parse_str;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::diagram;

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
            match replaced(&chapter.content, &file) {
                Ok(content) => chapter.content = content,
                Err(error) => complaints.push(error.to_string()),
            }
        });
        if !complaints.is_empty() {
            bail!("a transcript cannot be read\n\n{}", complaints.join("\n"));
        }
        Ok(book)
    }
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

/// The page with its transcript blocks as HTML.
fn replaced(page: &str, file: &Path) -> Result<String> {
    let mut result = String::with_capacity(page.len());
    let mut copied = 0;
    let mut block: Option<(Kind, String)> = None;
    let mut complaints = String::new();
    for (event, span) in Parser::new_ext(page, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                block = kind_of(&info).map(|kind| (kind, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, content)) = &mut block {
                    content.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((kind, content)) = block.take() else {
                    continue;
                };
                result.push_str(&page[copied..span.start]);
                copied = span.end;
                match kind {
                    Kind::FailingRun => result.push_str(&failing_html(&content)),
                    Kind::Script => match script_html(&content, file) {
                        Ok(html) => result.push_str(&html),
                        Err(error) => {
                            let line = page[..span.start].matches('\n').count() + 1;
                            let _ = writeln!(complaints, "the transcript in line {line}:\n{error}");
                        }
                    },
                }
            }
            _ => {}
        }
    }
    if !complaints.is_empty() {
        bail!("{complaints}");
    }
    result.push_str(&page[copied..]);
    Ok(result)
}

/// A script as text and as a diagram.
fn script_html(source: &str, file: &Path) -> Result<String> {
    let (script, diagnostics) = parse_str(source);
    let errors: Vec<_> = diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    if !errors.is_empty() {
        bail!("{file:?}{errors:#?}");
    }
    let mut html = String::from("<div class=\"transcript\"><pre><code class=\"nohighlight\">");
    html.push_str(&highlight::script(&script, source));
    html.push_str("</code></pre>");
    if let Some(svg) = diagram::draw(&script, source) {
        let _ = write!(
            html,
            "<details open=\"\"><summary>The same as a diagram</summary>\
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

    fn page(text: &str) -> Result<String> {
        replaced(text, Path::new("chapter.md"))
    }

    #[test]
    fn only_transcripts_are_replaced() {
        let other = "# A\n\n```rust\nfn main() {}\n```\n\n`transcript`\n";
        assert_eq!(page(other).expect("nothing is wrong"), other);
    }

    #[test]
    fn a_block_becomes_text_and_diagram_on_one_line() {
        let html = page("Before\n\n- item\n\n  ```transcript\n  alice connects /ws\n\n  alice drops\n  ```\n\nAfter\n")
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
    fn a_transcript_that_cannot_be_read_names_its_line() {
        let error =
            page("# A\n\n```transcript\nalice conects /ws\n```\n\n```transcript\nbob drps\n```\n")
                .expect_err("it is misspelt")
                .to_string();
        for part in ["line 3", "line 7", "chapter.md", "connects", "drops"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn a_failing_run_is_not_parsed_and_marks_what_failed() {
        let html =
            page("```transcript,failing\n✗ join  A title\n     alice <- {\"a\": \"<b>\"}\n```\n")
                .expect("it is not parsed");
        assert!(html.contains("<span class=\"t-failed\">✗ join"), "{html}");
        assert!(html.contains("&lt;b&gt;"), "{html}");
        assert!(!html.contains("<svg"), "{html}");
    }
}
