//! Where in the book a check is explained: chapter number and heading, from the book's own summary.

use std::path::{Path, PathBuf};

use crate::assignment::BookPlace;

/// The sources of the book.
#[derive(Debug, Clone)]
pub struct Book {
    source: PathBuf,
}

impl Book {
    /// The book of a course.
    pub fn of(course: &Path) -> Self {
        Self {
            source: course.join("book").join("src"),
        }
    }

    /// `book chapter 7.1, "Telling the others"`; what cannot be found is left out.
    pub fn describe(&self, place: &BookPlace) -> String {
        let summary = std::fs::read_to_string(self.source.join("SUMMARY.md")).unwrap_or_default();
        let file = format!("{}.md", place.chapter);
        let chapter = match number(&summary, &file) {
            Some(number) => format!("book chapter {number}"),
            None => format!("book chapter {}", place.chapter),
        };
        let heading = place.anchor.as_ref().and_then(|anchor| {
            let page = std::fs::read_to_string(self.source.join(&file)).ok()?;
            heading(&page, anchor)
        });
        match (heading, &place.anchor) {
            (Some(heading), _) => format!("{chapter}, \"{heading}\""),
            (None, Some(anchor)) => format!("{chapter}, #{anchor}"),
            (None, None) => chapter,
        }
    }
}

/// The number that mdBook gives a chapter: list items count, by their depth.
fn number(summary: &str, file: &str) -> Option<String> {
    let mut counters: Vec<(usize, u32)> = Vec::new();
    for line in summary.lines() {
        let item = line.trim_start();
        if !item.starts_with("- [") && !item.starts_with("* [") {
            continue;
        }
        let indent = line.len() - item.len();
        while counters.last().is_some_and(|(depth, _)| *depth > indent) {
            counters.pop();
        }
        match counters.last_mut() {
            Some((depth, count)) if *depth == indent => *count += 1,
            _ => counters.push((indent, 1)),
        }
        let target = item
            .split_once("](")
            .and_then(|(_, rest)| rest.split_once(')'));
        if target.is_some_and(|(target, _)| target.trim_start_matches("./") == file) {
            let numbers: Vec<String> = counters.iter().map(|(_, n)| n.to_string()).collect();
            return Some(numbers.join("."));
        }
    }
    None
}

/// The text of the heading with this id, given or made from its text.
fn heading(page: &str, anchor: &str) -> Option<String> {
    page.lines().find_map(|line| {
        let text = line.strip_prefix('#')?.trim_start_matches('#').trim();
        let (text, id) = match text.split_once("{#") {
            Some((text, rest)) => {
                let id = rest.split([' ', '}']).next().unwrap_or_default();
                (text.trim(), id.to_owned())
            }
            None => (text, slug(text)),
        };
        (id == anchor).then(|| text.to_owned())
    })
}

fn slug(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            ' ' | '-' => Some('-'),
            '_' => Some('_'),
            c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "# Summary\n\n[Introduction](intro.md)\n\n- [One](one.md)\n- [Two](two.md)\n  - [Deep](deep.md)\n  - [Chat](chat.md)\n- [Three]()\n";

    #[test]
    fn chapters_are_numbered_as_mdbook_numbers_them() {
        assert_eq!(number(SUMMARY, "chat.md").as_deref(), Some("2.2"));
        assert_eq!(number(SUMMARY, "one.md").as_deref(), Some("1"));
        assert_eq!(number(SUMMARY, "intro.md"), None);
    }

    #[test]
    fn a_heading_is_found_by_its_given_id_or_by_the_one_made_from_its_text() {
        let page = "# Chat\n\n## Telling the others\n\n### Two tabs {#tabs}\n";
        assert_eq!(
            heading(page, "telling-the-others").as_deref(),
            Some("Telling the others")
        );
        assert_eq!(heading(page, "tabs").as_deref(), Some("Two tabs"));
        assert_eq!(heading(page, "none"), None);
    }
}
