//! Starts the feed.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("push", push::server::run().await)
}
