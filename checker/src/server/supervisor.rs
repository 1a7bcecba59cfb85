//! The small process between the checker and a process that it runs, which sees to it that nothing of that is left.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Resource, Rlimit, WaitOptions, WaitStatus};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};

use super::{Exit, processes};

/// The first argument with which an executable must hand over to [`supervise_main`].
pub const SUPERVISE: &str = "__supervise";

static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();

/// Names the executable to run as supervisor where it is not the running one, as in tests. Only the first call counts.
pub fn set_supervisor(executable: PathBuf) {
    // A second call names the same file or comes too late.
    let _ = EXECUTABLE.set(executable);
}

/// The executable to run with [`SUPERVISE`].
pub(super) fn executable() -> io::Result<PathBuf> {
    if let Some(executable) = EXECUTABLE.get() {
        return Ok(executable.clone());
    }
    if cfg!(target_os = "linux") {
        // Names the running file even after a build has replaced it.
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe()
}

/// What the checker tells a supervisor to do, in its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instructions {
    /// What to run.
    pub(super) program: OsString,
    /// Its arguments.
    pub(super) args: Vec<OsString>,
    /// A folder to remove when everything has ended: the checker may not live to do it.
    pub(super) remove: Option<PathBuf>,
    /// A socket that becomes its standard input; without one that is empty.
    pub(super) input: Option<PathBuf>,
}

impl Instructions {
    /// The arguments after [`SUPERVISE`].
    pub(super) fn to_args(&self) -> Vec<OsString> {
        // No file has an empty name.
        let path = |path: &Option<PathBuf>| path.clone().unwrap_or_default().into_os_string();
        [path(&self.remove), path(&self.input), self.program.clone()]
            .into_iter()
            .chain(self.args.iter().cloned())
            .collect()
    }

    fn parse(args: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut args = args.into_iter();
        let path = |path: OsString| (!path.is_empty()).then(|| PathBuf::from(path));
        Some(Self {
            remove: path(args.next()?),
            input: path(args.next()?),
            program: args.next()?,
            args: args.collect(),
        })
    }
}

/// What the supervisor tells the checker, one line each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    /// The process id.
    Started(i32),
    /// The program could not be run; the system's error number.
    NotStarted(i32),
    /// The process ended by itself.
    Ended(Exit),
}

impl Report {
    fn to_line(self) -> String {
        let (word, number) = match self {
            Self::Started(pid) => ("started", pid),
            Self::NotStarted(errno) => ("not-started", errno),
            Self::Ended(Exit::Code(code)) => ("exited", code),
            Self::Ended(Exit::Signal(signal)) => ("killed", signal),
        };
        format!("{word} {number}\n")
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        let (word, number) = line.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "started" => Some(Self::Started(number)),
            "not-started" => Some(Self::NotStarted(number)),
            "exited" => Some(Self::Ended(Exit::Code(number))),
            "killed" => Some(Self::Ended(Exit::Signal(number))),
            _ => None,
        }
    }
}

/// Runs a program until the other end of standard input, a socket, is closed or sends a byte; then kills all that
/// descends from it and returns.
///
/// `args` are those after [`SUPERVISE`], which only the checker writes. Working directory, environment and outputs are handed
/// on. The caller must not have started threads: only a process without them can tell whether it has children left.
pub fn supervise_main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match Instructions::parse(args) {
        Some(instructions) => supervise(&instructions),
        None => Err(io::Error::other("it was not told what to run")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The checker reads it when no report comes.
            eprintln!("the supervisor failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn supervise(instructions: &Instructions) -> io::Result<()> {
    let mut command = Command::new(&instructions.program);
    // With the supervisor's own standard input, it would hold the control socket.
    let input = match &instructions.input {
        Some(socket) => OwnedFd::from(StdUnixStream::connect(socket)?).into(),
        None => Stdio::null(),
    };
    command
        .args(&instructions.args)
        .stdin(input)
        .process_group(0);

    leave_the_terminal()?;
    let control = StdUnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    control.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let outcome = runtime.block_on(attend(control, &mut command));
    if let Some(folder) = &instructions.remove {
        // The checker does it too, if it lives.
        let _ = std::fs::remove_dir_all(folder);
    }
    outcome
}

/// Makes this process one that the terminal's signals do not reach, that inherits orphans, and that dumps no core.
fn leave_the_terminal() -> io::Result<()> {
    // It fails only for the leader of a process group, which the checker does not make it.
    let _ = rustix::process::setsid();
    rustix::process::setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        // So that `pkill checker` ends the checker and leaves this process to clean up. Without the name, it still works.
        let _ = std::fs::write("/proc/self/comm", "supervisor");
    }
    Ok(())
}

async fn attend(control: StdUnixStream, command: &mut Command) -> io::Result<()> {
    let mut control = UnixStream::from_std(control)?;
    // A handler that nobody listens to: the signal is received and nothing happens. The server gets the default back.
    let _ignored = [
        signal(SignalKind::hangup())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::quit())?,
        signal(SignalKind::terminate())?,
    ];
    let mut child_ended = signal(SignalKind::child())?;

    let process = match spawn(command) {
        Ok(process) => process,
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(Errno::INVAL.raw_os_error());
            return report(&mut control, Report::NotStarted(errno)).await;
        }
    };
    let mut reported = report(
        &mut control,
        Report::Started(process.as_raw_nonzero().get()),
    )
    .await;
    let mut byte = [0];
    while reported.is_ok() {
        tokio::select! {
            // A byte, the end or an error: each means that the checker has done with this process.
            _ = control.read(&mut byte) => break,
            _ = child_ended.recv() => {
                if let Some(exit) = reap(process) {
                    reported = report(&mut control, Report::Ended(exit)).await;
                }
            }
        }
    }
    processes::end_all(process);
    Ok(())
}

fn spawn(command: &mut Command) -> io::Result<Pid> {
    let mut busy = 0;
    loop {
        match command.spawn() {
            Ok(child) => return Ok(Pid::from_child(&child)),
            // An executable just copied: a process that the checker forked meanwhile holds it open until it executes its own.
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && busy < 100 => {
                busy += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
}

async fn report(control: &mut UnixStream, report: Report) -> io::Result<()> {
    control.write_all(report.to_line().as_bytes()).await
}

/// Reaps every child that has ended, and tells how `process` did if it is among them.
fn reap(process: Pid) -> Option<Exit> {
    let mut exit = None;
    while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == process {
            exit = exit_of(status);
        }
    }
    exit
}

fn exit_of(status: WaitStatus) -> Option<Exit> {
    status
        .exit_status()
        .map(Exit::Code)
        .or_else(|| status.terminating_signal().map(Exit::Signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_read_back_as_they_were_given() {
        for path in [None, Some(PathBuf::from("/tmp/a folder"))] {
            let instructions = Instructions {
                program: "node".into(),
                args: vec!["".into(), "server.js".into()],
                remove: path.clone(),
                input: path,
            };
            assert_eq!(
                Instructions::parse(instructions.to_args()),
                Some(instructions)
            );
        }
        assert_eq!(Instructions::parse([]), None);
    }

    #[test]
    fn a_report_reads_back_as_it_was_sent() {
        for report in [
            Report::Started(4242),
            Report::NotStarted(2),
            Report::Ended(Exit::Code(101)),
            Report::Ended(Exit::Signal(9)),
        ] {
            assert_eq!(Report::parse(report.to_line().trim_end()), Some(report));
        }
        assert_eq!(Report::parse("the checker's supervisor failed"), None);
    }
}
