//! Settings, routes, the page.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use groundwork::page::{self, PageFile};
use groundwork::{secret, serve, setting};

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
        Ok(Self {
            secret: secret("JWT_SECRET")?,
            history_limit: setting("HISTORY_LIMIT", 50)?,
            max_messages: setting("MAX_MESSAGES", 1000)?,
            max_content: setting("MAX_CONTENT", 2000)?,
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    serve("chat", router(Chat::new(Config::from_env()?))).await
}

/// The files of the page.
const PAGE: [PageFile; 8] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/api.js", include_str!("../web/api.js")),
    PageFile::javascript("/outbox.js", include_str!("../web/outbox.js")),
    PageFile::javascript("/view.js", include_str!("../web/view.js")),
    page::CONNECTION,
    page::SESSION,
    page::STYLE,
];

fn router(chat: Chat) -> Router {
    Router::new()
        .route("/api/sign-in", post(handlers::sign_in))
        .route("/ws", get(handlers::websocket))
        .route("/api/messages", get(handlers::messages))
        .route("/api/online-users", get(handlers::online_users))
        .with_state(Arc::new(chat))
        .merge(page::routes(&PAGE))
}
