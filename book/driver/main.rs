//! `cargo book`: serves the book, or writes it.
//!
//! ```text
//! book/src, assignments/, solutions/ --checks::sources--> problems
//!                |
//!                +--render: mdBook, with three preprocessors--> HTML --checks::links--> problems
//!                      snippet      Rust moved to the margin
//!                      transcript   transcript blocks as highlighted text and, by diagram, as SVG
//!                      assignment   front matter off, the checks' points shown
//! ```

mod assignment;
mod checks;
mod cli;
mod diagram;
mod html;
mod render;
mod serve;
mod snippet;
mod transcript;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::run(cli::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
