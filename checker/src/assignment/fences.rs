//! Which of a page's fenced blocks are for the grader, and what for.

use super::outline::Fence;
use crate::notation::ast::Span;
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

/// What a fenced block is to the grader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `transcript`: part of a check's script.
    Script,
    /// `transcript,example`: for the reader only.
    Example,
    /// `test`: names tests of the exercise's crate.
    Tests,
    /// In another language.
    Other,
}

/// Reads the words after the opening fence.
pub(super) fn role(source: &str, fence: &Fence, diagnostics: &mut Vec<Diagnostic>) -> Role {
    let words = words(source, fence.info.clone());
    let Some((language, options)) = words.split_first() else {
        return Role::Other;
    };
    let word = &source[language.clone()];
    if word != "transcript" && word != "test" {
        if let Some(meant) = meant(word) {
            diagnostics.push(
                Diagnostic::warning(
                    format!("`{word}` blocks are not graded"),
                    language.clone(),
                    "not the notation's name",
                )
                .help(format!("write `{meant}`")),
            );
        }
        return Role::Other;
    }
    if !fence.closed {
        diagnostics.push(
            Diagnostic::error("the block is not closed", fence.info.clone(), "opened here")
                .help("end it with the same fence on a line of its own"),
        );
    }
    if word == "test" {
        if let Some(option) = options.first() {
            diagnostics.push(
                Diagnostic::error(
                    format!("unknown word `{}` after `test`", &source[option.clone()]),
                    option.clone(),
                    "expected nothing",
                )
                .help("remove it"),
            );
        }
        return Role::Tests;
    }
    let mut role = Role::Script;
    for option in options {
        let word = &source[option.clone()];
        if word == "example" {
            role = Role::Example;
        } else {
            diagnostics.push(
                Diagnostic::error(
                    format!("unknown word `{word}` after `transcript`"),
                    option.clone(),
                    "expected `example` or nothing",
                )
                .help(match suggest::one_nearest(word, &["example"]) {
                    Some(_) => "write `transcript,example`",
                    None => {
                        "remove it, or write `transcript,example` for a block that is not graded"
                    }
                }),
            );
        }
    }
    role
}

/// What was meant, if it was one of the grader's blocks. Three letters off is another language: `typescript`.
fn meant(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    if strsim::damerau_levenshtein(&word, "transcript") <= 2 {
        return Some("transcript");
    }
    // `text` is as near as `tests`, and another language.
    matches!(word.as_str(), "test" | "tests").then_some("test")
}

fn words(source: &str, info: Span) -> Vec<Span> {
    let mut position = info.start;
    let mut words = Vec::new();
    for word in source[info].split([',', ' ', '\t']) {
        if !word.is_empty() {
            words.push(position..position + word.len());
        }
        position += word.len() + 1;
    }
    words
}
