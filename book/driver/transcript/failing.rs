//! The report of a failing run: the lines that failed stand out, the rest steps back.

use crate::html::{push_escaped, push_span};

/// As HTML. Line breaks are character references.
pub(super) fn report(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for line in text.trim_end().split_inclusive('\n') {
        match class_of(line.trim()) {
            Some(class) => push_span(&mut html, class, line),
            None => push_escaped(&mut html, line),
        }
    }
    html
}

/// How a line is coloured, by how it begins.
fn class_of(line: &str) -> Option<&'static str> {
    const CLASSES: [(&str, &str); 12] = [
        ("✗", "t-failed"),
        ("^", "t-failed"),
        ("closest:", "t-evidence"),
        ("came:", "t-evidence"),
        ("passed over:", "t-evidence"),
        ("then nothing", "t-evidence"),
        ("nothing came", "t-evidence"),
        ("the connection ended", "t-evidence"),
        ("server log", "t-aside"),
        ("read:", "t-aside"),
        ("again:", "t-aside"),
        ("assignments/", "t-aside"),
    ];
    CLASSES
        .iter()
        .find(|(start, _)| line.starts_with(start))
        .map(|(_, class)| *class)
}
