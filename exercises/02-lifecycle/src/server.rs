//! Settings, routes, stopping, the page.

use std::env;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use groundwork::page::{self, PageFile};
use groundwork::{serve, setting};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::chat::Chat;
use crate::handlers;

/// How long connections have to say goodbye when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `HEARTBEAT_MS`: how often each client is asked whether it is there.
    pub heartbeat: Duration,
    /// `MAX_MESSAGE_SIZE`, in bytes.
    pub max_message_size: usize,
    /// `MAX_FRAME_SIZE`, in bytes.
    pub max_frame_size: usize,
    /// `JOIN_TIMEOUT_MS`: how long a client may take to say who it is.
    pub join_timeout: Duration,
    /// `JOURNAL`: the file to which what is said is written. Without it, nothing is.
    pub journal: Option<PathBuf>,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a number is none, or one that must not be 0 is.
    pub fn from_env() -> io::Result<Self> {
        Ok(Self {
            heartbeat: Duration::from_millis(positive("HEARTBEAT_MS", 30_000)?),
            max_message_size: size("MAX_MESSAGE_SIZE")?,
            max_frame_size: size("MAX_FRAME_SIZE")?,
            join_timeout: Duration::from_millis(positive("JOIN_TIMEOUT_MS", 10_000)?),
            journal: env::var_os("JOURNAL").map(PathBuf::from),
        })
    }
}

fn size(name: &str) -> io::Result<usize> {
    let bytes = positive(name, 1024 * 1024)?;
    usize::try_from(bytes).map_err(|_| io::Error::other(format!("{name} is too large")))
}

fn positive(name: &str, default: u64) -> io::Result<u64> {
    match setting(name, default)? {
        0 => Err(io::Error::other(format!("{name} must be at least 1"))),
        number => Ok(number),
    }
}

/// What all connections share.
#[derive(Debug)]
pub struct Server {
    /// The settings.
    pub config: Config,
    /// What is said at `/chat`.
    pub chat: Chat,
    stopping: watch::Sender<bool>,
}

impl Server {
    /// A server without connections.
    pub fn new(config: Config) -> Self {
        Self {
            chat: Chat::new(config.journal.clone()),
            config,
            stopping: watch::Sender::new(false),
        }
    }

    /// Becomes `true` when the server is to stop. As long as someone holds it, and at most
    /// 5 seconds, the server waits.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Tells all connections to end, and waits for them.
    // ANCHOR: stop
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        if timeout(STOP_TIMEOUT, self.stopping.closed()).await.is_err() {
            eprintln!("lifecycle: some connections did not end in time");
        }
    }
    // ANCHOR_END: stop
}

/// Serves until Ctrl-C or SIGTERM, and then until all connections have been closed.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    let server = Arc::new(Server::new(Config::from_env()?));
    serve("lifecycle", router(Arc::clone(&server))).await?;
    server.stop().await;
    Ok(())
}

/// The files of the page.
const PAGE: [PageFile; 5] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/close-codes.js", include_str!("../web/close-codes.js")),
    PageFile::css("/lifecycle.css", include_str!("../web/lifecycle.css")),
    page::STYLE,
];

/// All that the server has to offer.
pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/echo", get(handlers::echo))
        .route("/chat", get(handlers::chat))
        .with_state(server)
        .merge(page::routes(&PAGE))
}
