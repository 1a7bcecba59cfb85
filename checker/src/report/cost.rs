//! What messages cost, as a table: one row for each `measure` block.

use std::fmt::Write as _;

use super::style::{DIM, STRONG, paint};
use crate::grade::Grade;
use crate::run::Measured;

/// The heading of the first column.
const TITLE: &str = "What a message cost";
/// The headings of the others, each as wide as its column.
const COLUMNS: [&str; 4] = ["  requests", "  bytes sent", "  received", "     total"];

/// The table, or nothing where nothing was measured.
pub(super) fn table(grade: &Grade) -> String {
    let measured: Vec<&Measured> = grade
        .checks
        .iter()
        .flat_map(|check| check.transcript.measured())
        .collect();
    if measured.is_empty() {
        return String::new();
    }
    let names = measured
        .iter()
        .map(|measured| measured.name.chars().count() + 2);
    let width = names.max().unwrap_or(0).max(TITLE.chars().count());
    let mut text = String::from("\n");
    let title = format!("{TITLE:<width$}");
    let _ = writeln!(
        text,
        "{}{}",
        paint(STRONG, title),
        paint(DIM, COLUMNS.concat())
    );
    for measured in measured {
        let name = format!("  {}", measured.name);
        let _ = write!(text, "{name:<width$}");
        let per_message = |count| measured.per_message(count);
        let cost = measured.cost;
        let cells = [
            format!("{:.1}", per_message(cost.requests)),
            format!("{:.0}", per_message(cost.sent)),
            format!("{:.0}", per_message(cost.received)),
            format!("{:.0}", per_message(cost.bytes())),
        ];
        for (cell, column) in cells.iter().zip(COLUMNS) {
            let _ = write!(text, "{cell:>width$}", width = column.len());
        }
        text.push('\n');
    }
    text
}
