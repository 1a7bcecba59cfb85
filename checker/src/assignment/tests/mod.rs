//! Every diagnostic of a page, as its author sees it.

mod blocks;
mod client_pages;
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
use crate::notation::diagnostic::{Diagnostic, render};

/// What is found in a page.
fn findings(source: &str) -> Vec<Diagnostic> {
    parse(Path::new("assignments/03-chat/assignment.md"), source).1
}

fn show(source: &str) -> String {
    let findings = findings(source);
    assert!(!findings.is_empty(), "nothing is wrong in\n{source}");
    render(&findings, "assignment.md", source, false)
}

/// A golden file: each case, and what is found in it.
fn report(cases: &[(&str, String)]) -> String {
    let shown: Vec<String> = cases
        .iter()
        .map(|(name, source)| format!("=== {name}\n{}", show(source)))
        .collect();
    shown.join("\n\n")
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
