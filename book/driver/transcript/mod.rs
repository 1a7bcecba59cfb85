//! Transcript blocks as highlighted text, with a sequence diagram under it.
//!
//! `transcript` and `transcript,example` are parsed: a mistake in one ends the build, with its diagnostic.
//! `transcript,failing` is the report of a run that failed, and is only coloured.

mod failing;
mod highlight;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use checker::notation::ast::Script;
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
    let script = Script::default();
    let _ = file;
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
