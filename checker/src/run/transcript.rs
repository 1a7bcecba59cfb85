//! What happened in a check, line by line: what the report prints back.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::actor::Cost;
use crate::notation::ast::{ClientName, Line, Span};

/// The conversation of one check as it was played.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    /// The scripts that the check is `given`, outermost first, then its own.
    pub parts: Vec<Part>,
}

/// The lines of one check's script.
#[derive(Debug, Clone)]
pub struct Part {
    /// The check whose script this is.
    pub check: String,
    /// In the order in which the lines began.
    pub exchanges: Vec<Exchange>,
    /// What its `measure` blocks came to, in order.
    pub measured: Vec<Measured>,
}

/// What delivering some messages cost a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// As the page calls it: `long polling`.
    pub name: String,
    /// Who paid.
    pub client: ClientName,
    /// How many messages were delivered.
    pub messages: u32,
    /// For all of them together.
    pub cost: Cost,
}

/// One line as it was played.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The line's place in the page.
    pub span: Span,
    /// How many blocks it stands in.
    pub depth: usize,
    /// The line with real values in it: what was sent, what came.
    pub text: String,
    /// When it began.
    pub began: Instant,
    /// How long it took; `None` for lines that take no time, and for one that never ended.
    pub took: Option<Duration>,
    /// The messages that came before the one that matched.
    pub passed_over: Vec<String>,
    /// What a reader should know of it: "the server had already closed this connection".
    pub notes: Vec<String>,
    /// Matched by a message that is older than the last action before the line.
    pub stale: bool,
    /// Why the check failed here.
    pub failure: Option<Failure>,
}

/// Why a line failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which of the line's demands was not met.
    pub kind: FailureKind,
    /// The message or the response that came nearest.
    pub closest: Option<Closest>,
    /// What else is to be said, a sentence each: "then nothing for 2 s".
    pub because: Vec<String>,
}

/// Which demand of a line was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// What was waited for did not come, or not as it should be.
    Missing,
    /// A line with `next` got another message first.
    NotNext,
    /// It came before the lower bound of `within`.
    TooEarly,
    /// It came after the upper bound of `within`.
    TooLate,
    /// A message came that `never` forbids.
    Forbidden,
    /// `exactly once` came twice.
    Repeated,
    /// It could not be sent, or the request was not answered.
    NotSent,
    /// More bytes for a message than `at most`.
    TooCostly,
}

/// The message that came nearest to what was expected.
#[derive(Debug, Clone)]
pub struct Closest {
    /// The whole of it, as it came.
    pub message: String,
    /// The part of `message` that differs.
    pub differs: Option<Range<usize>>,
    /// How: `username: expected "tomas", got "mira"`.
    pub explanation: String,
}

impl Exchange {
    /// A line of which nothing is known but what it says.
    pub fn new(line: &Line, text: &str) -> Self {
        Self {
            span: line.span.clone(),
            depth: 0,
            text: text.to_owned(),
            began: Instant::now(),
            took: None,
            passed_over: Vec::new(),
            notes: Vec::new(),
            stale: false,
            failure: None,
        }
    }
}

impl Failure {
    /// A failure with nothing more to say than its reasons.
    pub fn new(kind: FailureKind, because: impl Into<String>) -> Self {
        Self {
            kind,
            closest: None,
            because: vec![because.into()],
        }
    }
}

impl Transcript {
    /// The line that failed and the check whose script it stands in.
    pub fn failed_exchange(&self) -> Option<(&str, &Exchange)> {
        self.parts.iter().find_map(|part| {
            let exchange = part.exchanges.iter().find(|e| e.failure.is_some())?;
            Some((part.check.as_str(), exchange))
        })
    }

    /// What the check's own `measure` blocks came to.
    pub fn measured(&self) -> &[Measured] {
        self.parts.last().map_or(&[], |part| &part.measured)
    }

    /// All lines, in order.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.parts.iter().flat_map(|part| &part.exchanges)
    }
}
