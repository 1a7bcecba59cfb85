//! The few styles in which the checker writes.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// What passed.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What failed.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is neither.
pub const OPEN: Style = AnsiColor::Yellow.on_default();
/// What is there when one looks for it.
pub const DIM: Style = Style::new().dimmed();
/// Headings and commands.
pub const STRONG: Style = Style::new().bold();

/// A text in a style.
pub fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A line with every control character replaced: what a server says must not steer the reader's terminal.
pub(super) fn printable(line: &str) -> String {
    line.chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
