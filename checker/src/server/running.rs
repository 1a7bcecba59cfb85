//! Starting a server, waiting until it accepts connections, and ending it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::log::LogCollector;
use super::port::ReservedPort;
use super::readiness::{Readiness, wait_until_ready};
use super::supervisor::{self, Report, SUPERVISE};
use super::{Exit, Log, ServerCommand, StartFailure, Stream};

/// What a server gets of the checker's environment.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "HOME", "TMPDIR"];
/// Killing takes milliseconds; only a process stuck in the kernel takes longer.
const STOP_BOUND: Duration = Duration::from_secs(10);
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
    log: LogCollector,
    exit: watch::Receiver<Option<Exit>>,
    server: Pid,
    supervisor: Child,
    /// Closing it is the order to end everything.
    control: OwnedWriteHalf,
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
    let supervisor = server
        .supervisor
        .id()
        .and_then(|id| Pid::from_raw(id.try_into().ok()?));
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
        *self.exit.borrow()
    }

    /// Waits until it ends by itself.
    pub async fn exited(&self) -> Exit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.map(|exit| *exit);
        match ended {
            Ok(Some(exit)) => exit,
            // The sender tells an exit before it goes; it can only go before that with the whole runtime.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Kills it with all its descendants, waits until they are gone, and returns all that it wrote.
    pub async fn stop(mut self) -> Log {
        drop(self.control);
        if timeout(STOP_BOUND, self.supervisor.wait()).await.is_err() {
            kill_group(self.server);
            // It may have ended in this instant.
            let _ = self.supervisor.start_kill();
        }
        for mut reader in self.log_readers {
            if timeout(LOG_BOUND, &mut reader).await.is_err() {
                reader.abort();
            }
        }
        self.log.snapshot()
    }

    /// Starts the supervisor, and through it the server.
    async fn spawn(
        command: &ServerCommand,
        options: &StartOptions,
        port: ReservedPort,
    ) -> Result<Self, StartFailure> {
        let working_dir = tempfile::Builder::new()
            .prefix("server-")
            .tempdir()
            .map_err(checker_could_not("create a working directory"))?;
        let executable =
            supervisor::executable().map_err(checker_could_not("find its own executable"))?;
        let mut supervisor = Command::new(executable);
        supervisor
            .arg0("supervisor")
            .arg(SUPERVISE)
            .arg(working_dir.path())
            .arg(&command.program)
            .args(&command.args)
            .env_clear()
            .envs(
                KEPT_VARIABLES
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .envs(&options.env)
            .env("PORT", port.address().port().to_string())
            .current_dir(working_dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (control, mut supervisor) =
            spawn_with_socket(supervisor).map_err(checker_could_not("run its supervisor"))?;

        let log = LogCollector::default();
        let (Some(out), Some(err)) = (supervisor.stdout.take(), supervisor.stderr.take()) else {
            unreachable!("both were asked for as pipes");
        };
        let log_readers = [
            tokio::spawn(log.clone().read(out, Stream::Out)),
            tokio::spawn(log.clone().read(err, Stream::Err)),
        ];

        let (reports, control) = control.into_split();
        let mut reports = BufReader::new(reports).lines();
        let server = match next_report(&mut reports).await {
            Some(Report::Started(pid)) => Pid::from_raw(pid),
            Some(Report::NotStarted(errno)) => {
                return Err(StartFailure::NotStarted {
                    command: command.clone(),
                    source: io::Error::from_raw_os_error(errno),
                });
            }
            _ => None,
        };
        let Some(server) = server else {
            for reader in log_readers {
                let _ = timeout(LOG_BOUND, reader).await;
            }
            let lines = log.snapshot().lines;
            let said = lines.iter().map(|line| line.text.as_str());
            return Err(StartFailure::Checker {
                doing: "start its supervisor",
                source: io::Error::other(said.collect::<Vec<_>>().join("\n")),
            });
        };
        let (tell_exit, exit) = watch::channel(None);
        tokio::spawn(follow(reports, server, tell_exit));
        Ok(Self {
            address: port.address(),
            log,
            exit,
            server,
            supervisor,
            control,
            log_readers,
            _port: port,
            _working_dir: working_dir,
        })
    }
}

/// On systems that cannot open a socket closed to children in one step, two starts at once could hand one's end to the other.
static ONE_SPAWN_AT_A_TIME: Mutex<()> = Mutex::new(());

fn spawn_with_socket(mut supervisor: Command) -> io::Result<(UnixStream, Child)> {
    let _guard = ONE_SPAWN_AT_A_TIME
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let (ours, theirs) = StdUnixStream::pair()?;
    let child = supervisor.stdin(OwnedFd::from(theirs)).spawn()?;
    ours.set_nonblocking(true)?;
    Ok((UnixStream::from_std(ours)?, child))
}

async fn next_report(reports: &mut Lines<BufReader<OwnedReadHalf>>) -> Option<Report> {
    let line = reports.next_line().await.ok().flatten()?;
    Report::parse(&line)
}

/// Passes on how the server ended.
async fn follow(
    mut reports: Lines<BufReader<OwnedReadHalf>>,
    server: Pid,
    tell_exit: watch::Sender<Option<Exit>>,
) {
    if let Some(Report::Ended(exit)) = next_report(&mut reports).await {
        tell_exit.send_replace(Some(exit));
    } else if tell_exit.receiver_count() > 0 {
        // The supervisor went unasked: somebody killed it. The server must not outlive it.
        kill_group(server);
        tell_exit.send_replace(Some(Exit::Signal(Signal::KILL.as_raw())));
    }
}

fn kill_group(server: Pid) {
    // All of it may be gone.
    let _ = rustix::process::kill_process_group(server, Signal::KILL);
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
