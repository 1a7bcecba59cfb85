//! Settings, routes, signing in, the page.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use groundwork::page::{self, PageFile};
use groundwork::{Tokens, User, secret, serve, setting};
use serde_json::json;

use crate::handlers;
use crate::protocol::ErrorCode;
use crate::rooms::Rooms;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `JWT_SECRET`: signs and verifies.
    pub tokens: Tokens,
    /// `TYPING_TIMEOUT_MS`: how long typing lasts when nothing more is heard of it.
    pub typing_timeout: Duration,
    /// `RESUME_BUFFER`: how many messages a room keeps for those who come back, at most.
    pub resume_buffer: usize,
    /// `MAX_CONTENT`: the longest message, in characters.
    pub max_content: usize,
    /// `OUTBOX_LIMIT`: how many messages may wait for a client that is slow to read, at most.
    pub outbox_limit: usize,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `JWT_SECRET` is not set, a number is none, or no message could wait.
    pub fn from_env() -> io::Result<Self> {
        let outbox_limit = setting("OUTBOX_LIMIT", 256)?;
        if outbox_limit == 0 {
            return Err(io::Error::other("OUTBOX_LIMIT must be at least 1"));
        }
        Ok(Self {
            tokens: Tokens::new(secret("JWT_SECRET")?),
            typing_timeout: Duration::from_millis(setting("TYPING_TIMEOUT_MS", 5000)?),
            resume_buffer: setting("RESUME_BUFFER", 100)?,
            max_content: setting("MAX_CONTENT", 2000)?,
            outbox_limit,
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    serve("rooms", router(Rooms::new(Config::from_env()?))).await
}

/// The files of the page.
const PAGE: [PageFile; 8] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/rooms.js", include_str!("../web/rooms.js")),
    PageFile::javascript("/view.js", include_str!("../web/view.js")),
    PageFile::css("/rooms.css", include_str!("../web/rooms.css")),
    page::CONNECTION,
    page::SESSION,
    page::STYLE,
];

fn router(rooms: Rooms) -> Router {
    Router::new()
        .route("/api/sign-in", post(sign_in))
        .route("/ws", get(handlers::websocket))
        .route("/api/rooms", get(handlers::rooms))
        .with_state(Arc::new(rooms))
        .merge(page::routes(&PAGE))
}

/// `POST /api/sign-in`: gives whoever has a valid name a token.
async fn sign_in(State(rooms): State<Arc<Rooms>>, body: Bytes) -> Result<Response, ErrorCode> {
    let user = User::named(&body).ok_or(ErrorCode::InvalidUsername)?;
    let Some(token) = rooms.config().tokens.issue(&user) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let body = json!({ "token": token, "userId": user.id, "username": user.username });
    Ok(Json(body).into_response())
}
