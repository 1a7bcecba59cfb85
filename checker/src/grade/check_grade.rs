//! The verdict on one check, and all that a report shows of it.

use std::time::Duration;

use crate::assignment::{BookPlace, Check, Tested};
use crate::run::{Exchange, Outcome, Run, Transcript};
use crate::server::{Log, StartFailure};

/// The verdict on one check.
#[derive(Debug, Clone)]
pub struct CheckGrade {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it is worth.
    pub points: u32,
    /// The line of its heading in the page.
    pub line: usize,
    /// Where the book explains it.
    pub read: Option<BookPlace>,
    /// Whether there is a hint.
    pub has_hint: bool,
    /// The verdict.
    pub outcome: Outcome,
    /// What was said.
    pub transcript: Transcript,
    /// What the program under test printed; nothing where there was none of its own.
    pub log: Option<Log>,
    /// What it is about.
    pub tested: Tested,
    /// The end of the program under test in the middle of the check: `exit status 101`.
    pub exit: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl CheckGrade {
    /// What the program under test is called.
    pub fn program(&self) -> &'static str {
        match self.tested {
            Tested::Server | Tested::Functions => "server",
            Tested::Client => "client",
        }
    }

    /// Its points if it passed, otherwise none.
    pub fn earned(&self) -> u32 {
        match self.outcome {
            Outcome::Passed => self.points,
            _ => 0,
        }
    }

    pub(super) fn without_verdict(check: &Check) -> Self {
        Self {
            id: check.id.clone(),
            title: check.title.clone(),
            points: check.points,
            line: check.line,
            read: check.read.clone(),
            has_hint: check.hint.is_some(),
            outcome: Outcome::Inconclusive {
                reason: "the checker itself failed while it ran this check".to_owned(),
            },
            transcript: Transcript::default(),
            log: None,
            tested: Tested::Server,
            exit: None,
            took: Duration::ZERO,
        }
    }

    pub(super) fn skip(&mut self, reason: impl Into<String>) {
        self.outcome = Outcome::Skipped {
            reason: reason.into(),
        };
    }

    pub(super) fn not_started(&mut self, failure: StartFailure) {
        self.outcome = match &failure {
            StartFailure::Checker { .. } => Outcome::Inconclusive {
                reason: failure.to_string(),
            },
            _ => Outcome::Failed,
        };
        self.exit = Some(failure.to_string());
        self.log = Some(failure.into_log());
    }

    pub(super) fn fill(&mut self, run: Run) {
        self.outcome = run.outcome;
        self.transcript = run.transcript;
    }

    /// Puts what the server panicked with beside the line that was being played.
    ///
    /// What it panicked with during the line before the one that failed belongs to that one: a line that sends is done
    /// before the server has begun, and the log is read by another task than the connection.
    pub(super) fn attach_panics(&mut self) {
        let program = self.program();
        let mut exchanges: Vec<&mut Exchange> = self
            .transcript
            .parts
            .iter_mut()
            .flat_map(|part| &mut part.exchanges)
            .collect();
        let failed = exchanges.iter().position(|e| e.failure.is_some());
        for panic in self.log.iter().flat_map(Log::panics) {
            let running = exchanges.iter().rposition(|e| e.began <= panic.at);
            let beside = match (running, failed) {
                (Some(running), Some(failed)) if running + 1 == failed => Some(failed),
                _ => running,
            };
            let running = beside.and_then(|index| exchanges.get_mut(index));
            if let Some(exchange) = running {
                exchange.notes.push(format!(
                    "the {program} panicked at {}: {}",
                    panic.location, panic.message
                ));
            }
        }
    }
}
