//! A program in a process and a working directory of its own, what it prints, and its standard input.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::log::LogCollector;
use super::supervised::{SpawnFailure, Supervised};
use super::supervisor::Instructions;
use super::{Exit, Log, ServerCommand, StartFailure, Stream};

/// What a program gets of the checker's environment.
const KEPT_VARIABLES: [&str; 3] = ["PATH", "HOME", "TMPDIR"];
/// All who could write are gone then, so that what is left in the pipes is soon read.
const LOG_BOUND: Duration = Duration::from_secs(2);

/// A program that was started, in a fresh working directory.
///
/// Dropping it ends it with all its descendants, but does not wait for that.
#[derive(Debug)]
pub struct RunningProgram {
    process: Supervised,
    log: LogCollector,
    log_readers: [JoinHandle<()>; 2],
    /// Nothing once it was closed, or when there never was one.
    input: Mutex<Option<UnixStream>>,
    /// Kept for the program's life.
    _working_dir: TempDir,
}

impl RunningProgram {
    /// Starts it with these environment variables, `PATH`, `HOME` and `TMPDIR`, and an empty standard input.
    ///
    /// # Errors
    ///
    /// When the system cannot run it.
    pub async fn start(
        command: &ServerCommand,
        env: &BTreeMap<String, String>,
    ) -> Result<Self, StartFailure> {
        Self::spawn(command, env, None).await
    }

    /// Starts it as [`start`](Self::start) does, with a standard input for [`type_line`](Self::type_line).
    ///
    /// # Errors
    ///
    /// When the system cannot run it.
    pub async fn start_with_input(
        command: &ServerCommand,
        env: &BTreeMap<String, String>,
    ) -> Result<Self, StartFailure> {
        // Its own folder, out of the program's sight.
        let folder = tempfile::Builder::new()
            .prefix("input-")
            .tempdir()
            .map_err(checker_could_not("create a folder for standard input"))?;
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path)
            .map_err(checker_could_not("make a socket for standard input"))?;
        Self::spawn(command, env, Some((path, listener))).await
    }

    async fn spawn(
        command: &ServerCommand,
        env: &BTreeMap<String, String>,
        input: Option<(std::path::PathBuf, UnixListener)>,
    ) -> Result<Self, StartFailure> {
        let working_dir = tempfile::Builder::new()
            .prefix("server-")
            .tempdir()
            .map_err(checker_could_not("create a working directory"))?;
        let (socket, listener) = input.unzip();
        let instructions = Instructions {
            program: command.program.clone().into(),
            args: command.args.clone(),
            remove: Some(working_dir.path().to_owned()),
            input: socket,
        };
        let spawned = Supervised::spawn(&instructions, working_dir.path(), |process| {
            let kept = |name| Some((name, std::env::var_os(name)?));
            process
                .env_clear()
                .envs(KEPT_VARIABLES.into_iter().filter_map(kept))
                .envs(env);
        });
        let (process, out, err) = spawned.await.map_err(|failure| match failure {
            SpawnFailure::Program(source) => StartFailure::NotStarted {
                command: command.clone(),
                source,
            },
            SpawnFailure::Supervisor(source) => checker_could_not("supervise the program")(source),
        })?;
        // The supervisor connected before it started the program.
        let input = match listener {
            Some(listener) => {
                let accepted = listener.accept().await;
                let (input, _) = accepted.map_err(checker_could_not("open standard input"))?;
                Some(input)
            }
            None => None,
        };
        let log = LogCollector::default();
        Ok(Self {
            process,
            log_readers: [
                tokio::spawn(log.clone().read(out, Stream::Out)),
                tokio::spawn(log.clone().read(err, Stream::Err)),
            ],
            log,
            input: Mutex::new(input),
            _working_dir: working_dir,
        })
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    ///
    /// When the program has closed it or has ended.
    pub async fn type_line(&self, line: &str) -> io::Result<()> {
        match &mut *self.input.lock().await {
            Some(input) => input.write_all(format!("{line}\n").as_bytes()).await,
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Ends its standard input.
    pub async fn end_input(&self) {
        *self.input.lock().await = None;
    }

    /// Its own process.
    pub(super) fn process_id(&self) -> i32 {
        self.process.process_id()
    }

    /// The process above it and all that it leaves behind.
    pub(super) fn supervisor(&self) -> Option<rustix::process::Pid> {
        self.process.supervisor()
    }

    /// What it wrote until now.
    pub fn log(&self) -> Log {
        self.log.snapshot()
    }

    /// How often something that it wrote was read: for [`printed_since`](Self::printed_since).
    pub fn log_version(&self) -> u64 {
        self.log.version()
    }

    /// Returns as soon as something was read after that.
    pub async fn printed_since(&self, version: u64) {
        self.log.grown_since(version).await;
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
}

pub(super) fn checker_could_not(doing: &'static str) -> impl FnOnce(io::Error) -> StartFailure {
    move |source| StartFailure::Checker { doing, source }
}
