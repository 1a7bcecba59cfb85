//! One check run to its verdict: against a server of its own, as the server of a client, as an exploration or as tests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::stock::{self, Recipe, Stock, Trials};
use super::{CheckGrade, Settings};
use crate::actor::Target;
use crate::assignment::{Assignment, Check, Tested};
use crate::explore::{self, Explored, Ground};
use crate::notation::ast::{Explore, Generator, JwtSigning, Script, Statement};
use crate::run::{self, ClientStage, Clock, Conditions, Outcome, Run, TestTargets};
use crate::server::{Fresh, ServerCommand};

/// How often a check is run before an inconclusive verdict stands.
const ATTEMPTS: usize = 3;
/// How long after a failure the news is awaited that the server has ended.
const EXIT_NEWS: Duration = Duration::from_millis(50);

/// Where the servers of an exploration will be is known when they have been started.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Where checks get their server from.
pub(super) enum Servers {
    /// They all share one.
    Running(SocketAddr),
    /// Each has its own.
    Fresh { recipe: Recipe, stock: Stock },
    /// Nobody needs one, or there is none.
    None,
}

/// All that a check needs to be run.
pub(super) struct Job {
    pub(super) assignment: Arc<Assignment>,
    pub(super) servers: Servers,
    pub(super) client: Option<ServerCommand>,
    pub(super) tests: Option<TestTargets>,
    pub(super) settings: Settings,
    pub(super) clock: Clock,
    /// What checks that take longer are doing.
    pub(super) tell: mpsc::UnboundedSender<String>,
}

impl Job {
    pub(super) async fn run(&self, index: usize) -> CheckGrade {
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
