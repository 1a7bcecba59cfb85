//! Settings, routes, taking posts, the page.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use groundwork::page::{self, PageFile};
use groundwork::{serve, setting};
use serde_json::Value;

use crate::feed::Feed;
use crate::handlers;
use crate::protocol::{Post, Refusal};

/// What every handler gets.
#[derive(Debug)]
pub struct App {
    /// The one feed.
    pub feed: Arc<Feed>,
    /// `LONG_POLL_MS`: how long a long poll waits for something new.
    pub long_poll: Duration,
    /// `MAX_TEXT`: the longest text of a post, in characters.
    pub max_text: usize,
}

impl App {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a number is none, or no post could be kept.
    pub fn from_env() -> io::Result<Self> {
        // `KEEP`: how many posts the feed keeps, at most.
        let keep = setting("KEEP", 100)?;
        if keep == 0 {
            return Err(io::Error::other("KEEP must be at least 1"));
        }
        Ok(Self {
            feed: Arc::new(Feed::new(keep)),
            long_poll: Duration::from_millis(setting("LONG_POLL_MS", 25_000)?),
            max_text: setting("MAX_TEXT", 2000)?,
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    serve("push", router(App::from_env()?)).await
}

/// The files of the page.
const PAGE: [PageFile; 7] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/transports.js", include_str!("../web/transports.js")),
    PageFile::javascript("/polling.js", include_str!("../web/polling.js")),
    PageFile::css("/push.css", include_str!("../web/push.css")),
    page::CONNECTION,
    page::STYLE,
];

/// All routes: the feed's, and those of the page.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/feed", get(handlers::poll).post(post))
        .route("/feed/long", get(handlers::long_poll))
        .route("/feed/events", get(handlers::events))
        .route("/feed/ws", get(handlers::websocket))
        .with_state(Arc::new(app))
        .merge(page::routes(&PAGE))
}

/// `POST /feed` with `{"text"}`: adds a post to the feed.
async fn post(
    State(app): State<Arc<App>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Post>), Refusal> {
    // What is no JSON is treated like JSON without a text.
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = body["text"].as_str().ok_or(Refusal::InvalidText)?;
    if text.trim().is_empty() || text.chars().count() > app.max_text {
        return Err(Refusal::InvalidText);
    }
    Ok((StatusCode::CREATED, Json(app.feed.post(text.to_owned()))))
}
