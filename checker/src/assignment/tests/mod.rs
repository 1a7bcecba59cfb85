//! Every diagnostic of a page, as its author sees it.

mod blocks;
mod connections;
mod examples;
mod front_matter;
mod headings;
mod pages;
mod races;
mod references;
mod robustness;
mod variables;

use std::path::Path;

use super::parse;
use crate::notation::diagnostic::{Diagnostic, Severity};

/// What is found in a page.
fn findings(source: &str) -> Vec<Diagnostic> {
    parse(Path::new("assignments/03-chat/assignment.md"), source).1
}

fn show(source: &str) -> String {
    let findings = findings(source);
    assert!(!findings.is_empty(), "nothing is wrong in\n{source}");
    let shown: Vec<String> = findings
        .iter()
        .map(|finding| plain(source, finding))
        .collect();
    shown.join("\n")
}

fn plain(source: &str, finding: &Diagnostic) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = |span: &std::ops::Range<usize>| {
        let line = 1 + source[..span.start].matches('\n').count();
        format!("{line}: {:?}", &source[span.clone()])
    };
    let mut text = format!(
        "{severity}: {}\n  {} -- {}\n",
        finding.message,
        place(&finding.span),
        finding.label
    );
    for (span, note) in &finding.notes {
        text += &format!("  {} -- {note}\n", place(span));
    }
    if let Some(help) = &finding.help {
        text += &format!("  help: {help}\n");
    }
    text
}

/// A golden file: each case, and what is found in it.
fn report(cases: &[(&str, String)]) -> String {
    let shown: Vec<String> = cases
        .iter()
        .map(|(name, source)| format!("=== {name}\n{}", show(source)))
        .collect();
    shown.join("\n")
}

const FRONT_MATTER: &str =
    "+++\nyours = [\"src/handlers.rs\"]\n[server]\nenv = { LIMIT = \"50\" }\n+++\n# A page\n\n";

/// A page of this Markdown.
fn page(markdown: &str) -> String {
    format!("{FRONT_MATTER}{markdown}")
}

/// A check with a hint, about which there is nothing to say but what is wrong in its script.
fn check(heading: &str, script: &str) -> String {
    format!("## {heading}\n\n```transcript\n{script}\n```\n\n> [!TIP]\n> Look.\n\n")
}

/// A page of one check.
fn script(script: &str) -> String {
    page(&check("One {#one points=5}", script))
}
