//! Starts the namespaces server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("namespaces", namespaces_solution::server::run().await)
}
