//! Sections of the page -> checks, each with the positions that only a diagnostic needs.

use super::Check;
use super::attributes::{self, Attributes};
use super::fences::{self, Role};
use super::named_tests;
use super::outline::{Heading, Section, Tip};
use crate::notation::ast::{Script, Span, Spanned, Statement};
use crate::notation::diagnostic::{Diagnostic, Severity};
use crate::notation::parser;

/// A check whose references are not looked up yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) check: Check,
    /// Of the id, or of the heading when it has none.
    pub(super) id_span: Span,
    /// The names of `needs=`.
    pub(super) needs: Vec<Spanned<String>>,
    /// The name on the first `given` line.
    pub(super) given: Option<Spanned<String>>,
    /// The transcript's text, piece by piece.
    pub(super) pieces: Vec<Span>,
    /// Where the script could not be read.
    pub(super) unread: Vec<Span>,
    level: usize,
    tip: Option<Span>,
    /// The first transcript and the first test block.
    transcript: Option<Span>,
    test_block: Option<Span>,
}

/// The page's checks and examples.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) checks: Vec<Draft>,
    pub(super) examples: Vec<Script>,
}

/// Collects the checks. A heading without points that is deeper than the check's own stays part of it; one of the same
/// or a higher level ends it.
pub(super) fn collect(
    source: &str,
    sections: &[Section],
    diagnostics: &mut Vec<Diagnostic>,
) -> Drafts {
    let mut drafts = Drafts::default();
    let mut in_check = false;
    for section in sections {
        if let Some(heading) = &section.heading {
            match check_of(source, heading, diagnostics) {
                Some(draft) => {
                    drafts.checks.push(draft);
                    in_check = true;
                }
                None => {
                    in_check &= drafts
                        .checks
                        .last()
                        .is_some_and(|draft| draft.level < heading.level);
                }
            }
        }
        let current = drafts.checks.last_mut().filter(|_| in_check);
        drafts
            .examples
            .extend(blocks(source, section, current, diagnostics));
    }
    for draft in &mut drafts.checks {
        draft.finish(source, diagnostics);
    }
    drafts
}

/// The check that a heading with points begins.
fn check_of(source: &str, heading: &Heading, diagnostics: &mut Vec<Diagnostic>) -> Option<Draft> {
    let span = attributes_span(source, heading, diagnostics);
    let attributes = match &span {
        Some(span) => attributes::parse(source, span.clone(), diagnostics),
        None => Attributes::default(),
    };
    let Some(points) = &attributes.points else {
        let stray = attributes.check_keys.iter().map(|key| {
            let message = format!("`{}` on a heading without points", key.node);
            Diagnostic::error(message, key.span.clone(), "only a check has it")
                .help("add `points=10` to make it a check")
        });
        diagnostics.extend(stray);
        return None;
    };
    // Wrong points are an error, so that nobody counts these.
    let points = points.node.unwrap_or(1);
    let title = heading.title.trim().to_owned();
    let place = span.unwrap_or_else(|| heading.span.clone());
    let id = id(source, attributes.id, &title, place, diagnostics);
    Some(Draft {
        check: Check {
            id: id.node,
            title,
            points,
            needs: Vec::new(),
            given: None,
            stub_passes: attributes.stub_passes,
            read: attributes.read,
            hint: None,
            script: Script::default(),
            tests: Vec::new(),
            span: heading.span.clone(),
            line: 1 + source[..heading.span.start].matches('\n').count(),
        },
        id_span: id.span,
        needs: attributes.needs,
        given: None,
        pieces: Vec::new(),
        unread: Vec::new(),
        level: heading.level,
        tip: None,
        transcript: None,
        test_block: None,
    })
}

/// What stands between the braces of a heading.
fn attributes_span(
    source: &str,
    heading: &Heading,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Span> {
    if let Some(lost) = &heading.lost_attributes {
        diagnostics.push(
            Diagnostic::error(
                "attributes that are lost",
                lost.clone(),
                "part of the text as it stands",
            )
            .help(
                "put them at the very end of the heading, with no `#` after them: \
                 ## Title {#id points=10}",
            ),
        );
    }
    // What was meant is read all the same, so that the script under the heading belongs to a check.
    let lost = heading.lost_attributes.as_ref().map(|braces| {
        let inside = source[braces.clone()].trim_matches(['{', '}']).len();
        braces.start + 1..braces.start + 1 + inside
    });
    heading.attributes.clone().or(lost)
}

/// The id of a check; one made of its title when the heading has none, which is reported at `place`.
fn id(
    source: &str,
    given: Option<Spanned<String>>,
    title: &str,
    place: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Spanned<String> {
    let Some(id) = given else {
        let slug = slug(title);
        let attributes = source[place.clone()].trim();
        diagnostics.push(
            Diagnostic::error("a check without an id", place.clone(), "points, but no id")
                .help(format!("write `{{#{slug} {attributes}}}`")),
        );
        return Spanned::new(slug, place);
    };
    if !is_id(&id.node) {
        diagnostics.push(
            Diagnostic::error(
                format!("`{}` cannot be the id of a check", id.node),
                id.span.clone(),
                "expected lower-case letters, digits and `-`, a letter first",
            )
            .help(format!("write `#{}`", slug(&id.node))),
        );
    }
    id
}

/// Hands a section's transcripts and tips to the check that it belongs to; returns its examples.
fn blocks(
    source: &str,
    section: &Section,
    mut current: Option<&mut Draft>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Script> {
    let mut examples = Vec::new();
    for fence in &section.fences {
        match (fences::role(source, fence, diagnostics), &mut current) {
            (Role::Other, _) => {}
            (Role::Example, _) => {
                let (script, found) = parser::parse_pieces(source, &fence.pieces);
                diagnostics.extend(found);
                examples.push(script);
            }
            (Role::Script, Some(draft)) => {
                draft.transcript.get_or_insert(fence.info.clone());
                // A block that is not closed holds the rest of the page, which is no script.
                if fence.closed {
                    draft.pieces.extend(fence.pieces.iter().cloned());
                } else {
                    draft.unread.push(fence.info.start..source.len());
                }
            }
            (Role::Tests, Some(draft)) => {
                draft.test_block.get_or_insert(fence.info.clone());
                let tests = named_tests::parse(source, &fence.pieces, diagnostics);
                draft.check.tests.extend(tests);
            }
            (Role::Tests, None) => diagnostics.push(
                Diagnostic::error(
                    "a test block under no check",
                    fence.info.clone(),
                    "the heading above has no points",
                )
                .help("give the heading an id and points: {#id points=10}"),
            ),
            (Role::Script, None) => diagnostics.push(
                Diagnostic::error(
                    "a transcript under no check",
                    fence.info.clone(),
                    "the heading above has no points",
                )
                .help(
                    "write `transcript,example`, or give the heading an id and points: \
                     {#id points=10}",
                ),
            ),
        }
    }
    if let Some(draft) = current {
        for tip in &section.tips {
            draft.add_tip(tip, diagnostics);
        }
    }
    examples
}

impl Draft {
    fn add_tip(&mut self, tip: &Tip, diagnostics: &mut Vec<Diagnostic>) {
        match &self.tip {
            Some(first) => diagnostics.push(
                Diagnostic::error("two hints under one check", tip.span.clone(), "the second")
                    .note(first.clone(), "the first")
                    .help("join them in one `[!TIP]`, or make one a `[!NOTE]`"),
            ),
            None => {
                self.tip = Some(tip.span.clone());
                self.check.hint = Some(tip.text.clone()).filter(|text| !text.is_empty());
            }
        }
    }

    fn finish(&mut self, source: &str, diagnostics: &mut Vec<Diagnostic>) {
        let (script, found) = parser::parse_pieces(source, &self.pieces);
        let errors = found
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error);
        self.unread
            .extend(errors.map(|diagnostic| diagnostic.span.clone()));
        let is_empty = script.lines.iter().all(|line| {
            matches!(
                line.statement,
                Statement::Comment(_) | Statement::Given(_) | Statement::Env(_)
            )
        });
        if let (Some(transcript), Some(tests)) = (&self.transcript, &self.test_block) {
            diagnostics.push(
                Diagnostic::error(
                    "a transcript and a test block under one check",
                    tests.clone(),
                    "a check has one or the other",
                )
                .note(transcript.clone(), "the transcript")
                .help("make two checks of it"),
            );
        } else if self.test_block.is_some() {
            if self.check.tests.is_empty() {
                diagnostics.push(
                    Diagnostic::error(
                        "a check with an empty test block",
                        self.check.span.clone(),
                        "nothing to grade under this heading",
                    )
                    .help("name a test on each line of its block: `codec::accept_key`"),
                );
            }
        } else if self.transcript.is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "a check without a transcript",
                    self.check.span.clone(),
                    "nothing to grade under this heading",
                )
                .help("add a ```transcript block under it, or remove its points"),
            );
        } else if is_empty && found.is_empty() && !self.pieces.is_empty() {
            diagnostics.push(
                Diagnostic::error(
                    "a check with an empty transcript",
                    self.check.span.clone(),
                    "nothing to grade under this heading",
                )
                .help("write what is said in its ```transcript block"),
            );
        }
        if self.check.hint.is_none() {
            diagnostics.push(
                Diagnostic::warning(
                    "a check without a hint",
                    self.check.span.clone(),
                    "no `[!TIP]` under it",
                )
                .help("say how to begin in a quotation under it:\n> [!TIP]\n> …"),
            );
        }
        diagnostics.extend(found);
        self.given = script.lines.iter().find_map(|line| match &line.statement {
            Statement::Given(name) => Some(name.clone()),
            _ => None,
        });
        self.check.given = self.given.as_ref().map(|given| given.node.clone());
        self.check.script = script;
    }
}

/// Whether it can be told from every other word of a heading or a `given` line.
fn is_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        })
}

/// An id made of a title.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .skip_while(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    if words.is_empty() {
        "check".to_owned()
    } else {
        words.join("-")
    }
}
