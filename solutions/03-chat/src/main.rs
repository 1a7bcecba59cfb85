//! Starts the chat server.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match chat_solution::server::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}");
            ExitCode::FAILURE
        }
    }
}
