//! Starting a server, waiting until it accepts connections, and ending it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::log::LogCollector;
use super::port::ReservedPort;
use super::readiness::{Readiness, wait_until_ready};
use super::supervised::{SpawnFailure, Supervised};
use super::supervisor::Instructions;
use super::{Exit, Log, ServerCommand, StartFailure, Stream};

/// What a server gets of the checker's environment.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "HOME", "TMPDIR"];
/// All who could write are gone then, so that what is left in the pipes is soon read.
const LOG_BOUND: Duration = Duration::from_secs(2);

/// How to start a server.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// Environment variables besides `PORT`, `PATH`, `HOME` and `TMPDIR`. They win over these, except `PORT`.
    pub env: BTreeMap<String, String>,
    /// How long it may take until it accepts a connection.
    pub ready_within: Duration,
}

/// A server that has accepted a connection, in a process and a working directory of its own.
///
/// Dropping it ends it too, but does not wait for that.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    process: Supervised,
    log: LogCollector,
    log_readers: [JoinHandle<()>; 2],
    /// Kept for the server's life.
    _port: ReservedPort,
    _working_dir: TempDir,
}

/// Starts a server in a fresh working directory, with a port of its own in `PORT`, and waits until it accepts connections.
///
/// # Errors
///
/// When it does not get so far; nothing of it is left running then.
pub async fn start(
    command: &ServerCommand,
    options: &StartOptions,
) -> Result<RunningServer, StartFailure> {
    /// Between the release of a port and the server's `bind`, another process can take it.
    const RELEASED_ATTEMPTS: usize = 3;

    let held = ReservedPort::new().map_err(checker_could_not("reserve a port"))?;
    let may_collide = held.is_held();
    let mut outcome = attempt(command, options, held).await;
    // Its own words are in every language, so any early exit may be the fault of the reservation.
    let blames_the_port = |failure: &StartFailure| match failure {
        StartFailure::Exited { .. } => true,
        StartFailure::NeverListened { log, .. } => names_a_port_in_use(log),
        _ => false,
    };
    if may_collide && outcome.as_ref().is_err_and(blames_the_port) {
        for _ in 0..RELEASED_ATTEMPTS {
            let mut port = ReservedPort::new().map_err(checker_could_not("reserve a port"))?;
            port.release();
            outcome = attempt(command, options, port).await;
            match &outcome {
                Err(StartFailure::Exited { log, .. }) if names_a_port_in_use(log) => {}
                _ => break,
            }
        }
    }
    outcome
}

async fn attempt(
    command: &ServerCommand,
    options: &StartOptions,
    port: ReservedPort,
) -> Result<RunningServer, StartFailure> {
    let server = RunningServer::spawn(command, options, port).await?;
    let supervisor = server.process.supervisor();
    let readiness = tokio::select! {
        readiness = wait_until_ready(server.address, options.ready_within, supervisor) => Some(readiness),
        _ = server.exited() => None,
    };
    match (readiness, server.exit()) {
        (Some(Readiness::Accepts), _) => Ok(server),
        (_, Some(exit)) => Err(StartFailure::Exited {
            exit,
            log: server.stop().await,
        }),
        (Some(Readiness::ListensElsewhere(found)), None) => Err(StartFailure::ListensElsewhere {
            expected: server.address,
            found,
            log: server.stop().await,
        }),
        (Some(Readiness::NeverListened) | None, None) => Err(StartFailure::NeverListened {
            waited: options.ready_within,
            log: server.stop().await,
        }),
    }
}

impl RunningServer {
    /// Where clients connect: a port of 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it wrote until now.
    pub fn log(&self) -> Log {
        self.log.snapshot()
    }

    /// How it ended, if it ended by itself.
    pub fn exit(&self) -> Option<Exit> {
        self.process.exit()
    }

    /// Waits until it ends by itself. What it wrote last may not have been read yet; [`stop`](Self::stop) returns all of it.
    pub async fn exited(&self) -> Exit {
        self.process.exited().await
    }

    /// Kills it with all its descendants, waits until they are gone, and returns all that it wrote.
    pub async fn stop(self) -> Log {
        self.process.end().await;
        for mut reader in self.log_readers {
            if timeout(LOG_BOUND, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        self.log.snapshot()
    }

    async fn spawn(
        command: &ServerCommand,
        options: &StartOptions,
        port: ReservedPort,
    ) -> Result<Self, StartFailure> {
        let working_dir = tempfile::Builder::new()
            .prefix("server-")
            .tempdir()
            .map_err(checker_could_not("create a working directory"))?;
        let instructions = Instructions {
            program: command.program.clone().into(),
            args: command.args.clone(),
            remove: Some(working_dir.path().to_owned()),
        };
        let spawned = Supervised::spawn(&instructions, working_dir.path(), |process| {
            let kept = |name| Some((name, std::env::var_os(name)?));
            process
                .env_clear()
                .envs(KEPT_VARIABLES.into_iter().filter_map(kept))
                .envs(&options.env)
                .env("PORT", port.address().port().to_string());
        });
        let (process, out, err) = spawned.await.map_err(|failure| match failure {
            SpawnFailure::Program(source) => StartFailure::NotStarted {
                command: command.clone(),
                source,
            },
            SpawnFailure::Supervisor(source) => checker_could_not("supervise the server")(source),
        })?;
        let log = LogCollector::default();
        Ok(Self {
            address: port.address(),
            process,
            log_readers: [
                tokio::spawn(log.clone().read(out, Stream::Out)),
                tokio::spawn(log.clone().read(err, Stream::Err)),
            ],
            log,
            _port: port,
            _working_dir: working_dir,
        })
    }
}

fn checker_could_not(doing: &'static str) -> impl FnOnce(io::Error) -> StartFailure {
    move |source| StartFailure::Checker { doing, source }
}

/// In the words of Rust, C, Python, Go (`address already in use`) and Node (`EADDRINUSE`).
fn names_a_port_in_use(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let text = line.text.to_ascii_lowercase();
        [
            "address already in use",
            "address in use",
            "eaddrinuse",
            "addrinuse",
        ]
        .iter()
        .any(|words| text.contains(words))
    })
}
