//! Starts the chat server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    groundwork::exit_code("chat", chat_solution::server::run().await)
}
