//! Settings, routes, the page, start and stop.

use std::env;
use std::io;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::chat::Chat;
use crate::handlers;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `JWT_SECRET`: the key that tokens are signed with.
    pub secret: String,
    /// `HISTORY_LIMIT`: how many messages greet a newcomer, at most.
    pub history_limit: usize,
    /// `MAX_MESSAGES`: how many messages are kept, at most.
    pub max_messages: usize,
    /// `MAX_CONTENT`: the longest content, in characters.
    pub max_content: usize,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `JWT_SECRET` is not set, or a number is none.
    pub fn from_env() -> io::Result<Self> {
        // A secret that everyone can read in the source would be none.
        let secret = env::var("JWT_SECRET")
            .ok()
            .filter(|secret| !secret.is_empty())
            .ok_or_else(|| {
                io::Error::other("JWT_SECRET is not set; set it to a long random string")
            })?;
        Ok(Self {
            secret,
            history_limit: setting("HISTORY_LIMIT", 50)?,
            max_messages: setting("MAX_MESSAGES", 1000)?,
            max_content: setting("MAX_CONTENT", 2000)?,
        })
    }
}

fn setting<T: FromStr>(name: &str, default: T) -> io::Result<T> {
    match env::var(name) {
        Ok(value) => value.parse().map_err(|_| {
            io::Error::other(format!("{name}={value:?} is not a number in its range"))
        }),
        Err(_) => Ok(default),
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    let config = Config::from_env()?;
    let port: u16 = setting("PORT", 3001)?;
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("port {port}: {error}")))?;
    eprintln!("chat: http://{}", listener.local_addr()?);
    // Connections that were upgraded are not waited for: they end with the process, and the page
    // connects again.
    axum::serve(listener, router(Chat::new(config)))
        .with_graceful_shutdown(asked_to_stop())
        .await
}

/// The files of the page: path, type, content.
const PAGE: [(&str, &str, &str); 7] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("../web/index.html"),
    ),
    ("/style.css", "text/css", include_str!("../web/style.css")),
    (
        "/main.js",
        "text/javascript",
        include_str!("../web/main.js"),
    ),
    ("/api.js", "text/javascript", include_str!("../web/api.js")),
    (
        "/connection.js",
        "text/javascript",
        include_str!("../web/connection.js"),
    ),
    (
        "/outbox.js",
        "text/javascript",
        include_str!("../web/outbox.js"),
    ),
    (
        "/view.js",
        "text/javascript",
        include_str!("../web/view.js"),
    ),
];

fn router(chat: Chat) -> Router {
    let mut router = Router::new()
        .route("/api/sign-in", post(handlers::sign_in))
        .route("/ws", get(handlers::websocket))
        .route("/api/messages", get(handlers::messages))
        .route("/api/online-users", get(handlers::online_users))
        .with_state(Arc::new(chat));
    for (path, content_type, content) in PAGE {
        // Not cached: after an edit and a restart, the browser must not show the file of before.
        let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
        router = router.route(path, get((headers, content)));
    }
    router
}

async fn asked_to_stop() {
    let interrupted = async {
        // If signals cannot be had, there is only the hard way to stop, and nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
