//! Runs the checks of an assignment, each against a server of its own, and counts the points.
//!
//! ```text
//! Assignment × Subject × Settings --grade--> Grade -- CheckGrade*   outcome, points, transcript, log
//!                                              +-- schedule   which check may run when
//!                                              +-- job        one check run to its verdict
//!                                              +-- stock      servers started ahead
//! ```

mod check_grade;
mod job;
mod schedule;
mod stock;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinError, JoinSet};

use crate::assignment::{Assignment, Check, Tested};
use crate::run::values::Seed;
use crate::run::{Clock, Outcome, TestTargets};
use crate::server::{BuildFailure, Built, ServerCommand, StartFailure};
pub use check_grade::CheckGrade;
use job::{Job, Servers};
use schedule::Schedule;
use stock::{Recipe, Stock};

/// How many checks run side by side. They wait nearly all of the time, so this has nothing to do with cores.
const SIDE_BY_SIDE: usize = 8;
/// What is graded. Checks of a kind for which there is nothing are skipped.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Whom the scripted clients talk to.
    server: Option<ServerSubject>,
    /// Whom the scripted server talks to.
    client: Option<ServerCommand>,
    /// The tests that checks name.
    tests: Option<TestTargets>,
    /// The files of a variant are there as long as this is.
    _built: Option<Arc<Built>>,
}

impl Subject {
    /// What was built of a crate.
    ///
    /// # Errors
    ///
    /// When the page has checks for a program that the crate does not have.
    pub fn built(built: Built, assignment: &Assignment) -> Result<Self, BuildFailure> {
        let front_matter = &assignment.front_matter;
        let server = match assignment.tests(Tested::Server) {
            true => {
                let program = built.program(front_matter.server.bin.as_deref())?;
                Some(ServerSubject::Command(program))
            }
            false => None,
        };
        let client = match &front_matter.client {
            Some(client) if assignment.tests(Tested::Client) => {
                Some(built.program(client.bin.as_deref())?)
            }
            _ => None,
        };
        let tests = TestTargets {
            package: built.package.clone(),
            executables: built.tests().clone(),
        };
        Ok(Self {
            server,
            client,
            tests: Some(tests),
            _built: Some(Arc::new(built)),
        })
    }

    /// A server in whatever language, which has no tests to run.
    pub fn command(command: ServerCommand) -> Self {
        Self {
            server: Some(ServerSubject::Command(command)),
            ..Self::default()
        }
    }

    /// The same with a client in whatever language.
    pub fn with_client(self, command: ServerCommand) -> Self {
        Self {
            client: Some(command),
            ..self
        }
    }

    /// A server that somebody else started.
    pub fn running(address: SocketAddr) -> Self {
        Self {
            server: Some(ServerSubject::Running(address)),
            ..Self::default()
        }
    }
}

/// The server under test.
#[derive(Debug, Clone)]
enum ServerSubject {
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
    /// The checks that were selected; empty if all were.
    pub only: Vec<String>,
    /// In the order of the page; only those that were selected.
    pub checks: Vec<CheckGrade>,
    /// How long it all took.
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

/// What is going on, for a progress display.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A check has its verdict.
    Finished(&'a CheckGrade),
    /// So many are being played just now.
    Running(usize),
    /// What a check that takes longer is doing.
    Doing(&'a str),
}

/// Grades a server.
///
/// # Errors
///
/// When the server does not start at all.
pub async fn grade(
    assignment: &Arc<Assignment>,
    subject: &Subject,
    settings: &Settings,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Grade, StartFailure> {
    let began = Instant::now();
    let side_by_side = match &subject.server {
        Some(ServerSubject::Running(_)) => 1,
        Some(ServerSubject::Command(_)) | None => SIDE_BY_SIDE,
    };
    let mut schedule = Schedule::new(assignment, &settings.only, side_by_side > 1);
    let is_of_a_server = |check: &Check| assignment.tested(check) == Tested::Server;
    let needs_a_server = schedule.selected().any(is_of_a_server);
    let servers = match &subject.server {
        Some(ServerSubject::Running(address)) => Servers::Running(*address),
        Some(ServerSubject::Command(command)) if needs_a_server => {
            let recipe = Recipe::new(command.clone(), assignment, settings);
            let count = schedule
                .selected()
                .filter(|check| takes_from_stock(assignment, check))
                .count();
            let stock = Stock::open(recipe.clone(), count).await?;
            Servers::Fresh { recipe, stock }
        }
        Some(ServerSubject::Command(_)) | None => Servers::None,
    };
    let (tell, mut told) = mpsc::unbounded_channel();
    let job = Arc::new(Job {
        tell,
        assignment: Arc::clone(assignment),
        servers,
        client: subject.client.clone(),
        tests: subject.tests.clone(),
        settings: settings.clone(),
        clock: Clock::start(),
    });
    let mut running: JoinSet<CheckGrade> = JoinSet::new();
    let mut tasks: HashMap<usize, AbortHandle> = HashMap::new();
    loop {
        while running.len() < side_by_side {
            let Some(index) = schedule.next() else { break };
            let job = Arc::clone(&job);
            let task = running.spawn(async move { job.run(index).await });
            tasks.insert(index, task);
        }
        progress(Progress::Running(running.len()));
        let joined = tokio::select! {
            joined = running.join_next_with_id() => joined,
            Some(doing) = told.recv() => {
                progress(Progress::Doing(&doing));
                continue;
            }
        };
        let Some(joined) = joined else { break };
        let id = match &joined {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        // One that was given up while it ran has its verdict already.
        let Some((&index, _)) = tasks.iter().find(|(_, task)| task.id() == id) else {
            continue;
        };
        tasks.remove(&index);
        let graded = verdict(joined.map(|(_, graded)| graded), &assignment.checks[index]);
        for index in schedule.finished(index, graded) {
            if let Some(task) = tasks.remove(&index) {
                task.abort();
            }
            if let Some(graded) = schedule.verdict(index) {
                progress(Progress::Finished(graded));
            }
        }
    }
    if let Servers::Fresh { stock, .. } = &job.servers {
        stock.close().await;
    }
    Ok(Grade {
        assignment: assignment.name.clone(),
        title: assignment.title.clone(),
        page: assignment.path.clone(),
        seed: settings.seed,
        only: settings.only.clone(),
        checks: schedule.into_grades(),
        took: began.elapsed(),
    })
}

/// Whether a check is played against a server in the page's own environment, and against one only.
fn takes_from_stock(assignment: &Assignment, check: &Check) -> bool {
    assignment.tested(check) == Tested::Server
        && check.exploration().is_none()
        && stock::overrides(assignment, check).is_empty()
}

/// What a check's task came to; its panic is the grader's own.
fn verdict(joined: Result<CheckGrade, JoinError>, check: &Check) -> CheckGrade {
    joined.unwrap_or_else(|error| {
        let mut graded = CheckGrade::without_verdict(check);
        graded.outcome = Outcome::Inconclusive {
            reason: format!("the checker itself failed while it ran this check: {error}"),
        };
        graded
    })
}
