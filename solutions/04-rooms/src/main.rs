//! Starts the rooms server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("rooms", rooms_solution::server::run().await)
}
