//! The verbs of the command line.

mod grade;
mod greet;
mod hint;
mod lint;
mod output;
mod prove;
mod serve;
mod subject;

use std::path::PathBuf;
use std::process::ExitCode;

use checker::assignment::{self, Assignment};
use checker::explore;
use checker::notation::diagnostic::{self, Severity};
use checker::server::{SUPERVISE, supervise_main};
use clap::{Parser, Subcommand};
use output::Output;

/// Grades real-time servers: plays scripted conversations against yours and shows the line that it got wrong.
///
/// Without a command: lists the exercises and grades the next one.
#[derive(Debug, Parser)]
#[command(
    name = "cargo checker",
    bin_name = "cargo checker",
    version,
    after_help = "Examples:\n  cargo checker                         what is done, and the next exercise graded\n  cargo checker grade chat              grade one exercise\n  cargo checker grade chat --only join  one check alone\n  cargo checker hint chat join          how to go on\n  cargo checker run chat                serve it and open its page\n\nExit codes: 0 all passed, 1 some failed, 2 the server did not build or start, 3 usage or the checker's own fault."
)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Grade an exercise, the solution, or any server.
    Grade(grade::Args),
    /// Show a check's hint.
    Hint(hint::Args),
    /// Serve an exercise and say how to open its page.
    Run(serve::Args),
    /// Look for mistakes in assignment pages.
    Lint(lint::Args),
    /// Prove that the checks tell right from wrong.
    Prove(prove::Args),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Passed,
    /// Something was found wrong.
    Failed,
    /// The server did not build or start.
    NoServer,
    /// Usage, or the checker's own fault.
    Fault,
    /// A signal ended it.
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Passed => Self::SUCCESS,
            Exit::Failed => Self::from(1),
            Exit::NoServer => Self::from(2),
            Exit::Fault => Self::from(3),
            // As a shell tells it.
            Exit::Signal(number) => Self::from(128 + number),
        }
    }
}

pub(super) fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|arg| arg == SUPERVISE) {
        return supervise_main(args);
    }
    let mut output = Output::new();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // An error of printing is a closed pipe: there is nobody to tell.
            let _ = error.print();
            let exit = if error.use_stderr() {
                Exit::Fault
            } else {
                Exit::Passed
            };
            return exit.into();
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error(format!("cannot start: {error}"));
            return Exit::Fault.into();
        }
    };
    let exit = runtime.block_on(until_signal(cli, &mut output));
    // Servers end with their supervisors, which notice that this process is gone.
    runtime.shutdown_background();
    exit.into()
}

async fn until_signal(cli: Cli, output: &mut Output) -> Exit {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return perform(cli, output).await;
    };
    tokio::select! {
        exit = perform(cli, output) => exit,
        _ = interrupt.recv() => Exit::Signal(2),
        _ = terminate.recv() => Exit::Signal(15),
    }
}

async fn perform(cli: Cli, output: &mut Output) -> Exit {
    let result = match cli.verb {
        None => greet::greet(output).await,
        Some(Verb::Grade(args)) => grade::grade(args, output).await,
        Some(Verb::Hint(args)) => hint::hint(&args, output),
        Some(Verb::Run(args)) => serve::serve(&args, output).await,
        Some(Verb::Lint(args)) => lint::lint(&args, output),
        Some(Verb::Prove(args)) => prove::prove(&args, output).await,
    };
    result.unwrap_or_else(|Problem { exit, message }| {
        output.error(message);
        exit
    })
}

/// What keeps a command from doing its work, in words for whoever gave it.
#[derive(Debug)]
struct Problem {
    exit: Exit,
    message: String,
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Self {
            exit: Exit::Fault,
            message: error.to_string(),
        }
    }
}

type Ended = Result<Exit, Problem>;

/// The course that the command is about.
fn course() -> Result<PathBuf, Problem> {
    Ok(assignment::course_root()?)
}

/// Reads an assignment that can be graded. Its mistakes are shown and end the command.
fn load(course: &std::path::Path, name: &str, output: &mut Output) -> Result<Assignment, Problem> {
    let path = assignment::find(course, name)?;
    load_page(&path, output)
}

fn load_page(path: &std::path::Path, output: &mut Output) -> Result<Assignment, Problem> {
    let shown = output::relative(path);
    let (mut assignment, mut diagnostics) = assignment::load(path)?;
    diagnostics.extend(explore::lint(&assignment));
    let errors: Vec<_> = diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    if !errors.is_empty() {
        let name = shown.display().to_string();
        let rendered = diagnostic::render(&errors, &name, &assignment.source, output.colour());
        output.error_text(&format!("{}\n\n", rendered.trim_end()));
        return Err(Problem {
            exit: Exit::Fault,
            message: format!("{name} cannot be graded: {} mistakes", errors.len()),
        });
    }
    assignment.path = shown;
    Ok(assignment)
}
