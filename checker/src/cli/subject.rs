//! What is graded: the exercise, its solution, any command, or a server that runs already.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use checker::assignment::Assignment;
use checker::grade::Subject;
use checker::prove;
use checker::server::{self, BuildFailure, Built, Scratch, ServerCommand};

use super::output::{Output, spinner};
use super::{Exit, Problem};

/// Which of the things that can be graded.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
pub(super) struct Which {
    /// Grade the reference solution.
    #[arg(long)]
    pub(super) solution: bool,
    /// Grade what this command starts; it gets its port in PORT.
    #[arg(long, value_name = "COMMAND")]
    pub(super) cmd: Option<String>,
    /// Grade a server that is running already, one check at a time.
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
}

impl Which {
    /// As it was given on the command line, to be given again.
    pub(super) fn flags(&self) -> String {
        if self.solution {
            " --solution".to_owned()
        } else if let Some(cmd) = &self.cmd {
            format!(" --cmd '{}'", cmd.replace('\'', "'\\''"))
        } else if let Some(url) = &self.url {
            format!(" --url {url}")
        } else {
            String::new()
        }
    }

    /// Builds or finds it.
    pub(super) async fn resolve(
        &self,
        course: &Path,
        assignment: &Assignment,
        output: &mut Output,
    ) -> Result<Subject, Problem> {
        if let Some(url) = &self.url {
            let address = listening(url, assignment, output).await?;
            return Ok(Subject::running(address));
        }
        if let Some(cmd) = &self.cmd {
            let here = std::env::current_dir()?;
            let command = ServerCommand::parse(cmd, &here)?;
            warn_of_missing_files(&command, output);
            return Ok(Subject::command(command));
        }
        let built = build(course, assignment, self.solution, output).await?;
        Subject::built(built, assignment).map_err(Problem::from_build)
    }
}

/// Builds the exercise or its solution where it stands. A solution whose tests are graded is laid over the exercise, which
/// has the tests.
pub(super) async fn build(
    course: &Path,
    assignment: &Assignment,
    solution: bool,
    output: &mut Output,
) -> Result<Built, Problem> {
    let kind = if solution { "solutions" } else { "exercises" };
    let folder = course.join(kind).join(&assignment.folder);
    let package = server::package_of(&folder)?;
    let progress = spinner(format!("building {package}"));
    let tell = |what: &str| progress.set_message(format!("building {package}: {what}"));
    let tests = assignment.test_targets();
    let built = if solution && !tests.is_empty() {
        let yours = &assignment.front_matter.yours;
        let files = prove::files_of(&folder, yours)?;
        let scratch = Scratch::open(course, &assignment.folder)?;
        scratch
            .build(&files, yours, &tests, output.colour(), &tell)
            .await
    } else {
        server::build_in_place(course, &package, &tests, output.colour(), &tell).await
    };
    progress.finish_and_clear();
    built.map_err(Problem::from_build)
}

impl Problem {
    fn from_build(failure: BuildFailure) -> Self {
        Self {
            exit: match failure {
                BuildFailure::Checker { .. } => Exit::Fault,
                _ => Exit::NoServer,
            },
            message: failure.to_string().trim_end().to_owned(),
        }
    }
}

/// Arguments that look like files and are none: the server runs in an empty folder of its own and will not find them.
fn warn_of_missing_files(command: &ServerCommand, output: &mut Output) {
    for argument in &command.args {
        let path = Path::new(argument);
        let looks_like_a_file =
            path.extension().is_some() && !argument.to_string_lossy().starts_with('-');
        if looks_like_a_file && path.is_relative() && !argument.to_string_lossy().contains(' ') {
            output.error_text(&format!(
                "note: {} is no file here, and the server runs in an empty folder of its own\n",
                path.display()
            ));
        }
    }
}

/// The address of a server that runs already, and what it must have been started with.
async fn listening(
    url: &str,
    assignment: &Assignment,
    output: &mut Output,
) -> Result<SocketAddr, Problem> {
    let address = address(url)?;
    if let Err(error) = tokio::net::TcpStream::connect(address).await {
        return Err(Problem {
            exit: Exit::NoServer,
            message: format!("nothing listens at {address}: {error}"),
        });
    }
    let env = &assignment.front_matter.server.env;
    if !env.is_empty() {
        let settings: Vec<String> = env.iter().map(|(k, v)| format!("{k}={v}")).collect();
        output.error_text(&format!(
            "note: the checks expect a server that was started with {}\n",
            settings.join(" ")
        ));
    }
    Ok(address)
}

/// The address in `ws://host:port` or `http://host:port`.
fn address(url: &str) -> Result<SocketAddr, Problem> {
    let problem = |why: String| Problem {
        exit: Exit::Fault,
        message: format!("--url {url}: {why}; write ws://127.0.0.1:3000, say"),
    };
    let rest = url
        .strip_prefix("ws://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or_else(|| problem("it begins with neither ws:// nor http://".to_owned()))?;
    let authority = rest.trim_end_matches('/');
    if authority.contains('/') {
        return Err(problem(
            "the pages say which paths are asked for".to_owned(),
        ));
    }
    let with_port = if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    with_port
        .to_socket_addrs()
        .map_err(|error| problem(error.to_string()))?
        .next()
        .ok_or_else(|| problem("no such host".to_owned()))
}
