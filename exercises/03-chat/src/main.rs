//! Starts the chat server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("chat", chat::server::run().await)
}
