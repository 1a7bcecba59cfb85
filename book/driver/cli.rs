//! What is asked for on the command line.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::render::{self, Workspace};
use crate::serve;

/// Serves the book on this machine and builds it again whenever a page changes.
#[derive(Debug, Parser)]
#[command(
    name = "cargo book",
    bin_name = "cargo book",
    after_help = "Examples:\n  \
        cargo book                      serve it; the address is printed\n  \
        cargo book --port 4000          serve it at http://127.0.0.1:4000/\n  \
        cargo book build                write it to target/book\n  \
        cargo book build --dest public  write it somewhere else"
)]
pub(crate) struct Args {
    /// The port to serve on; without it, the system chooses a free one
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the book as HTML and fails on a broken link, a missing chapter or a snippet that nothing compiles
    Build {
        /// The folder to write to: a new one, an empty one, or one that holds an older build
        #[arg(long, value_name = "DIR")]
        dest: Option<PathBuf>,
    },
}

/// Does it.
pub(crate) fn run(args: Args) -> Result<()> {
    let workspace = Workspace::of_this_crate();
    match args.command {
        None => serve::serve(workspace, args.port),
        Some(Command::Build { dest }) => {
            let dest = dest.unwrap_or_else(|| workspace.default_destination());
            render::write(&workspace, &dest)?;
            say(&format!("The book: {}", dest.join("index.html").display()));
            Ok(())
        }
    }
}

/// Prints a line. Whoever closed the pipe does not want to read it, which is no error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
