//! The attributes of a heading: `{#id points=10 needs=a,b stub=passes read=chapter#anchor}`.
//!
//! They are read from the page's text: the Markdown parser gives no positions, keeps quotes as part of a value and
//! drops what follows a space after a comma.

use super::BookPlace;
use crate::notation::ast::{Span, Spanned};
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

const KEYS: [&str; 4] = ["points", "needs", "stub", "read"];

/// The attributes of one heading.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub(super) id: Option<Spanned<String>>,
    /// `None` inside when they, or their key, are written wrongly, which has been reported.
    pub(super) points: Option<Spanned<Option<u32>>>,
    pub(super) needs: Vec<Spanned<String>>,
    pub(super) stub_passes: bool,
    pub(super) read: Option<BookPlace>,
    /// The keys that only a check has, other than `points`.
    pub(super) check_keys: Vec<Spanned<&'static str>>,
}

/// Reads what stands between the braces at `span`.
pub(super) fn parse(source: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Attributes {
    let mut attributes = Attributes::default();
    for attribute in split(source, span) {
        let text = clean(source, &attribute, diagnostics);
        let span = attribute.span.clone();
        if let Some(id) = text.strip_prefix('#') {
            attributes.id(id, span, diagnostics);
        } else if text.starts_with('.') {
            // A class: the book's business.
        } else if let Some((key, value)) = text.split_once('=') {
            let value_span = match source[span.clone()].find('=') {
                Some(equals) => trimmed(source, span.start + equals + 1..span.end),
                None => span.clone(),
            };
            let key_span = span.start..span.start + key.len();
            attributes.pair(
                key,
                key_span,
                &Spanned::new(value.to_owned(), value_span),
                diagnostics,
            );
        } else {
            let meant = suggest::one_nearest(&text, &KEYS);
            if meant == Some("points") {
                attributes.points = Some(Spanned::new(None, span.clone()));
            }
            diagnostics.push(
                Diagnostic::error(
                    format!("`{text}` is no attribute"),
                    span,
                    "expected `key=value`",
                )
                .help(match meant {
                    Some("stub") => "write `stub=passes`".to_owned(),
                    Some(key) => format!("write `{key}=…`"),
                    None => format!(
                        "write `#id`, or one of {} with `=` and its value",
                        suggest::list(&KEYS)
                    ),
                }),
            );
        }
    }
    attributes
}

/// One attribute as its author meant it: spaces around `=` and `,` and inside quotes do not end it.
struct Attribute {
    span: Span,
    spaced: bool,
}

fn split(source: &str, span: Span) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut position = span.start;
    for word in source[span.clone()].split_ascii_whitespace() {
        let start = position + source[position..span.end].find(word).unwrap_or(0);
        position = start + word.len();
        let goes_on = attributes.last().is_some_and(|last| {
            let before = &source[last.span.clone()];
            let in_quotes = before.matches('"').count() % 2 == 1;
            in_quotes || before.ends_with(['=', ',']) || word.starts_with(['=', ','])
        });
        match attributes.last_mut() {
            Some(last) if goes_on => {
                last.span.end = position;
                last.spaced = true;
            }
            _ => attributes.push(Attribute {
                span: start..position,
                spaced: false,
            }),
        }
    }
    attributes
}

/// The attribute without quotes and spaces, which are reported.
fn clean(source: &str, attribute: &Attribute, diagnostics: &mut Vec<Diagnostic>) -> String {
    let text = &source[attribute.span.clone()];
    let clean = text.replace(['"', '\'', ' ', '\t'], "");
    let quoted = text.contains(['"', '\'']);
    let message = match (quoted, attribute.spaced) {
        (false, false) => return clean,
        (true, _) => "an attribute has no quotes",
        (false, true) => "an attribute has no spaces",
    };
    let label = if quoted {
        "the quotes would become part of the value"
    } else {
        "what follows the space would be lost"
    };
    diagnostics.push(
        Diagnostic::error(message, attribute.span.clone(), label).help(format!("write `{clean}`")),
    );
    clean
}

fn trimmed(source: &str, span: Span) -> Span {
    let text = &source[span.clone()];
    let start = span.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

impl Attributes {
    fn id(&mut self, id: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
        if let Some(first) = &self.id {
            diagnostics.push(
                Diagnostic::error("a heading has one id", span, "a second one")
                    .note(first.span.clone(), "the first")
                    .help("keep one of the two"),
            );
        } else {
            self.id = Some(Spanned::new(id.to_owned(), span));
        }
    }

    fn pair(
        &mut self,
        key: &str,
        key_span: Span,
        value: &Spanned<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        match key {
            "points" => {
                let points = points(value, diagnostics);
                self.points = Some(Spanned::new(points, value.span.clone()));
            }
            "needs" => {
                self.check_keys.push(Spanned::new("needs", key_span));
                self.needs.extend(needs(value, diagnostics));
            }
            "stub" => {
                self.check_keys.push(Spanned::new("stub", key_span));
                self.stub_passes = value.node == "passes";
                if !self.stub_passes {
                    diagnostics.push(
                        Diagnostic::error(
                            format!("`stub` cannot be `{}`", value.node),
                            value.span.clone(),
                            "expected `passes`",
                        )
                        .help("write `stub=passes`, or nothing: other checks must fail the stub"),
                    );
                }
            }
            "read" => {
                self.check_keys.push(Spanned::new("read", key_span));
                self.read = book_place(value, diagnostics);
            }
            _ => {
                let meant = suggest::one_nearest(key, &KEYS);
                if meant == Some("points") && self.points.is_none() {
                    self.points = Some(Spanned::new(None, value.span.clone()));
                }
                diagnostics.push(
                    Diagnostic::error(
                        format!("unknown attribute `{key}`"),
                        key_span,
                        "not an attribute of a check",
                    )
                    .help(match meant {
                        Some(meant) => format!("write `{meant}`"),
                        None => format!("write {}", suggest::list(&KEYS)),
                    }),
                );
            }
        }
    }
}

fn points(value: &Spanned<String>, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
    let points = value.node.parse().ok().filter(|points| *points > 0);
    if points.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "points are a positive integer",
                value.span.clone(),
                format!("this is `{}`", value.node),
            )
            .help("write `points=10`, say"),
        );
    }
    points
}

fn needs(value: &Spanned<String>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Spanned<String>> {
    // With quotes or spaces, reported already, the parts have no places of their own.
    let exact = value.span.len() == value.node.len();
    let mut start = value.span.start;
    let mut names: Vec<Spanned<String>> = Vec::new();
    for name in value.node.split(',') {
        let span = if exact {
            start..start + name.len()
        } else {
            value.span.clone()
        };
        start += name.len() + 1;
        if name.is_empty() {
            diagnostics.push(
                Diagnostic::error(
                    "`needs` lacks a name",
                    value.span.clone(),
                    "a comma too many",
                )
                .help("write `needs=a,b`"),
            );
        } else if names.iter().any(|earlier| earlier.node == name) {
            diagnostics.push(
                Diagnostic::warning(format!("`{name}` is named twice"), span, "again here")
                    .help("remove it"),
            );
        } else {
            names.push(Spanned::new(name.to_owned(), span));
        }
    }
    names
}

fn book_place(value: &Spanned<String>, diagnostics: &mut Vec<Diagnostic>) -> Option<BookPlace> {
    let (chapter, anchor) = match value.node.split_once('#') {
        Some((chapter, anchor)) => (chapter, Some(anchor)),
        None => (value.node.as_str(), None),
    };
    let label = if chapter.is_empty() {
        "names no chapter"
    } else if anchor == Some("") {
        "nothing follows the `#`"
    } else if chapter.ends_with(".md") || chapter.ends_with(".html") {
        "the chapter has no extension"
    } else {
        return Some(BookPlace {
            chapter: chapter.to_owned(),
            anchor: anchor.map(str::to_owned),
        });
    };
    diagnostics.push(
        Diagnostic::error(
            "`read` names no place in the book",
            value.span.clone(),
            label,
        )
        .help("write `read=chapter#anchor`, `read=chat#telling-the-others` say"),
    );
    None
}
