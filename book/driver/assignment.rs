//! An assignment page as a chapter: without its front matter, and with what each check is worth under its heading.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{BlockQuoteKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use crate::html::escape;

/// Makes chapters of assignment pages: of all that begin with front matter.
pub(crate) struct AssignmentPages;

impl Preprocessor for AssignmentPages {
    fn name(&self) -> &str {
        "assignment-pages"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let places = Places::of(&book);
        book.for_each_chapter_mut(|chapter| {
            if let Some(end) = front_matter_end(&chapter.content) {
                let page = with_facts(&chapter.content[end..], &places);
                chapter.content = with_folded_hints(&page);
            }
        });
        Ok(book)
    }
}

/// Where the front matter of an assignment page ends; nothing in any other page.
pub(crate) fn front_matter_end(page: &str) -> Option<usize> {
    const DELIMITER: &str = "+++\n";
    let closing = format!("\n{DELIMITER}");
    // The line break before the closing delimiter is the opening one's when nothing stands between them.
    let opened = page.strip_prefix("+++")?;
    let end = opened.find(&closing)? + closing.len();
    opened.starts_with('\n').then_some("+++".len() + end)
}

/// The headings that a check can name with `read=`.
#[derive(Default)]
struct Places(BTreeMap<String, String>);

impl Places {
    fn of(book: &Book) -> Self {
        let mut places = Self::default();
        for chapter in book.chapters() {
            places.add(chapter);
        }
        places
    }

    fn add(&mut self, chapter: &Chapter) {
        let Some(path) = &chapter.source_path else {
            return;
        };
        let name = path.with_extension("").display().to_string();
        let number = chapter.number.as_ref().map(ToString::to_string);
        let number = number.unwrap_or_default();
        // mdBook writes "7.1."; in the middle of a line the last dot reads as a full stop.
        let number = number.trim_end_matches('.');
        for heading in headings(&chapter.content) {
            if let Some(id) = heading.id {
                self.0.insert(
                    format!("{name}#{id}"),
                    format!("{number} {}", heading.title).trim().to_owned(),
                );
            }
        }
    }

    /// A link to `chapter#anchor`.
    fn link(&self, place: &str) -> String {
        let title = self.0.get(place).map_or(place, String::as_str);
        let target = match place.split_once('#') {
            Some((chapter, anchor)) => format!("{chapter}.md#{anchor}"),
            None => format!("{place}.md"),
        };
        format!("<a href=\"{}\">{}</a>", escape(&target), escape(title))
    }
}

struct Heading<'a> {
    title: String,
    id: Option<CowStr<'a>>,
    attributes: Vec<(CowStr<'a>, Option<CowStr<'a>>)>,
    /// Of the whole heading.
    span: std::ops::Range<usize>,
}

fn headings(page: &str) -> Vec<Heading<'_>> {
    let mut headings = Vec::new();
    let mut open: Option<Heading<'_>> = None;
    for (event, span) in Parser::new_ext(page, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { id, attrs, .. }) => {
                open = Some(Heading {
                    title: String::new(),
                    id,
                    attributes: attrs,
                    span,
                });
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut open {
                    heading.title.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

/// The page with its checks' attributes as a line of text under their headings. HTML has no such attributes.
fn with_facts(page: &str, places: &Places) -> String {
    let mut result = String::with_capacity(page.len());
    let mut copied = 0;
    for heading in headings(page) {
        if heading.attributes.is_empty() {
            continue;
        }
        let written = &page[heading.span.clone()];
        let Some(attributes) = written.rfind('{') else {
            continue;
        };
        result.push_str(&page[copied..heading.span.start + attributes]);
        if let Some(id) = &heading.id {
            let _ = write!(result, "{{#{id}}}");
        }
        let _ = write!(result, "\n\n{}\n\n", facts(&heading, places));
        copied = heading.span.end;
    }
    result.push_str(&page[copied..]);
    result
}

/// The page with each `[!TIP]`, which is a check's hint, folded away until the reader wants it.
fn with_folded_hints(page: &str) -> String {
    let mut result = String::with_capacity(page.len());
    let mut copied = 0;
    for (event, span) in Parser::new_ext(page, Options::all()).into_offset_iter() {
        if !matches!(
            event,
            Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Tip)))
        ) {
            continue;
        }
        result.push_str(&page[copied..span.start]);
        copied = span.end;
        result.push_str("<details><summary>Hint</summary>\n\n");
        // The first line is `[!TIP]` itself.
        for line in page[span].lines().skip(1) {
            let line = line.trim_start();
            let line = line.strip_prefix('>').unwrap_or(line);
            result.push_str(line.strip_prefix(' ').unwrap_or(line));
            result.push('\n');
        }
        result.push_str("\n</details>\n\n");
    }
    result.push_str(&page[copied..]);
    result
}

fn facts(heading: &Heading<'_>, places: &Places) -> String {
    let mut facts = String::from("<p class=\"check\">");
    if let Some(id) = &heading.id {
        let _ = write!(facts, "<code>{}</code>", escape(id));
    }
    for (key, value) in &heading.attributes {
        let value = value.as_deref().unwrap_or_default();
        let fact = match &**key {
            "points" if value == "1" => "1 point".to_owned(),
            "points" => format!("{} points", escape(value)),
            "needs" => {
                let links: Vec<_> = value
                    .split(',')
                    .map(|id| format!("<a href=\"#{0}\">{0}</a>", escape(id)))
                    .collect();
                format!("needs {}", links.join(", "))
            }
            "read" => format!("read {}", places.link(value)),
            "stub" => "the stub passes it".to_owned(),
            other => format!("{}={}", escape(other), escape(value)),
        };
        let _ = write!(facts, "<span>{fact}</span>");
    }
    facts.push_str("</p>");
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\nyours = [\"a\"]\n+++\n# Title\n\n## Not a check {#protocol}\n\n\
        ## A join is `announced` {#join points=4 needs=sign-in,connect read=chat#joining}\n\nProse.\n\n\
        ## Last {#last points=1 stub=passes}\n";

    #[test]
    fn only_an_assignment_has_front_matter() {
        for (page, rest) in [
            (PAGE, Some("# Title")),
            ("+++\n+++\n# Title\n", Some("# Title")),
            ("# A chapter\n\n+++\nx\n+++\n", None),
            ("+++\nnever closed\n", None),
            ("++++\n+++\n", None),
        ] {
            let found =
                front_matter_end(page).map(|end| page[end..].lines().next().unwrap_or_default());
            assert_eq!(found, rest, "{page}");
        }
    }

    #[test]
    fn what_a_check_is_worth_stands_under_its_heading() {
        let mut places = Places::default();
        places.add(&Chapter::new(
            "Chat",
            "# Chat\n\n## Telling *the* others {#joining}\n".to_owned(),
            "chat.md",
            Vec::new(),
        ));
        let start = front_matter_end(PAGE).expect("it has front matter");
        insta::assert_snapshot!(with_facts(&PAGE[start..], &places), @r##"
        # Title

        ## Not a check {#protocol}

        ## A join is `announced` {#join}

        <p class="check"><code>join</code><span>4 points</span><span>needs <a href="#sign-in">sign-in</a>, <a href="#connect">connect</a></span><span>read <a href="chat.md#joining">Telling the others</a></span></p>


        Prose.

        ## Last {#last}

        <p class="check"><code>last</code><span>1 point</span><span>the stub passes it</span></p>
        "##);
    }

    #[test]
    fn hints_are_folded_and_other_quotations_stay() {
        let page = "Before\n\n> [!TIP]\n> Use `a`,\nlazily.\n>\n> ```text\n>  code\n> ```\n\n> [!NOTE]\n> Stays.\n";
        insta::assert_snapshot!(with_folded_hints(page), @r"
        Before

        <details><summary>Hint</summary>

        Use `a`,
        lazily.

        ```text
         code
        ```

        </details>


        > [!NOTE]
        > Stays.
        ");
    }
}
