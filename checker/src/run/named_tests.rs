//! Runs the tests that a check names, each in a process of its own.
//!
//! The code under test shares the process with its test, so neither the exit status nor anything printed says that the
//! test passed. A test must give back the token that it was handed before the code under test could run, which
//! `#[graded::test]` does at its end; and the process must end with status 0. What is not covered: code that looks through
//! the memory of its own process.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::transcript::{Exchange, Failure, FailureKind, Part, Transcript};
use super::values::{Seed, fresh_secret};
use super::{Outcome, Run, show};
use crate::assignment::{Check, NamedTest};
use crate::server::{Exit, Log, Panic, RunningProgram, ServerCommand, StartFailure, Stream};

/// How long a test may take.
const TEST_BOUND: Duration = Duration::from_secs(30);
/// Tests compute, so more at a time than there are cores would only be slower.
static RUNNING: Semaphore = Semaphore::const_new(2);
/// So many of the last lines that a test printed are shown.
const OUTPUT_LINES: usize = 20;
/// The variable by which proptest is told what its cases depend on.
const PROPTEST_SEED: &str = "PROPTEST_RNG_SEED";

/// The built tests of a crate.
#[derive(Debug, Clone, Default)]
pub struct TestTargets {
    /// The package, for the command that runs a test by hand.
    pub package: String,
    /// The executable of each test target.
    pub executables: BTreeMap<String, PathBuf>,
}

/// Runs the tests of a check one after the other. It passes when all of them do.
pub async fn run_tests(
    check: &Check,
    targets: &TestTargets,
    seed: Seed,
    timeout_factor: f64,
) -> Run {
    let mut exchanges = Vec::new();
    let mut outcome = Outcome::Passed;
    for test in &check.tests {
        let Ok(_turn) = RUNNING.acquire().await else {
            unreachable!("the semaphore is never closed");
        };
        let began = Instant::now();
        let verdict = run_test(test, targets, seed, TEST_BOUND.mul_f64(timeout_factor)).await;
        let failure = match verdict {
            Ok(()) => None,
            Err(NotPassed::Failed(because)) => {
                outcome = Outcome::Failed;
                Some(Failure {
                    kind: FailureKind::Missing,
                    closest: None,
                    because,
                })
            }
            Err(NotPassed::Inconclusive(reason)) => {
                // No failure of another test makes up for a test that the course does not have.
                outcome = Outcome::Inconclusive { reason };
                break;
            }
        };
        exchanges.push(Exchange {
            span: test.span.clone(),
            depth: 0,
            text: format!("test {test}"),
            began,
            took: failure.is_none().then(|| began.elapsed()),
            passed_over: Vec::new(),
            notes: Vec::new(),
            stale: false,
            failure,
        });
    }
    Run {
        outcome,
        transcript: Transcript {
            parts: vec![Part {
                check: check.id.clone(),
                exchanges,
            }],
        },
    }
}

enum NotPassed {
    /// What is to be said of it.
    Failed(Vec<String>),
    /// The course's fault or the grader's.
    Inconclusive(String),
}

impl From<StartFailure> for NotPassed {
    fn from(failure: StartFailure) -> Self {
        Self::Inconclusive(failure.to_string())
    }
}

async fn run_test(
    test: &NamedTest,
    targets: &TestTargets,
    seed: Seed,
    bound: Duration,
) -> Result<(), NotPassed> {
    let Some(executable) = targets.executables.get(&test.target) else {
        let reason = format!(
            "the package {} has no test target `{}`",
            targets.package, test.target
        );
        return Err(NotPassed::Inconclusive(reason));
    };
    // Two threads, so that the harness writes a test's name and its verdict in one line.
    let args = [&test.path, "--exact", "--nocapture", "--test-threads=2"];
    let command = ServerCommand {
        program: executable.clone(),
        args: args.into_iter().map(Into::into).collect(),
    };
    let env = BTreeMap::from(
        [
            ("GRADED_TEST", String::new()),
            ("RUST_BACKTRACE", "0".to_owned()),
            (PROPTEST_SEED, seed.number().to_string()),
            // There is no source beside which it could be kept.
            ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let process = RunningProgram::start_with_input(&command, &env).await?;
    let token = fresh_secret();
    // Whoever does not read it does not pass.
    let _ = timeout(bound, process.type_line(&token)).await;
    process.end_input().await;
    let exit = timeout(bound, process.exited()).await.ok();
    let log = process.stop().await;
    judge(test, exit, &log, &token, bound).map_err(|mut not_passed| {
        if let NotPassed::Failed(because) = &mut not_passed {
            because.extend(printed(test, &log, &token));
            because.push(format!("by hand: {}", by_hand(test, targets, seed, &log)));
        }
        not_passed
    })
}

/// What a process that ended like this says of its test; no exit if it had to be ended.
fn judge(
    test: &NamedTest,
    exit: Option<Exit>,
    log: &Log,
    token: &str,
    bound: Duration,
) -> Result<(), NotPassed> {
    let failed = |because: String| Err(NotPassed::Failed(vec![because]));
    let out = || log.lines.iter().filter(|line| line.stream == Stream::Out);
    let was_completed = out().any(|line| line.text == token);
    match exit {
        Some(Exit::Code(0)) if was_completed => Ok(()),
        None => failed(format!(
            "it did not end within {}, and was ended",
            show::duration(bound)
        )),
        Some(Exit::Code(0)) => {
            let says = |text: &str| out().any(|line| line.text == text);
            if says("running 0 tests") {
                let reason = format!("the exercise has no test {test}");
                return Err(NotPassed::Inconclusive(reason));
            }
            if says(&format!("test {} ... ignored", test.path)) {
                let reason = format!("the test {test} is ignored");
                return Err(NotPassed::Inconclusive(reason));
            }
            failed(
                "the process ended with status 0 before the test had come to its end \
                 (a test that is graded is a #[graded::test])"
                    .to_owned(),
            )
        }
        // What fails in the harness's own way, by a panic or by returning an error.
        Some(Exit::Code(101)) => Err(NotPassed::Failed(match log.panics().last() {
            Some(panic) => {
                let mut because = vec![format!("panicked at {}", panic.location)];
                because.extend(message_of(panic));
                because
            }
            None => vec!["it failed without a panic".to_owned()],
        })),
        Some(Exit::Signal(_)) => failed(format!(
            "it ended its process: {}",
            exit.map(|exit| exit.to_string()).unwrap_or_default()
        )),
        Some(Exit::Code(code)) => failed(format!(
            "it ended its process with status {code} in the middle of the test"
        )),
    }
}

/// The lines of a panic's message, without what proptest counts.
fn message_of(panic: &Panic) -> Vec<String> {
    panic
        .message
        .lines()
        .filter(|line| {
            !line.starts_with("\tlocal rejects:") && !line.starts_with("\tglobal rejects:")
        })
        .map(|line| line.replace('\t', "  "))
        .filter(|line| !line.trim().is_empty())
        .collect()
}

/// What the test printed besides: not the harness's lines, nor the panic that is told already.
fn printed(test: &NamedTest, log: &Log, token: &str) -> Option<String> {
    let told = log.panics().pop();
    let panic_lines = told.as_ref().map_or(0..0, |panic| {
        let heading = format!("panicked at {}:", panic.location);
        let start = log
            .lines
            .iter()
            .rposition(|line| line.text.ends_with(&heading));
        start.map_or(0..0, |start| {
            start..start + 1 + panic.message.lines().count()
        })
    });
    let lines: Vec<String> = log
        .lines
        .iter()
        .enumerate()
        .filter(|(index, line)| {
            !panic_lines.contains(index)
                && line.text != token
                && !is_of_the_harness(test, &line.text, line.stream)
        })
        .map(|(_, line)| line.text.clone())
        .collect();
    let skip = lines.len().saturating_sub(OUTPUT_LINES);
    let heading = match skip {
        0 => "it printed:".to_owned(),
        _ => format!(
            "it printed (the last {OUTPUT_LINES} of {} lines):",
            lines.len()
        ),
    };
    let shown: Vec<String> = lines[skip..]
        .iter()
        .map(|line| format!("\n  {line}"))
        .collect();
    (!shown.is_empty()).then(|| heading + &shown.concat())
}

fn is_of_the_harness(test: &NamedTest, line: &str, stream: Stream) -> bool {
    let path = &test.path;
    if stream == Stream::Err {
        return line.is_empty() || line.starts_with("note: run with `RUST_BACKTRACE=");
    }
    line.is_empty()
        || line == "running 1 test"
        || line == "failures:"
        || line.strip_prefix("    ") == Some(path)
        || line.starts_with(&format!("test {path} ... "))
        || line.starts_with("test result: ")
        || line == "error: test failed"
}

/// The command that runs one test, with the cases that proptest has just tried.
fn by_hand(test: &NamedTest, targets: &TestTargets, seed: Seed, log: &Log) -> String {
    let is_property = log
        .panics()
        .last()
        .is_some_and(|panic| panic.message.contains("minimal failing input"));
    let seed = match is_property {
        true => format!("{PROPTEST_SEED}={} ", seed.number()),
        false => String::new(),
    };
    format!(
        "{seed}cargo test --package {} --test {} -- --exact {}",
        targets.package, test.target, test.path
    )
}
