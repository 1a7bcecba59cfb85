//! A server for one conversation.

use super::RunningServer;

/// A server that nobody has spoken to yet.
#[derive(Debug)]
pub struct Fresh {
    /// The server.
    pub server: RunningServer,
    /// What it got to sign tokens with, if the page asks for that.
    pub secret: Option<String>,
}
