//! `cargo checker run`: an exercise served for its own page.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use checker::run::values::fresh_secret;
use tokio::net::TcpStream;

use super::output::Output;
use super::subject;
use super::{Ended, Exit, Problem, course, load};

/// Options of `run`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo checker run chat\n  cargo checker run chat --solution --port 3000"
)]
pub(super) struct Args {
    /// The exercise: `chat`, `03-chat` or `3`.
    exercise: String,
    /// Serve the reference solution.
    #[arg(long)]
    solution: bool,
    /// The port; without one, the system chooses.
    #[arg(long)]
    port: Option<u16>,
}

pub(super) async fn serve(args: &Args, output: &mut Output) -> Ended {
    let course = course()?;
    let assignment = load(&course, &args.exercise, output)?;
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

/// A port that nobody uses just now.
fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
