//! Starting a server, waiting until it accepts connections, and ending it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::port::ReservedPort;
use super::program::{RunningProgram, checker_could_not};
use super::readiness::{Readiness, wait_until_ready};
use super::{Exit, Log, ServerCommand, StartFailure};

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
    program: RunningProgram,
    /// Kept for the server's life.
    _port: ReservedPort,
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
    let supervisor = server.program.supervisor();
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

    /// The server's own process.
    pub fn process_id(&self) -> i32 {
        self.program.process_id()
    }

    /// What it wrote until now.
    pub fn log(&self) -> Log {
        self.program.log()
    }

    /// How it ended, if it ended by itself.
    pub fn exit(&self) -> Option<Exit> {
        self.program.exit()
    }

    /// Waits until it ends by itself. What it wrote last may not have been read yet; [`stop`](Self::stop) returns all of it.
    pub async fn exited(&self) -> Exit {
        self.program.exited().await
    }

    /// Kills it with all its descendants, waits until they are gone, and returns all that it wrote.
    pub async fn stop(self) -> Log {
        self.program.stop().await
    }

    async fn spawn(
        command: &ServerCommand,
        options: &StartOptions,
        port: ReservedPort,
    ) -> Result<Self, StartFailure> {
        let mut env = options.env.clone();
        env.insert("PORT".to_owned(), port.address().port().to_string());
        Ok(Self {
            address: port.address(),
            program: RunningProgram::start(command, &env).await?,
            _port: port,
        })
    }
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
