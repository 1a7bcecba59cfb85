//! `test` blocks: tests of the exercise's crate, by name.
//!
//! ```text
//! codec::accept_key            # tests/codec.rs, `fn accept_key`
//! codec::headers::one_byte     # in the module `headers` of it
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use super::{Assignment, NamedTest};
use crate::notation::ast::Span;
use crate::notation::diagnostic::Diagnostic;

/// Reads the lines of a block that stands in these pieces of the page.
pub(super) fn parse(
    source: &str,
    pieces: &[Span],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NamedTest> {
    let mut tests: Vec<NamedTest> = Vec::new();
    for line in pieces.iter().flat_map(|piece| lines(source, piece)) {
        let name = &source[line.clone()];
        let Some((target, path)) = split(name) else {
            diagnostics.push(
                Diagnostic::error(
                    format!("`{name}` is not the name of a test"),
                    line,
                    "expected `TARGET::test`",
                )
                .help(
                    "name the file in the exercise's tests/ and the function in it: \
                     `codec::accept_key` is the test `accept_key` of tests/codec.rs",
                ),
            );
            continue;
        };
        if let Some(first) = tests.iter().find(|test| test.to_string() == name) {
            diagnostics.push(
                Diagnostic::error("a test that is named twice", line, "the second time")
                    .note(first.span.clone(), "the first time")
                    .help("remove it"),
            );
            continue;
        }
        tests.push(NamedTest {
            target: target.to_owned(),
            path: path.to_owned(),
            span: line,
        });
    }
    tests
}

/// The lines that hold something, without comments and the space around.
fn lines(source: &str, piece: &Span) -> Vec<Span> {
    let mut start = piece.start;
    let mut lines = Vec::new();
    for line in source[piece.clone()].split_inclusive('\n') {
        let comment = line
            .char_indices()
            .find(|&(at, c)| c == '#' && line[..at].chars().all(char::is_whitespace))
            .map(|(at, _)| at)
            .or_else(|| line.find(" #"));
        let text = &line[..comment.unwrap_or(line.len())];
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            let from = start + (text.len() - text.trim_start().len());
            lines.push(from..from + trimmed.len());
        }
        start += line.len();
    }
    lines
}

/// The test target and the test's path in it.
fn split(name: &str) -> Option<(&str, &str)> {
    let (target, path) = name.split_once("::")?;
    let is_target = !target.is_empty()
        && target
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let is_path = path.split("::").all(is_identifier);
    (is_target && is_path).then_some((target, path))
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reports tests that are not given: the file is the student's, or not there, or has no function of the name.
pub(super) fn look_for(assignment: &Assignment, page: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let tests = assignment.checks.iter().flat_map(|check| &check.tests);
    let exercise = exercise_of(assignment, page);
    for test in tests {
        let file = test.file();
        if assignment
            .front_matter
            .yours
            .iter()
            .any(|yours| file.starts_with(yours))
        {
            diagnostics.push(
                Diagnostic::error(
                    format!("`{}` is the student's file", file.display()),
                    test.span.clone(),
                    "a graded test must be given",
                )
                .help("take it out of `yours`"),
            );
            continue;
        }
        let Some(exercise) = &exercise else { continue };
        let Ok(text) = fs::read_to_string(exercise.join(&file)) else {
            diagnostics.push(
                Diagnostic::error(
                    format!("the exercise has no {}", file.display()),
                    test.span.clone(),
                    "no such test",
                )
                .help(format!(
                    "write {}, or name a test of a file that is there",
                    exercise.join(&file).display()
                )),
            );
            continue;
        };
        let function = test.path.rsplit("::").next().unwrap_or_default();
        if !declares(&text, function) {
            diagnostics.push(
                Diagnostic::error(
                    format!("{} has no function `{function}`", file.display()),
                    test.span.clone(),
                    "no such test",
                )
                .help(format!("write `#[graded::test] fn {function}()` there")),
            );
        }
    }
    diagnostics
}

/// The exercise's folder, if the page stands in a course that has it.
fn exercise_of(assignment: &Assignment, page: &Path) -> Option<PathBuf> {
    let course = page.parent()?.parent()?.parent()?;
    let exercise = course.join("exercises").join(&assignment.folder);
    exercise.is_dir().then_some(exercise)
}

/// Whether there is a function of this name, as far as one can see without a compiler.
fn declares(text: &str, function: &str) -> bool {
    text.match_indices(function).any(|(at, _)| {
        let before = text[..at].trim_end();
        let after = &text[at + function.len()..];
        before.len() < at
            && before.ends_with("fn")
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}
