//! What of a page's Markdown the grader looks at: headings, fenced blocks and tips, in their order.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::notation::ast::Span;

/// A heading and what stands under it, up to the next heading. The first section of a page has no heading.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) heading: Option<Heading>,
    pub(super) fences: Vec<Fence>,
    pub(super) tips: Vec<Tip>,
}

/// A heading of any level.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: usize,
    /// Without markup and attributes.
    pub(super) title: String,
    /// From the first `#` to the end of its line.
    pub(super) span: Span,
    /// What stands between the braces of its attributes.
    pub(super) attributes: Option<Span>,
    /// Braces in its text that were meant to hold attributes.
    pub(super) lost_attributes: Option<Span>,
}

/// A fenced code block.
#[derive(Debug)]
pub(super) struct Fence {
    /// The text after the opening fence, `transcript,example` say.
    pub(super) info: Span,
    /// Its lines, without what a list or a quotation puts before them.
    pub(super) pieces: Vec<Span>,
    /// Whether a closing fence ends it, not the end of the page.
    pub(super) closed: bool,
}

/// A quotation that begins with `[!TIP]`.
#[derive(Debug)]
pub(super) struct Tip {
    /// As Markdown.
    pub(super) text: String,
    pub(super) span: Span,
}

/// Reads the Markdown that begins at `start`.
pub(super) fn read(source: &str, start: usize) -> Vec<Section> {
    // Those of mdBook that decide where a block begins, so that the book and the grader see one page.
    let options = Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    let mut sections = vec![Section::default()];
    let mut open = Open::Nothing;
    for (event, range) in Parser::new_ext(&source[start..], options).into_offset_iter() {
        let range = range.start + start..range.end + start;
        match event {
            Event::Start(Tag::Heading {
                level, id, attrs, ..
            }) => {
                let has_attributes = id.is_some() || !attrs.is_empty();
                open = Open::Heading(heading(source, range, level as usize, has_attributes));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                open = Open::Fence(fence(source, range));
            }
            Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Tip))) => {
                if let Some(section) = sections.last_mut() {
                    section.tips.push(tip(source, range));
                }
            }
            Event::Text(text) => match &mut open {
                Open::Heading(heading) => {
                    if heading.lost_attributes.is_none() {
                        heading.lost_attributes = lost_attributes(source, &range, &heading.span);
                    }
                    heading.title.push_str(&text);
                }
                Open::Fence(fence) => fence.pieces.push(range),
                Open::Nothing => {}
            },
            Event::Code(text) => {
                if let Open::Heading(heading) = &mut open {
                    heading.title.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Open::Heading(heading) = std::mem::take(&mut open) {
                    sections.push(Section {
                        heading: Some(heading),
                        ..Section::default()
                    });
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let (Open::Fence(fence), Some(section)) =
                    (std::mem::take(&mut open), sections.last_mut())
                {
                    section.fences.push(fence);
                }
            }
            _ => {}
        }
    }
    sections
}

#[derive(Default)]
enum Open {
    #[default]
    Nothing,
    Heading(Heading),
    Fence(Fence),
}

fn heading(source: &str, range: Range<usize>, level: usize, has_attributes: bool) -> Heading {
    let text = &source[range.clone()];
    let braces = text.rfind('{').zip(text.rfind('}'));
    Heading {
        level,
        title: String::new(),
        span: range.start..range.start + text.trim_end().len(),
        attributes: braces
            .filter(|(open, close)| has_attributes && open < close)
            .map(|(open, close)| range.start + open + 1..range.start + close),
        lost_attributes: None,
    }
}

/// What in a heading's text looks like attributes that the Markdown parser did not take.
fn lost_attributes(source: &str, text: &Span, heading: &Span) -> Option<Span> {
    let open = ["{#", "{ #", "{points"]
        .iter()
        .filter_map(|start| source[text.clone()].find(start))
        .min()?
        + text.start;
    let end = source[open..heading.end]
        .find('}')
        .map_or(heading.end, |length| open + length + 1);
    Some(open..end)
}

fn fence(source: &str, range: Range<usize>) -> Fence {
    let text = source[range.clone()].trim_end();
    let first_line = text.lines().next().unwrap_or_default();
    let fence_start = first_line.len() - first_line.trim_start().len();
    let mark = first_line[fence_start..].chars().next().unwrap_or('`');
    let after_fence = first_line[fence_start..].trim_start_matches(mark);
    let fence_length = first_line.len() - fence_start - after_fence.len();
    let info = after_fence.trim();
    let info_start = range.start
        + fence_start
        + fence_length
        + (after_fence.len() - after_fence.trim_start().len());
    let closed = text.lines().skip(1).last().is_some_and(|line| {
        let closing = line.trim_start_matches([' ', '\t', '>']);
        closing.len() >= fence_length && closing.chars().all(|character| character == mark)
    });
    Fence {
        info: info_start..info_start + info.len(),
        pieces: Vec::new(),
        closed,
    }
}

fn tip(source: &str, range: Range<usize>) -> Tip {
    let text = source[range.clone()].trim_end();
    let lines: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| match line.trim_start().strip_prefix('>') {
            Some(quoted) => quoted.strip_prefix(' ').unwrap_or(quoted),
            None => line,
        })
        .collect();
    Tip {
        text: lines.join("\n").trim().to_owned(),
        span: range.start..range.start + text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Section, read};

    fn pieces<'a>(source: &'a str, section: &Section) -> Vec<&'a str> {
        let pieces = section.fences.iter().flat_map(|fence| &fence.pieces);
        pieces.map(|piece| &source[piece.clone()]).collect()
    }

    #[test]
    fn a_block_inside_a_list_or_a_quotation_arrives_without_their_marks() {
        let source = "# T\n\n- item\n\n  ```transcript\n  a <- 1\n    b\n  ```\n\n> ```transcript\n> c <- 2\n> ```\n";
        let sections = read(source, 0);
        assert_eq!(
            pieces(source, &sections[1]).concat(),
            "a <- 1\n  b\nc <- 2\n"
        );
        assert!(sections[1].fences.iter().all(|fence| fence.closed));
    }

    #[test]
    fn a_fence_knows_its_info_and_whether_it_is_closed() {
        let source = "~~~~ transcript,example  \nx\n~~~~\n```transcript\nnot the end: ``\n";
        let sections = read(source, 0);
        let fences = &sections[0].fences;
        assert_eq!(&source[fences[0].info.clone()], "transcript,example");
        assert!(fences[0].closed);
        assert_eq!(&source[fences[1].info.clone()], "transcript");
        assert!(!fences[1].closed);
    }

    #[test]
    fn attributes_are_found_in_both_forms_of_heading() {
        let source = "## One `{x}` {#one points=5}\n\nTwo {#two}\n===\n";
        let sections = read(source, 0);
        let found: Vec<_> = sections
            .iter()
            .filter_map(|section| section.heading.as_ref())
            .map(|heading| {
                (
                    heading.level,
                    heading.title.trim(),
                    &source[heading.attributes.clone().unwrap_or_default()],
                )
            })
            .collect();
        assert_eq!(found, [(2, "One {x}", "#one points=5"), (1, "Two", "#two")]);
    }

    #[test]
    fn a_tip_is_the_text_inside_the_quotation() {
        let source = "# T\n\n> [!TIP]\n> `send` reaches\n> the sender too.\n>\n> - so filter\n\n> [!NOTE]\n> no tip\n";
        let sections = read(source, 0);
        let tips: Vec<_> = sections[1]
            .tips
            .iter()
            .map(|tip| tip.text.as_str())
            .collect();
        assert_eq!(tips, ["`send` reaches\nthe sender too.\n\n- so filter"]);
    }
}
