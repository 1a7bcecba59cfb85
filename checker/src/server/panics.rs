//! Panics of a Rust server, found in what it wrote.

use std::iter::Peekable;
use std::time::{Duration, Instant};

use super::{Log, LogLine};

/// Between two lines of one report no more time passes than this.
const ONE_GO: Duration = Duration::from_millis(5);

/// A panic that a Rust program reported on its standard error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panic {
    /// When it was reported.
    pub at: Instant,
    /// `src/handlers.rs:31:5`
    pub location: String,
    /// What `panic!` was given; it can have several lines.
    pub message: String,
}

impl Log {
    /// The panics in the log, in order: tokio catches those of its tasks, so that the server lives on.
    ///
    /// Both formats of the standard library are read: `thread 'x' (123) panicked at src/a.rs:1:2:` with the message
    /// below it, and `thread 'x' panicked at 'message', src/a.rs:1:2` from before Rust 1.73.
    pub fn panics(&self) -> Vec<Panic> {
        let mut panics = Vec::new();
        let mut lines = self.lines.iter().peekable();
        while let Some(line) = lines.next() {
            match heading(&line.text) {
                Some(Heading::WithMessage { location, message }) => panics.push(Panic {
                    at: line.at,
                    location: location.to_owned(),
                    message: message.to_owned(),
                }),
                Some(Heading::MessageFollows { location }) => panics.push(Panic {
                    at: line.at,
                    location: location.to_owned(),
                    message: message_below(line, &mut lines),
                }),
                None => {}
            }
        }
        panics
    }
}

enum Heading<'a> {
    MessageFollows { location: &'a str },
    WithMessage { location: &'a str, message: &'a str },
}

fn heading(text: &str) -> Option<Heading<'_>> {
    let thread = text.find("thread '")?;
    let (_, report) = text[thread..].split_once(" panicked at ")?;
    if let Some(location) = report.strip_suffix(':')
        && is_location(location)
    {
        return Some(Heading::MessageFollows { location });
    }
    let (message, location) = report.rsplit_once(", ")?;
    let message = message.strip_prefix('\'')?.strip_suffix('\'')?;
    is_location(location).then_some(Heading::WithMessage { location, message })
}

/// `file:line:column`
fn is_location(text: &str) -> bool {
    let mut parts = text.rsplitn(3, ':');
    let mut number = || {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number() && number() && parts.next().is_some_and(|file| !file.is_empty())
}

/// The lines after `heading`, as far as they can belong to its message.
///
/// Only the first panic of a process ends its message with a note. What the others write is told from the log lines
/// after it by time: a panic is reported in one go. The first line is the message however late it comes.
fn message_below<'a>(
    heading: &LogLine,
    lines: &mut Peekable<impl Iterator<Item = &'a LogLine>>,
) -> String {
    let mut message: Vec<&str> = Vec::new();
    let mut latest = heading.at;
    while let Some(line) = lines.next_if(|line| {
        // The other stream's lines fall between at random.
        line.stream != heading.stream
            || !ends_message(&line.text)
                && (message.is_empty() || line.at.duration_since(latest) <= ONE_GO)
    }) {
        if line.stream == heading.stream {
            latest = line.at;
            message.push(&line.text);
        }
    }
    message.join("\n").trim_end_matches('\n').to_owned()
}

fn ends_message(text: &str) -> bool {
    text.starts_with("note: run with `RUST_BACKTRACE")
        || text == "stack backtrace:"
        || heading(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Stream;

    fn log(lines: &[(u64, Stream, &str)]) -> Log {
        let start = Instant::now();
        let line = |&(after, stream, text): &(u64, Stream, &str)| LogLine {
            at: start + Duration::from_millis(after),
            stream,
            text: text.to_owned(),
        };
        Log {
            lines: lines.iter().map(line).collect(),
            ..Log::default()
        }
    }

    fn panics(lines: &[(u64, Stream, &str)]) -> Vec<(String, String)> {
        log(lines)
            .panics()
            .into_iter()
            .map(|panic| (panic.location, panic.message))
            .collect()
    }

    fn found(location: &str, message: &str) -> (String, String) {
        (location.to_owned(), message.to_owned())
    }

    #[test]
    fn every_format_of_the_standard_library_is_read() {
        for heading in [
            "thread 'main' panicked at src/main.rs:3:5:",
            "thread 'tokio-rt-worker' (2017) panicked at src/main.rs:3:5:",
            "thread '<unnamed>' (2017) panicked at src/main.rs:3:5:",
        ] {
            assert_eq!(
                panics(&[
                    (0, Stream::Err, ""),
                    (0, Stream::Err, heading),
                    (0, Stream::Err, "not yet implemented: join"),
                    (
                        0,
                        Stream::Err,
                        "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"
                    ),
                ]),
                [found("src/main.rs:3:5", "not yet implemented: join")],
                "{heading}"
            );
        }
        assert_eq!(
            panics(&[(
                0,
                Stream::Err,
                "thread 'main' panicked at 'a, b', src/main.rs:3:5"
            )]),
            [found("src/main.rs:3:5", "a, b")]
        );
    }

    #[test]
    fn a_message_has_several_lines_and_ends_where_the_report_does() {
        assert_eq!(
            panics(&[
                (0, Stream::Err, "thread 'a' (7) panicked at src/a.rs:1:2:"),
                (90, Stream::Err, "assertion `left == right` failed"),
                (90, Stream::Out, "a line of another task"),
                (90, Stream::Err, "  left: 1"),
                (90, Stream::Err, " right: 2"),
                (91, Stream::Err, ""),
                (91, Stream::Err, "thread 'b' (8) panicked at src/b.rs:1:2:"),
                (91, Stream::Err, "second"),
                (200, Stream::Err, "listening again"),
            ]),
            [
                found(
                    "src/a.rs:1:2",
                    "assertion `left == right` failed\n  left: 1\n right: 2"
                ),
                found("src/b.rs:1:2", "second"),
            ]
        );
    }

    #[test]
    fn a_line_that_only_speaks_of_panics_is_none() {
        assert_eq!(
            panics(&[
                (0, Stream::Err, "the thread 'x' panicked at noon:"),
                (0, Stream::Err, "thread 'x' panicked at src/a.rs:one:2:"),
            ]),
            []
        );
    }
}
