//! A grade as JSON, for programs. The schema is described in `docs/json-report.md`.

use serde::Serialize;

use crate::assignment::Tested;
use crate::grade::{CheckGrade, Grade};
use crate::run::{Exchange, Measured, Outcome};

/// Goes up when a member is removed or changes its meaning; new members may come without.
pub const SCHEMA_VERSION: u32 = 1;

/// The whole report.
#[derive(Debug, Serialize)]
pub struct Report {
    schema: u32,
    assignment: String,
    title: String,
    seed: String,
    earned: u32,
    possible: u32,
    took_ms: f64,
    checks: Vec<CheckReport>,
}

#[derive(Debug, Serialize)]
struct CheckReport {
    id: String,
    title: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    earned: u32,
    points: u32,
    line: usize,
    took_ms: f64,
    transcript: Vec<PartReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measured: Vec<MeasuredReport>,
    tested: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_exit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_exit: Option<String>,
    log: Vec<String>,
    log_dropped_bytes: u64,
}

/// The counts of one `measure` block, for all of its messages together.
#[derive(Debug, Serialize)]
struct MeasuredReport {
    name: String,
    client: String,
    messages: u32,
    requests: u64,
    sent_bytes: u64,
    received_bytes: u64,
}

#[derive(Debug, Serialize)]
struct PartReport {
    check: String,
    lines: Vec<LineReport>,
}

#[derive(Debug, Serialize)]
struct LineReport {
    depth: usize,
    text: String,
    took_ms: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureReport>,
}

#[derive(Debug, Serialize)]
struct FailureReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    closest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    because: Vec<String>,
}

impl From<&Grade> for Report {
    fn from(grade: &Grade) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            assignment: grade.assignment.clone(),
            title: grade.title.clone(),
            seed: grade.seed.to_string(),
            earned: grade.earned(),
            possible: grade.possible(),
            took_ms: grade.took.as_secs_f64() * 1000.0,
            checks: grade.checks.iter().map(CheckReport::from).collect(),
        }
    }
}

impl From<&CheckGrade> for CheckReport {
    fn from(check: &CheckGrade) -> Self {
        let (outcome, reason) = match &check.outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Failed => ("failed", None),
            Outcome::NotRun { because } => ("not-run", Some(format!("it needs {because}"))),
            Outcome::Skipped { reason } => ("skipped", Some(reason.clone())),
            Outcome::Inconclusive { reason } => ("inconclusive", Some(reason.clone())),
        };
        let is_client = check.tested == Tested::Client;
        Self {
            id: check.id.clone(),
            title: check.title.clone(),
            outcome,
            reason,
            earned: check.earned(),
            points: check.points,
            line: check.line,
            took_ms: check.took.as_secs_f64() * 1000.0,
            transcript: check
                .transcript
                .parts
                .iter()
                .map(|part| PartReport {
                    check: part.check.clone(),
                    lines: part.exchanges.iter().map(LineReport::from).collect(),
                })
                .collect(),
            measured: check
                .transcript
                .measured()
                .iter()
                .map(MeasuredReport::from)
                .collect(),
            tested: match check.tested {
                Tested::Server => "server",
                Tested::Client => "client",
                Tested::Functions => "functions",
            },
            server_exit: check.exit.clone().filter(|_| !is_client),
            client_exit: check.exit.clone().filter(|_| is_client),
            log: check
                .log
                .iter()
                .flat_map(|log| &log.lines)
                .map(|line| line.text.clone())
                .collect(),
            log_dropped_bytes: check.log.as_ref().map_or(0, |log| log.dropped_bytes),
        }
    }
}

impl From<&Measured> for MeasuredReport {
    fn from(measured: &Measured) -> Self {
        Self {
            name: measured.name.clone(),
            client: measured.client.to_string(),
            messages: measured.messages,
            requests: measured.cost.requests,
            sent_bytes: measured.cost.sent,
            received_bytes: measured.cost.received,
        }
    }
}

impl From<&Exchange> for LineReport {
    fn from(exchange: &Exchange) -> Self {
        Self {
            depth: exchange.depth,
            text: exchange.text.clone(),
            took_ms: exchange.took.map(|took| took.as_secs_f64() * 1000.0),
            passed_over: exchange.passed_over.clone(),
            notes: exchange.notes.clone(),
            failure: exchange.failure.as_ref().map(|failure| FailureReport {
                closest: failure.closest.as_ref().map(|c| c.message.clone()),
                explanation: failure.closest.as_ref().map(|c| c.explanation.clone()),
                because: failure.because.clone(),
            }),
        }
    }
}
