//! A process under a supervisor, seen from the checker.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::timeout;

use super::Exit;
use super::supervisor::{self, Instructions, Report, SUPERVISE};

/// Killing takes milliseconds; only a process stuck in the kernel takes longer.
const END_BOUND: Duration = Duration::from_secs(10);

/// A process that ends, with all its descendants, when this is dropped or the checker ends in whatever way.
#[derive(Debug)]
pub(super) struct Supervised {
    process: Pid,
    exit: watch::Receiver<Option<Exit>>,
    supervisor: Child,
    /// Closing it is the order to end everything.
    control: OwnedWriteHalf,
}

/// Why there is no such process.
#[derive(Debug)]
pub(super) enum SpawnFailure {
    /// The system could not run the program.
    Program(io::Error),
    /// The supervisor did not do its part.
    Supervisor(io::Error),
}

impl Supervised {
    /// Runs what `instructions` say in `working_dir`, with the environment that `environment` sets.
    pub(super) async fn spawn(
        instructions: &Instructions,
        working_dir: &Path,
        environment: impl FnOnce(&mut Command),
    ) -> Result<(Self, ChildStdout, ChildStderr), SpawnFailure> {
        let mut command = Command::new(supervisor::executable().map_err(SpawnFailure::Supervisor)?);
        command
            .arg0("supervisor")
            .arg(SUPERVISE)
            .args::<_, OsString>(instructions.to_args())
            .current_dir(working_dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        environment(&mut command);
        let (control, mut supervisor) =
            spawn_with_socket(command).map_err(SpawnFailure::Supervisor)?;
        let (Some(out), Some(mut err)) = (supervisor.stdout.take(), supervisor.stderr.take())
        else {
            unreachable!("both were asked for as pipes");
        };
        let (reports, control) = control.into_split();
        let mut reports = BufReader::new(reports).lines();
        let process = match next_report(&mut reports).await {
            Some(Report::Started(pid)) => Pid::from_raw(pid),
            Some(Report::NotStarted(errno)) => {
                return Err(SpawnFailure::Program(io::Error::from_raw_os_error(errno)));
            }
            Some(Report::Ended(_)) | None => None,
        };
        let Some(process) = process else {
            drop(control);
            let mut said = String::new();
            // What it said is all there is to tell; nothing is lost by giving up on it.
            let _ = timeout(END_BOUND, err.read_to_string(&mut said)).await;
            return Err(SpawnFailure::Supervisor(io::Error::other(said)));
        };
        let (tell_exit, exit) = watch::channel(None);
        tokio::spawn(follow(reports, process, tell_exit));
        let supervised = Self {
            process,
            exit,
            supervisor,
            control,
        };
        Ok((supervised, out, err))
    }

    /// The process itself.
    pub(super) fn process_id(&self) -> i32 {
        self.process.as_raw_nonzero().get()
    }

    /// The ancestor of the process and of all that it leaves behind.
    pub(super) fn supervisor(&self) -> Option<Pid> {
        Pid::from_raw(self.supervisor.id()?.try_into().ok()?)
    }

    /// How it ended, if it ended by itself.
    pub(super) fn exit(&self) -> Option<Exit> {
        *self.exit.borrow()
    }

    /// Waits until it ends by itself; its descendants may live on.
    pub(super) async fn exited(&self) -> Exit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.map(|exit| *exit);
        match ended {
            Ok(Some(exit)) => exit,
            // The sender tells an exit before it goes, unless the whole runtime goes.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Kills it with all its descendants and waits until they are gone.
    pub(super) async fn end(mut self) {
        drop(self.control);
        if timeout(END_BOUND, self.supervisor.wait()).await.is_err() {
            kill_group(self.process);
            // It may have ended in this instant.
            let _ = self.supervisor.start_kill();
        }
    }
}

/// On systems that cannot open a socket closed to children in one step, two spawns at once could give one's end to the other.
static ONE_SPAWN_AT_A_TIME: Mutex<()> = Mutex::new(());

fn spawn_with_socket(mut supervisor: Command) -> io::Result<(UnixStream, Child)> {
    let _guard = ONE_SPAWN_AT_A_TIME
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let child = supervisor.stdin(OwnedFd::from(theirs)).spawn()?;
    Ok((UnixStream::from_std(ours)?, child))
}

async fn next_report(reports: &mut Lines<BufReader<OwnedReadHalf>>) -> Option<Report> {
    let line = reports.next_line().await.ok().flatten()?;
    Report::parse(&line)
}

/// Passes on how the process ended.
async fn follow(
    mut reports: Lines<BufReader<OwnedReadHalf>>,
    process: Pid,
    tell_exit: watch::Sender<Option<Exit>>,
) {
    let exit = match next_report(&mut reports).await {
        Some(Report::Ended(exit)) => exit,
        // Everything was ended on our order.
        _ if tell_exit.is_closed() => return,
        // Somebody killed the supervisor; the process must not outlive it.
        _ => {
            kill_group(process);
            Exit::Signal(Signal::KILL.as_raw())
        }
    };
    tell_exit.send_replace(Some(exit));
}

fn kill_group(process: Pid) {
    // All of it may be gone.
    let _ = rustix::process::kill_process_group(process, Signal::KILL);
}
