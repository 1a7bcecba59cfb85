//! Starts the upload server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("uploads", uploads_solution::server::run().await)
}
