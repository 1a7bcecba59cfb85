//! A grade as text for a terminal.

use std::fmt::Write as _;

use super::style::{BAD, DIM, GOOD, OPEN, STRONG, paint, printable};
use super::{Book, cost, transcript};
use crate::grade::{CheckGrade, Grade};
use crate::run::Outcome;
use crate::server::Log;

/// The points stand in this column.
const POINTS_COLUMN: usize = 78;
/// More checks than this that wait for the same one are told in one line.
const FOLDED: usize = 2;
/// So many of the last lines of a server's log are shown.
const LOG_LINES: usize = 20;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every check in a line, the failing ones with their transcript.
    Failures,
    /// All checks with their transcript.
    Everything,
    /// Every check in a line, the first failing one with its transcript.
    FirstFailure,
}

/// The whole report. `command` is what repeats it: `cargo checker grade chat`.
pub fn render(grade: &Grade, book: &Book, detail: Detail, command: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", paint(STRONG, &grade.title));
    text.push('\n');
    let told_below = matches!(grade.checks.as_slice(), [only] if only.outcome == Outcome::Failed);
    if !told_below {
        text.push_str(&overview(grade, detail));
    }
    let mut shown_failures = 0;
    for check in &grade.checks {
        let failed = match check.outcome {
            Outcome::Failed | Outcome::Inconclusive { .. } => true,
            // What it is given passes by itself and failed inside it.
            Outcome::NotRun { .. } => check.transcript.failed_exchange().is_some(),
            Outcome::Passed | Outcome::Skipped { .. } => false,
        };
        let show = match detail {
            Detail::Everything => !check.transcript.parts.is_empty(),
            Detail::Failures => failed,
            Detail::FirstFailure => failed && shown_failures == 0,
        };
        if show {
            if !told_below {
                text.push('\n');
            }
            text.push_str(&details(grade, check, book, detail, command));
        }
        shown_failures += usize::from(failed);
    }
    text.push_str(&cost::table(grade));
    text.push('\n');
    text.push_str(&total(grade));
    if !told_below {
        let only = match grade.only.as_slice() {
            [] => String::new(),
            ids => format!(" --only {}", ids.join(",")),
        };
        let again = format!("again: {command}{only} --seed {}", grade.seed);
        let _ = writeln!(text, "{}", paint(DIM, again));
    }
    text
}

/// The table of what messages cost, or nothing where nothing was measured.
pub fn costs(grade: &Grade) -> String {
    cost::table(grade)
}

/// Every check in a line. A run of checks that wait for the same one is told in one.
fn overview(grade: &Grade, detail: Detail) -> String {
    let width = grade
        .checks
        .iter()
        .map(|check| check.id.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    let same_cause = |a: &CheckGrade, b: &CheckGrade| {
        a.outcome == b.outcome && matches!(a.outcome, Outcome::NotRun { .. })
    };
    for group in grade.checks.chunk_by(same_cause) {
        match (&group[0].outcome, detail) {
            (Outcome::NotRun { because }, Detail::Failures | Detail::FirstFailure)
                if group.len() > FOLDED =>
            {
                let ids: Vec<&str> = group.iter().map(|check| check.id.as_str()).collect();
                let ids = wrapped(&ids.join(", "), POINTS_COLUMN - 4).join("\n    ");
                let count = group.len();
                let heading = format!("- {count} checks are not run until {because} passes:");
                let _ = writeln!(text, "{}", paint(DIM, format!("{heading}\n    {ids}")));
            }
            _ => {
                for check in group {
                    let _ = writeln!(text, "{}", headline(check, width));
                }
            }
        }
    }
    text
}

/// A text in lines of at most so many characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// One check in one line, its id padded to a width.
fn headline(check: &CheckGrade, width: usize) -> String {
    let (mark, style) = mark(&check.outcome);
    let remark = match &check.outcome {
        Outcome::Passed | Outcome::Failed => String::new(),
        Outcome::NotRun { because } => format!(" (not run: it needs {because})"),
        Outcome::Skipped { reason } => format!(" (skipped: {reason})"),
        Outcome::Inconclusive { reason } => format!(" (inconclusive: {reason})"),
    };
    let points = match check.outcome {
        Outcome::Skipped { .. } => "-".to_owned(),
        _ => format!("{}/{}", check.earned(), check.points),
    };
    let id = format!("{:<width$}", check.id);
    let plain = format!("{mark} {id}  {}{remark}", check.title);
    let padding = POINTS_COLUMN
        .saturating_sub(plain.chars().count() + points.chars().count())
        .max(2);
    format!(
        "{} {}  {}{}{}{}",
        paint(style, mark),
        paint(style, id),
        check.title,
        paint(DIM, remark),
        " ".repeat(padding),
        points
    )
}

fn mark(outcome: &Outcome) -> (&'static str, anstyle::Style) {
    match outcome {
        Outcome::Passed => ("✓", GOOD),
        Outcome::Failed => ("✗", BAD),
        Outcome::NotRun { .. } => ("-", DIM),
        Outcome::Skipped { .. } => ("-", OPEN),
        Outcome::Inconclusive { .. } => ("?", OPEN),
    }
}

/// A check with its conversation, its server's log and where to go from there.
fn details(
    grade: &Grade,
    check: &CheckGrade,
    book: &Book,
    detail: Detail,
    command: &str,
) -> String {
    let mut text = format!("{}\n", headline(check, 0));
    let place = format!("{}:{}", grade.page.display(), check.line);
    let _ = writeln!(text, "  {}\n", paint(DIM, place));
    text.push_str(&transcript::render(
        &check.transcript,
        detail == Detail::Everything,
    ));
    if check.outcome == Outcome::Passed {
        return text;
    }
    text.push('\n');
    let program = check.program();
    if let Some(exit) = &check.exit {
        let ended = format!("the {program} ended: {exit}");
        let _ = writeln!(text, "  {}", paint(BAD, ended));
    }
    if let Some(printed) = &check.log {
        text.push_str(&log(program, printed));
    }
    let mut pointers = Vec::new();
    if let Some(place) = &check.read {
        pointers.push(format!("read: {}", book.describe(place)));
    }
    if check.has_hint {
        let hint = format!("cargo checker hint {} {}", grade.assignment, check.id);
        pointers.push(format!("hint: {hint}"));
    }
    if !pointers.is_empty() {
        let _ = writeln!(text, "  {}", pointers.join("   "));
    }
    let again = format!("{command} --only {} --seed {}", check.id, grade.seed);
    let _ = writeln!(text, "  again: {again}");
    text
}

/// The last lines of what a program, the server or the client, printed.
pub fn log(program: &str, log: &Log) -> String {
    if log.lines.is_empty() {
        return format!("  {program} log: empty\n");
    }
    let skip = log.lines.len().saturating_sub(LOG_LINES);
    let heading = match skip {
        0 => format!("  {program} log:"),
        n => format!(
            "  {program} log (the last {LOG_LINES} of {} lines):",
            n + LOG_LINES
        ),
    };
    let mut text = format!("{heading}\n");
    for line in &log.lines[skip..] {
        let shown = if line.text.len() > 1_000 {
            format!("(a line of {} characters)", line.text.chars().count())
        } else {
            printable(&line.text)
        };
        let _ = writeln!(text, "    {}", paint(DIM, shown));
    }
    if log.dropped_bytes > 0 {
        let _ = writeln!(
            text,
            "    (the {program} printed {} bytes more than the checker keeps)",
            log.dropped_bytes
        );
    }
    text
}

/// The last line: the points.
fn total(grade: &Grade) -> String {
    let count =
        |wanted: fn(&Outcome) -> bool| grade.checks.iter().filter(|c| wanted(&c.outcome)).count();
    let mut parts = vec![format!(
        "{} passed",
        count(|o| matches!(o, Outcome::Passed))
    )];
    let others: [(&str, usize); 4] = [
        ("failed", count(|o| matches!(o, Outcome::Failed))),
        ("not run", count(|o| matches!(o, Outcome::NotRun { .. }))),
        ("skipped", count(|o| matches!(o, Outcome::Skipped { .. }))),
        (
            "inconclusive",
            count(|o| matches!(o, Outcome::Inconclusive { .. })),
        ),
    ];
    for (name, count) in others {
        if count > 0 {
            parts.push(format!("{count} {name}"));
        }
    }
    let style = if grade.all_passed() { GOOD } else { BAD };
    let points = format!("{}/{} points", grade.earned(), grade.possible());
    format!(
        "{}  {}  {}\n",
        paint(style, points),
        parts.join(", "),
        paint(DIM, format!("in {}", transcript::time(grade.took))),
    )
}
