//! Starts the client.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    lifecycle_solution::terminal::run().await
}
