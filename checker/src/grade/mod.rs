//! Runs the checks of an assignment, each against a server of its own, and counts the points.
//!
//! ```text
//! Assignment × Subject × Settings --grade--> Grade -- CheckGrade*   outcome, points, transcript, log
//!                                              +-- schedule   which check may run when
//!                                              +-- stock      servers started ahead
//! ```

mod schedule;
mod stock;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinError, JoinSet};

use crate::actor::Target;
use crate::assignment::{Assignment, BookPlace, Check, Tested};
use crate::explore::{self, Explored, Ground};
use crate::notation::ast::{Explore, Generator, JwtSigning, Script, Statement};
use crate::run::values::Seed;
use crate::run::{
    self, ClientStage, Clock, Conditions, Exchange, Outcome, Run, TestTargets, Transcript,
};
use crate::server::{BuildFailure, Built, Fresh, Log, ServerCommand, StartFailure};
use schedule::Schedule;
use stock::{Recipe, Stock, Trials};

/// How many checks run side by side. They wait nearly all of the time, so this has nothing to do with cores.
const SIDE_BY_SIDE: usize = 8;
/// How often a check is run before an inconclusive verdict stands.
const ATTEMPTS: usize = 3;
/// How long after a failure the news is awaited that the server has ended.
const EXIT_NEWS: Duration = Duration::from_millis(50);

/// Where the servers of an exploration will be is known when they have been started.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

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

/// Where checks get their server from.
enum Servers {
    /// They all share one.
    Running(SocketAddr),
    /// Each has its own.
    Fresh { recipe: Recipe, stock: Stock },
    /// Nobody needs one, or there is none.
    None,
}

/// All that a check needs to be run.
struct Job {
    assignment: Arc<Assignment>,
    servers: Servers,
    client: Option<ServerCommand>,
    tests: Option<TestTargets>,
    settings: Settings,
    clock: Clock,
    /// What checks that take longer are doing.
    tell: mpsc::UnboundedSender<String>,
}

impl Job {
    async fn run(&self, index: usize) -> CheckGrade {
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
        graded.tested = self.assignment.tested(check);
        match graded.tested {
            Tested::Server => self.try_server(check, &mut graded).await,
            Tested::Client => self.try_client(check, &mut graded).await,
            Tested::Functions => self.test(check, &mut graded).await,
        }
        graded.attach_panics();
        graded.took = began.elapsed();
        graded
    }

    async fn try_server(&self, check: &Check, graded: &mut CheckGrade) {
        match &self.servers {
            Servers::Running(_) if check.exploration().is_some() => {
                let reason = "it needs a fresh server for each try, which --url cannot give it";
                graded.outcome = Outcome::Skipped {
                    reason: reason.to_owned(),
                };
            }
            Servers::None => graded.skip("it needs a server, and there is none"),
            Servers::Running(address) => match lacks_with_url(&self.assignment, check) {
                Some(lack) => {
                    graded.skip(format!("it needs {lack}, which --url cannot give it"));
                }
                None => graded.fill(self.play(check, *address, None).await),
            },
            Servers::Fresh { recipe, stock } => {
                if let Some(explore) = check.exploration() {
                    self.explore(check, explore, recipe, graded).await;
                    return;
                }
                let overrides = stock::overrides(&self.assignment, check);
                let stocked = match overrides.is_empty() {
                    true => stock.take().await,
                    false => None,
                };
                let started = match stocked {
                    Some(started) => started,
                    None => recipe.start(&overrides).await,
                };
                match started {
                    Ok(fresh) => self.play_on(fresh, check, graded).await,
                    Err(failure) => graded.not_started(failure),
                }
            }
        }
    }

    async fn try_client(&self, check: &Check, graded: &mut CheckGrade) {
        let Some(command) = &self.client else {
            graded.skip("it needs a client, and there is none; --client-cmd starts one");
            return;
        };
        let config = self.assignment.front_matter.client.as_ref();
        let mut env = config.map(|config| config.env.clone()).unwrap_or_default();
        for setting in stock::overrides(&self.assignment, check) {
            env.insert(setting.name.node.clone(), setting.value.clone());
        }
        let stage = match ClientStage::new(command.clone(), env) {
            Ok(stage) => stage,
            Err(error) => {
                graded.outcome = Outcome::Inconclusive {
                    reason: format!("the checker could not listen on a port: {error}"),
                };
                return;
            }
        };
        let conditions = self.conditions(stage.address(), None);
        let run = run::run_client(&self.assignment, check, &conditions, &stage).await;
        let program = match stage.into_program() {
            Ok(program) => program,
            Err(failure) => {
                graded.not_started(failure);
                return;
            }
        };
        if let Some(program) = program {
            if run.outcome != Outcome::Passed {
                let _ = tokio::time::timeout(EXIT_NEWS, program.exited()).await;
            }
            graded.exit = program.exit().map(|exit| exit.to_string());
            graded.log = Some(program.stop().await);
        }
        graded.fill(run);
    }

    async fn explore(
        &self,
        check: &Check,
        explore: &Explore,
        recipe: &Recipe,
        graded: &mut CheckGrade,
    ) {
        let overrides = stock::overrides(&self.assignment, check);
        let ground = Ground {
            check: check.id.clone(),
            conditions: self.conditions(NOWHERE, None),
            env: recipe.env(&overrides),
            servers: &Trials { recipe, overrides },
            tell: &|doing| {
                // Nobody is told any more when the grading was broken off.
                let _ = self.tell.send(doing);
            },
        };
        let Explored {
            run,
            log,
            server_exit,
        } = explore::explore(check, explore, &ground).await;
        graded.log = log;
        graded.exit = server_exit;
        graded.fill(run);
    }

    async fn test(&self, check: &Check, graded: &mut CheckGrade) {
        let Some(tests) = &self.tests else {
            graded.skip("it tests functions of the Rust crate, which --cmd and --url do not have");
            return;
        };
        let (seed, factor) = (self.settings.seed, self.settings.timeout_factor);
        graded.fill(run::run_tests(check, tests, seed, factor).await);
    }

    async fn play_on(&self, fresh: Fresh, check: &Check, graded: &mut CheckGrade) {
        let Fresh { server, secret } = fresh;
        let run = self.play(check, server.address(), secret).await;
        if run.outcome != Outcome::Passed {
            // The news of its end may come a little after the end of its connections.
            let _ = tokio::time::timeout(EXIT_NEWS, server.exited()).await;
        }
        graded.exit = server.exit().map(|exit| exit.to_string());
        graded.log = Some(server.stop().await);
        graded.fill(run);
    }

    async fn play(&self, check: &Check, address: SocketAddr, secret: Option<String>) -> Run {
        let conditions = self.conditions(address, secret);
        run::run(&self.assignment, check, &conditions).await
    }

    fn conditions(&self, address: SocketAddr, secret: Option<String>) -> Conditions {
        Conditions {
            target: Target::new(address),
            seed: self.settings.seed,
            secret,
            clock: self.clock.clone(),
            timeout_factor: self.settings.timeout_factor,
        }
    }
}

/// What a check needs that a server which somebody else started does not have.
fn lacks_with_url(assignment: &Assignment, check: &Check) -> Option<&'static str> {
    if !stock::overrides(assignment, check).is_empty() {
        return Some("a server with an environment of its own");
    }
    let chain = assignment.chain(&check.id);
    let signs = chain.iter().any(|check| signs_tokens(&check.script));
    signs.then_some("the key that the server signs tokens with")
}

/// Whether some token is signed with the run's secret.
fn signs_tokens(script: &Script) -> bool {
    script.lines.iter().any(|line| {
        let signing = match &line.statement {
            Statement::Let {
                generator: Generator::Jwt { signing, .. },
                ..
            } => Some(signing),
            _ => None,
        };
        signing == Some(&JwtSigning::Secret) || line.statement.block().is_some_and(signs_tokens)
    })
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
            log: None,
            tested: Tested::Server,
            exit: None,
            took: Duration::ZERO,
        }
    }

    fn skip(&mut self, reason: impl Into<String>) {
        self.outcome = Outcome::Skipped {
            reason: reason.into(),
        };
    }

    fn not_started(&mut self, failure: StartFailure) {
        self.outcome = match &failure {
            StartFailure::Checker { .. } => Outcome::Inconclusive {
                reason: failure.to_string(),
            },
            _ => Outcome::Failed,
        };
        self.exit = Some(failure.to_string());
        self.log = Some(failure.into_log());
    }

    fn fill(&mut self, run: Run) {
        self.outcome = run.outcome;
        self.transcript = run.transcript;
    }

    /// Puts what the server panicked with beside the line that was being played.
    ///
    /// What it panicked with during the line before the one that failed belongs to that one: a line that sends is done
    /// before the server has begun, and the log is read by another task than the connection.
    fn attach_panics(&mut self) {
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
