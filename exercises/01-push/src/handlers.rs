//! The four ways to read the feed.
//!
//! Checks: `poll` and `cursors` (3), `long` (5), `events` (7), `websocket` (8).
//!
//! A [`Refusal`] is a response already: return it as the `Err`, and its status and body are right.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::feed::Reader;
use crate::protocol::{Cursor, Post, Refusal};
use crate::server::App;

/// **3.** Reads a cursor, if there is one.
///
/// `str::parse` reads a number and refuses everything else. What is greater than
/// [`GREATEST_CURSOR`](crate::protocol::GREATEST_CURSOR) is none either.
///
/// # Errors
/// [`Refusal::InvalidCursor`].
pub fn cursor(text: Option<&str>) -> Result<Cursor, Refusal> {
    todo!("read {text:?} as a cursor")
}

/// **3.** `GET /feed?after=N`: what is new, at once.
///
/// The cursor is `query.get("after").map(String::as_str)`, and what came after it knows
/// `app.feed`. Answer with `Json`.
///
/// # Errors
/// [`Refusal::InvalidCursor`], [`Refusal::Gap`]: `?` makes the one from a
/// [`Gap`](crate::protocol::Gap).
pub async fn poll(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Post>>, Refusal> {
    let _ = app;
    todo!("answer what came after the cursor in {query:?}")
}

/// **5.** `GET /feed/long?after=N`: what is new, as soon as something is; an empty list, if nothing
/// is for `app.long_poll`.
///
/// Wait for [`news_after`](crate::feed::Feed::news_after) inside a `tokio::time::timeout`. Then answer
/// as [`poll`] does, however the waiting ended.
///
/// # Errors
/// As [`poll`].
pub async fn long_poll(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Post>>, Refusal> {
    let _ = app;
    todo!("wait for what comes after the cursor in {query:?}, then answer it")
}

/// **7.** `GET /feed/events?after=N`: server-sent events.
///
/// A browser that lost the stream asks for the same address again, and says in the header
/// `Last-Event-ID` how far it got. So if that header is there, the cursor is in it and not in
/// `after`.
///
/// A [`Reader`] becomes a stream with `futures_util::stream::unfold(reader, …)`, whose closure takes
/// the reader, waits for its next item, and returns `Some((event, reader))`; the stream becomes a
/// response with `axum::response::sse::Sse::new(…).keep_alive(KeepAlive::default())`. Each item is an
/// `Event`:
///
/// | item | event | id | data |
/// |---|---|---|---|
/// | a post | `post` | its id | the post as JSON |
/// | a gap | `gap` | its `after` | the gap as JSON |
///
/// # Errors
/// [`Refusal::InvalidCursor`].
pub async fn events(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let _ = app;
    todo!("send what comes after the cursor in {headers:?} or {query:?}")
}

/// **8.** `GET /feed/ws?after=N`: a WebSocket.
///
/// Read the cursor first, then let `upgrade.on_upgrade` call [`follow`] with the socket and a
/// [`Reader`]. Before that, give `upgrade` a `read_buffer_size` of 2 KiB and a `max_message_size` of
/// 1 KiB: readers have nothing to say.
///
/// # Errors
/// [`Refusal::InvalidCursor`], before the upgrade.
pub async fn websocket(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let _ = (app, upgrade, follow);
    todo!("upgrade, and send what comes after the cursor in {query:?}")
}

/// **8.** Sends whatever comes next, until the client is gone.
///
/// In a loop, wait for whichever comes first (`tokio::select!`): the reader's next item, to be sent
/// as `Message::text` with `serde_json::to_string(&item)`; or something from the client
/// (`socket.recv()`). That is of no interest by itself, but when it is anything else than
/// `Some(Ok(_))`, the client is gone.
async fn follow(mut socket: WebSocket, reader: Reader) {
    let _ = (socket.recv().await, reader);
    todo!("send what comes next, until the client is gone")
}
