//! What is graded: the exercise, its solution, any command, or a server that runs already.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use checker::assignment::{Assignment, Tested};
use checker::grade::Subject;
use checker::prove;
use checker::server::{self, BuildFailure, Built, Scratch, ServerCommand};

use super::output::{Output, spinner};
use super::{Exit, Problem};

/// Which of the things that can be graded.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Which {
    /// Grade the reference solution.
    #[arg(long, conflicts_with_all = ["cmd", "url", "client_cmd"])]
    pub(super) solution: bool,
    /// Grade what this command starts; a server gets its port in PORT, a client the server's address in SERVER_URL.
    #[arg(long, value_name = "COMMAND", conflicts_with = "url")]
    pub(super) cmd: Option<String>,
    /// Where the exercise has a client too: grade what this command starts; it gets the server's address in SERVER_URL.
    #[arg(long, value_name = "COMMAND")]
    pub(super) client_cmd: Option<String>,
    /// Grade a server that is running already, one check at a time.
    #[arg(long, value_name = "URL")]
    pub(super) url: Option<String>,
}

impl Which {
    /// As it was given on the command line, to be given again.
    pub(super) fn flags(&self) -> String {
        if self.solution {
            " --solution".to_owned()
        } else {
            let quoted = |command: &str| format!("'{}'", command.replace('\'', "'\\''"));
            let cmd = self.cmd.iter().map(|cmd| format!(" --cmd {}", quoted(cmd)));
            let client = self.client_cmd.iter();
            let client = client.map(|cmd| format!(" --client-cmd {}", quoted(cmd)));
            let url = self.url.iter().map(|url| format!(" --url {url}"));
            cmd.chain(client).chain(url).collect()
        }
    }

    /// Whether it is the student's own exercise.
    pub(super) fn is_own(&self) -> bool {
        !self.solution && self.cmd.is_none() && self.client_cmd.is_none() && self.url.is_none()
    }

    /// Builds or finds it.
    pub(super) async fn resolve(
        &self,
        course: &Path,
        assignment: &Assignment,
        output: &mut Output,
    ) -> Result<Subject, Problem> {
        let mut server = self.cmd.as_deref();
        let mut client = self.client_cmd.as_deref();
        // Where there is no server to grade, there is no doubt.
        if client.is_none() && !assignment.tests(Tested::Server) && assignment.tests(Tested::Client)
        {
            client = server.take();
        }
        let mut subject = None;
        if let Some(url) = &self.url {
            let address = listening(url, assignment, output).await?;
            subject = Some(Subject::running(address));
        }
        if let Some(server) = server {
            subject = Some(Subject::command(command(server, output)?));
        }
        if let Some(client) = client {
            let command = command(client, output)?;
            subject = Some(subject.unwrap_or_default().with_client(command));
        }
        if let Some(subject) = subject {
            return Ok(subject);
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

/// A command as it was given on the command line.
fn command(text: &str, output: &mut Output) -> Result<ServerCommand, Problem> {
    let here = std::env::current_dir()?;
    let command = ServerCommand::parse(text, &here)?;
    warn_of_missing_files(&command, output);
    Ok(command)
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
