//! `cargo checker run`: an exercise served for its own page.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use checker::assignment::{Assignment, Tested};
use checker::run::values::fresh_secret;
use checker::run::{SERVER_HTTP_URL, SERVER_URL};
use tokio::net::TcpStream;

use super::output::Output;
use super::subject;
use super::{Ended, Exit, Problem, course, load};

/// Options of `run`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo checker run chat\n  cargo checker run chat --solution --port 3000\n  cargo checker run lifecycle --client --url ws://127.0.0.1:3000"
)]
pub(super) struct Args {
    /// The exercise: `chat`, `03-chat` or `3`.
    exercise: String,
    /// Serve the reference solution.
    #[arg(long)]
    solution: bool,
    /// The port; without one, the system chooses.
    #[arg(long, conflicts_with = "client")]
    port: Option<u16>,
    /// Start the exercise's client instead, in this terminal; it gets the address of its server in SERVER_URL.
    #[arg(long, requires = "url")]
    client: bool,
    /// The server that the client connects to.
    #[arg(long, requires = "client")]
    url: Option<String>,
}

pub(super) async fn serve(args: &Args, output: &mut Output) -> Ended {
    let course = course()?;
    let assignment = load(&course, &args.exercise, output)?;
    if let Some(url) = &args.url {
        return run_client(&course, &assignment, args.solution, url, output).await;
    }
    if assignment.front_matter.client.is_some() && !assignment.tests(Tested::Server) {
        return Err(Problem {
            exit: Exit::Fault,
            message: format!(
                "{0} is a client: cargo checker run {0} --client --url ws://127.0.0.1:3000",
                assignment.name
            ),
        });
    }
    let built = subject::build(&course, &assignment, args.solution, output).await?;
    let bin = assignment.front_matter.server.bin.as_deref();
    let program = built.program(bin)?.program;
    let port = match args.port {
        Some(port) => port,
        None => free_port()?,
    };
    let mut command = tokio::process::Command::new(&program);
    command.env("PORT", port.to_string()).kill_on_drop(true);
    if let Some(name) = &assignment.front_matter.server.secret
        && std::env::var_os(name).is_none()
    {
        command.env(name, fresh_secret());
    }
    let mut server = command.spawn()?;
    let listening = async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let status = tokio::select! {
        status = server.wait() => status?,
        () = listening => {
            output.line(format!(
                "{} is at http://127.0.0.1:{port}/ : open it in two windows. Ctrl-C ends it.",
                assignment.folder
            ));
            server.wait().await?
        }
    };
    if status.success() {
        return Ok(Exit::Passed);
    }
    Err(Problem {
        exit: Exit::NoServer,
        message: format!("the server ended: {status}"),
    })
}

/// The exercise's client in this terminal, until it or its user ends it.
async fn run_client(
    course: &Path,
    assignment: &Assignment,
    solution: bool,
    url: &str,
    output: &mut Output,
) -> Ended {
    let problem = |message: String| Problem {
        exit: Exit::Fault,
        message,
    };
    let Some(client) = &assignment.front_matter.client else {
        let message = format!("{} has no client: leave --client away", assignment.name);
        return Err(problem(message));
    };
    let address = url
        .strip_prefix("ws://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or_else(|| problem(format!("--url {url}: write ws://127.0.0.1:3000, say")))?;
    let built = subject::build(course, assignment, solution, output).await?;
    let program = built.program(client.bin.as_deref())?.program;
    let mut command = tokio::process::Command::new(&program);
    command.kill_on_drop(true);
    command
        .env(SERVER_URL, format!("ws://{address}"))
        .env(SERVER_HTTP_URL, format!("http://{address}"));
    output.line(format!(
        "{} as a client of ws://{address}: what you type goes to it. Ctrl-C ends it.",
        assignment.folder
    ));
    let status = command.spawn()?.wait().await?;
    if status.success() {
        return Ok(Exit::Passed);
    }
    Err(Problem {
        exit: Exit::NoServer,
        message: format!("the client ended: {status}"),
    })
}

/// A port that nobody uses just now.
fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
