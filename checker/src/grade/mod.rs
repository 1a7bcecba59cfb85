//! Runs the checks of an assignment, each against a server of its own, and counts the points.
//!
//! ```text
//! Assignment × Subject × Settings --grade--> Grade -- CheckGrade*   outcome, points, transcript, log
//!                                              +-- schedule   which check may run when
//! ```

mod schedule;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::actor::Target;
use crate::assignment::{Assignment, BookPlace, Check};
use crate::notation::ast::Statement;
use crate::run::values::Seed;
use crate::run::{self, Clock, Conditions, Outcome, Run, Transcript};
use crate::server::{self, Log, ServerCommand, StartFailure, StartOptions};
use schedule::Schedule;

/// How many checks run side by side. They wait nearly all of the time, so this has nothing to do with cores.
const SIDE_BY_SIDE: usize = 16;
/// How often a check is run before an inconclusive verdict stands.
const ATTEMPTS: usize = 3;
/// How long a server may take until it listens.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// What is graded.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A program that is started afresh for each check.
    Command(ServerCommand),
    /// A server that somebody else started; all checks share it.
    Running(SocketAddr),
}

/// How it is graded.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The ids of the checks to run; empty means all.
    pub only: Vec<String>,
    /// What random values depend on.
    pub seed: Seed,
    /// Deadlines are multiplied by it.
    pub timeout_factor: f64,
}

/// The whole verdict.
#[derive(Debug, Clone)]
pub struct Grade {
    /// The assignment's name: `chat`.
    pub assignment: String,
    /// The assignment's title.
    pub title: String,
    /// The page that holds the checks.
    pub page: PathBuf,
    /// What repeats the run.
    pub seed: Seed,
    /// In the order of the page; only those that were selected.
    pub checks: Vec<CheckGrade>,
    /// How long it all took.
    pub took: Duration,
}

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
    /// What the server printed; empty where there was no server of its own.
    pub log: Log,
    /// The server's own end in the middle of the check: `exit status 101`.
    pub server_exit: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl Grade {
    /// The points that were earned.
    pub fn earned(&self) -> u32 {
        self.checks.iter().map(CheckGrade::earned).sum()
    }

    /// The points that could have been earned: those of skipped checks are not counted.
    pub fn possible(&self) -> u32 {
        self.checks
            .iter()
            .filter(|check| !matches!(check.outcome, Outcome::Skipped { .. }))
            .map(|check| check.points)
            .sum()
    }

    /// Every check passed or was skipped.
    pub fn all_passed(&self) -> bool {
        self.checks
            .iter()
            .all(|check| matches!(check.outcome, Outcome::Passed | Outcome::Skipped { .. }))
    }

    /// Some check failed, or was not run because another one failed.
    pub fn any_failed(&self) -> bool {
        self.checks
            .iter()
            .any(|check| matches!(check.outcome, Outcome::Failed | Outcome::NotRun { .. }))
    }
}

impl CheckGrade {
    /// Its points if it passed, otherwise none.
    pub fn earned(&self) -> u32 {
        match self.outcome {
            Outcome::Passed => self.points,
            _ => 0,
        }
    }
}

/// What is going on, for a progress display.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A check has its verdict.
    Finished(&'a CheckGrade),
    /// So many are being played just now.
    Running(usize),
}

/// Grades a server.
///
/// # Errors
///
/// When the server does not start at all. It is started once by itself first, since with a fixed port, say, several
/// that start side by side fail for another reason.
pub async fn grade(
    assignment: &Arc<Assignment>,
    subject: &Subject,
    settings: &Settings,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Grade, StartFailure> {
    let began = Instant::now();
    let clock = Clock::start();
    if let Subject::Command(command) = subject {
        let (options, _) = start_options(assignment, None, settings);
        server::start(command, &options).await?.stop().await;
    }
    let side_by_side = match subject {
        Subject::Command(_) => SIDE_BY_SIDE,
        Subject::Running(_) => 1,
    };
    let mut schedule = Schedule::new(assignment, &settings.only);
    let mut running: JoinSet<(usize, CheckGrade)> = JoinSet::new();
    loop {
        while running.len() < side_by_side {
            let Some(index) = schedule.next() else { break };
            let job = Job {
                assignment: Arc::clone(assignment),
                subject: subject.clone(),
                settings: settings.clone(),
                clock: clock.clone(),
            };
            running.spawn(async move { (index, job.run(index).await) });
        }
        progress(Progress::Running(running.len()));
        match running.join_next().await {
            Some(Ok((index, graded))) => {
                progress(Progress::Finished(&graded));
                for skipped in schedule.finished(index, graded) {
                    progress(Progress::Finished(skipped));
                }
            }
            // The grader's own panic: the check stays without a verdict and is reported so.
            Some(Err(_)) => {}
            None => break,
        }
    }
    Ok(Grade {
        assignment: assignment.name.clone(),
        title: assignment.title.clone(),
        page: assignment.path.clone(),
        seed: settings.seed,
        checks: schedule.into_grades(),
        took: began.elapsed(),
    })
}

/// One check to run.
struct Job {
    assignment: Arc<Assignment>,
    subject: Subject,
    settings: Settings,
    clock: Clock,
}

impl Job {
    async fn run(self, index: usize) -> CheckGrade {
        let check = &self.assignment.checks[index];
        let mut attempt = 1;
        loop {
            let graded = self.attempt(check).await;
            let inconclusive = matches!(graded.outcome, Outcome::Inconclusive { .. });
            if !inconclusive || attempt == ATTEMPTS {
                return graded;
            }
            attempt += 1;
        }
    }

    async fn attempt(&self, check: &Check) -> CheckGrade {
        let began = Instant::now();
        let mut graded = CheckGrade::without_verdict(check);
        match &self.subject {
            Subject::Running(address) => {
                if sets_environment(&self.assignment, check) {
                    graded.outcome = Outcome::Skipped {
                        reason: "it needs a server with an environment of its own, which --url cannot give it"
                            .to_owned(),
                    };
                    return graded;
                }
                let run = self.play(check, *address, None).await;
                graded.fill(run);
            }
            Subject::Command(command) => {
                let (options, secret) =
                    start_options(&self.assignment, Some(check), &self.settings);
                match server::start(command, &options).await {
                    Ok(server) => {
                        let run = self.play(check, server.address(), secret).await;
                        graded.server_exit = server.exit().map(|exit| exit.to_string());
                        graded.log = server.stop().await;
                        graded.fill(run);
                    }
                    Err(failure) => {
                        graded.outcome = match &failure {
                            StartFailure::Checker { .. } => Outcome::Inconclusive {
                                reason: failure.to_string(),
                            },
                            _ => Outcome::Failed,
                        };
                        graded.server_exit = Some(failure.to_string());
                        graded.log = failure.into_log();
                    }
                }
            }
        }
        graded.attach_panics();
        graded.took = began.elapsed();
        graded
    }

    async fn play(&self, check: &Check, address: SocketAddr, secret: Option<String>) -> Run {
        let conditions = Conditions {
            target: Target { address },
            seed: self.settings.seed,
            secret,
            clock: self.clock.clone(),
            timeout_factor: self.settings.timeout_factor,
        };
        run::run(&self.assignment, check, &conditions).await
    }
}

impl CheckGrade {
    fn without_verdict(check: &Check) -> Self {
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
            log: Log::default(),
            server_exit: None,
            took: Duration::ZERO,
        }
    }

    fn fill(&mut self, run: Run) {
        self.outcome = run.outcome;
        self.transcript = run.transcript;
    }

    /// Puts what the server panicked with beside the line that was being played.
    fn attach_panics(&mut self) {
        for panic in self.log.panics() {
            let running = self
                .transcript
                .parts
                .iter_mut()
                .flat_map(|part| &mut part.exchanges)
                .rfind(|exchange| exchange.began <= panic.at);
            if let Some(exchange) = running {
                exchange.notes.push(format!(
                    "the server panicked at {}: {}",
                    panic.location, panic.message
                ));
            }
        }
    }
}

/// The environment of a check's server, and the secret in it.
fn start_options(
    assignment: &Assignment,
    check: Option<&Check>,
    settings: &Settings,
) -> (StartOptions, Option<String>) {
    let config = &assignment.front_matter.server;
    let mut env: BTreeMap<String, String> = config.env.clone();
    let secret = config.secret.as_ref().map(|name| {
        let secret = run::values::fresh_secret();
        env.insert(name.clone(), secret.clone());
        secret
    });
    let chain = check.map_or_else(Vec::new, |check| assignment.chain(&check.id));
    for line in chain.iter().flat_map(|check| &check.script.lines) {
        if let Statement::Env(overrides) = &line.statement {
            for setting in overrides {
                env.insert(setting.name.node.clone(), setting.value.clone());
            }
        }
    }
    let options = StartOptions {
        env,
        ready_within: READY_WITHIN.mul_f64(settings.timeout_factor),
    };
    (options, secret)
}

fn sets_environment(assignment: &Assignment, check: &Check) -> bool {
    assignment
        .chain(&check.id)
        .iter()
        .flat_map(|check| &check.script.lines)
        .any(|line| matches!(line.statement, Statement::Env(_)))
}
