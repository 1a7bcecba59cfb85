//! Starts the document server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("ot", ot_solution::server::run().await)
}
