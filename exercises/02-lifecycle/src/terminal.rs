//! What the client has around it: settings, standard input, standard output.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fmt, thread};

use axum::http::Uri;
use groundwork::setting;
use tokio::sync::mpsc;

use crate::client;

/// How many lines may wait until the client takes them.
const LINES: usize = 16;

/// The settings of the client, from its environment.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// `SERVER_URL`: where to connect, `ws://127.0.0.1:3001/chat` say.
    pub url: String,
    /// `CLIENT_NAME`: the name to join with.
    pub username: String,
    /// `BACKOFF_BASE_MS`: the longest first wait after a connection was lost.
    pub backoff_base: Duration,
    /// `BACKOFF_CAP_MS`: the longest wait of all.
    pub backoff_cap: Duration,
    /// `OUTBOX_LIMIT`: how many messages may wait for their acknowledgements.
    pub outbox_limit: usize,
    /// `SILENCE_MS`: a server of which nothing was heard for so long is not there any more.
    pub silence: Duration,
}

impl ClientConfig {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `SERVER_URL` is not the address of a WebSocket, or a number is none.
    pub fn from_env() -> io::Result<Self> {
        let url = env::var("SERVER_URL").unwrap_or_default();
        if !url.starts_with("ws://") || url.parse::<Uri>().is_err() {
            return Err(io::Error::other(format!(
                "SERVER_URL={url:?} is no address; set it to ws://127.0.0.1:3001/chat, say"
            )));
        }
        Ok(Self {
            url,
            username: env::var("CLIENT_NAME").unwrap_or_else(|_| "anonymous".to_owned()),
            backoff_base: Duration::from_millis(setting("BACKOFF_BASE_MS", 500)?),
            backoff_cap: Duration::from_millis(setting("BACKOFF_CAP_MS", 15_000)?),
            outbox_limit: setting("OUTBOX_LIMIT", 100)?,
            silence: Duration::from_millis(setting("SILENCE_MS", 90_000)?),
        })
    }
}

/// Why the client ends without having done what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The server does not want it, and says why.
    Refused(String),
    /// So many messages are not known to have arrived.
    Undelivered(usize),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "the server does not want us: {reason}"),
            Self::Undelivered(1) => f.write_str("one message was not delivered"),
            Self::Undelivered(count) => write!(f, "{count} messages were not delivered"),
        }
    }
}

impl std::error::Error for Failed {}

/// Runs the client in a terminal until it ends.
pub async fn run() -> ExitCode {
    let config = match ClientConfig::from_env() {
        Ok(config) => config,
        Err(error) => return groundwork::exit_code("client", Err(error)),
    };
    match client::run(config, lines()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            print(&format!("* {failed}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints one line. If nobody reads it any more, it is lost.
pub fn print(line: &str) {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// The lines of standard input. The channel closes when there are no more.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(LINES);
    // A thread of its own, since reading cannot be interrupted: the runtime would wait for its end.
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
