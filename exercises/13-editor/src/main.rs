//! Starts the editor's server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("editor", editor::server::run().await)
}
