//! A transcript as text: the lines as they were played, and under the one that failed why.

use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

use super::style::{BAD, DIM, OPEN, STRONG, paint, printable};
use crate::run::{Exchange, Failure, Transcript};

/// Times stand in this column, where the line leaves room.
const TIME_COLUMN: usize = 66;
/// So many turns of a loop are all shown.
const FEW_TURNS: usize = 4;
/// So many of the messages that came instead are shown; the rest is counted.
const PASSED_OVER: usize = 8;

/// The conversation, a part for each check that was played.
pub(super) fn render(transcript: &Transcript, all_messages: bool) -> String {
    let mut text = String::new();
    let last = transcript.parts.len().saturating_sub(1);
    for (index, part) in transcript.parts.iter().enumerate() {
        if last > 0 {
            let heading = if index == last {
                "then".to_owned()
            } else {
                format!("given {}", part.check)
            };
            let _ = writeln!(text, "  {}", paint(STRONG, heading));
        }
        let folded = if all_messages {
            Vec::new()
        } else {
            folds(&part.exchanges)
        };
        let mut index = 0;
        while let Some(exchange) = part.exchanges.get(index) {
            match folded.iter().find(|fold| fold.exchanges.start == index) {
                Some(fold) => {
                    let indent = "  ".repeat(exchange.depth);
                    let note = format!(
                        "({} turns of `{}` went well; --verbose shows them)",
                        fold.turns,
                        exchange.text.split(" = ").next().unwrap_or_default()
                    );
                    let _ = writeln!(text, "     {indent}{}", paint(DIM, note));
                    index = fold.exchanges.end;
                }
                None => {
                    render_exchange(&mut text, exchange, all_messages);
                    index += 1;
                }
            }
        }
    }
    text
}

/// The turns of a loop but the last two.
struct Fold {
    exchanges: Range<usize>,
    turns: usize,
}

/// Which turns of loops are told in one line: more than a few, and not those that lead up to the failure.
fn folds(exchanges: &[Exchange]) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut index = 0;
    while index < exchanges.len() {
        let turns = turns(exchanges, index);
        if let [first, .., second_last, _] = turns.as_slice()
            && turns.len() > FEW_TURNS
            && !exchanges[*first..*second_last]
                .iter()
                .any(|e| e.failure.is_some())
        {
            folds.push(Fold {
                exchanges: *first..*second_last,
                turns: turns.len() - 2,
            });
            index = *second_last;
        } else {
            // A block's own lines may hold loops too.
            index += 1;
        }
    }
    folds
}

/// Where the turns of the loop that begins here begin.
fn turns(exchanges: &[Exchange], start: usize) -> Vec<usize> {
    let head = &exchanges[start];
    if !head.text.starts_with("for $") {
        return Vec::new();
    }
    (start..exchanges.len())
        .take_while(|&index| {
            let exchange = &exchanges[index];
            exchange.depth > head.depth || exchange.span == head.span
        })
        .filter(|&index| exchanges[index].span == head.span)
        .collect()
}

fn render_exchange(text: &mut String, exchange: &Exchange, all_messages: bool) {
    let failed = exchange.failure.is_some();
    let mark = if failed {
        paint(BAD, "✗")
    } else {
        " ".to_owned()
    };
    let indent = "  ".repeat(exchange.depth);
    for (number, line) in exchange.text.lines().enumerate() {
        let mark = if number == 0 { mark.as_str() } else { " " };
        let line = printable(line);
        let shown = if failed {
            paint(BAD, &line)
        } else {
            line.clone()
        };
        let _ = write!(text, "  {mark}  {indent}{shown}");
        if number == 0 && exchange.text.lines().count() == 1 {
            write_time(text, exchange.took, indent.len() + line.chars().count());
        }
        text.push('\n');
    }
    let below = format!("       {indent}     ");
    let skip = match exchange.passed_over.len().checked_sub(PASSED_OVER) {
        Some(more) if !all_messages && more > 0 => {
            let note = format!("passed over: {more} earlier messages (--verbose shows them)");
            let _ = writeln!(text, "{below}{}", paint(DIM, note));
            more
        }
        _ => 0,
    };
    for message in exchange.passed_over.iter().skip(skip) {
        let is_closest = exchange
            .failure
            .as_ref()
            .and_then(|failure| failure.closest.as_ref())
            .is_some_and(|closest| closest.message == *message);
        if !is_closest {
            let _ = writeln!(
                text,
                "{below}{}",
                paint(DIM, format!("passed over: {}", printable(message)))
            );
        }
    }
    if let Some(failure) = &exchange.failure {
        render_failure(text, failure, &below);
    }
    for note in &exchange.notes {
        let _ = writeln!(text, "{below}{}", paint(OPEN, indented(note, &below)));
    }
}

fn write_time(text: &mut String, took: Option<Duration>, width: usize) {
    let Some(took) = took else { return };
    let padding = TIME_COLUMN.saturating_sub(width).max(2);
    let _ = write!(text, "{}{}", " ".repeat(padding), paint(DIM, time(took)));
}

/// `1.9 ms`, `2.00 s`.
pub(super) fn time(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{:.1} ms", took.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", took.as_secs_f64())
    }
}

fn render_failure(text: &mut String, failure: &Failure, below: &str) {
    if let Some(closest) = &failure.closest {
        super::closest::render(text, closest, failure.kind, below);
    }
    for because in &failure.because {
        let _ = writeln!(text, "{below}{}", indented(because, below));
    }
}

fn indented(text: &str, below: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines.join(&format!("\n{below}"))
}
