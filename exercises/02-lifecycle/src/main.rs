//! Starts the server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("lifecycle", lifecycle::server::run().await)
}
