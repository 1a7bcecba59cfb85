//! The four ways to read the feed.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::timeout;

use crate::feed::Reader;
use crate::protocol::{Cursor, GREATEST_CURSOR, Item, Post, Refusal};
use crate::server::App;

/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;
/// Readers have nothing to say.
const MAX_MESSAGE_SIZE: usize = 1024;

/// Reads a cursor, if there is one.
///
/// # Errors
/// [`Refusal::InvalidCursor`].
// ANCHOR: cursor
pub fn cursor(text: Option<&str>) -> Result<Cursor, Refusal> {
    text.and_then(|text| text.parse().ok())
        .filter(|cursor| *cursor <= GREATEST_CURSOR)
        .ok_or(Refusal::InvalidCursor)
}
// ANCHOR_END: cursor

/// `GET /feed?after=N`: what is new, at once.
///
/// # Errors
/// [`Refusal::InvalidCursor`], [`Refusal::Gap`].
// ANCHOR: poll
pub async fn poll(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Post>>, Refusal> {
    let cursor = cursor(query.get("after").map(String::as_str))?;
    Ok(Json(app.feed.after(cursor)?))
}
// ANCHOR_END: poll

/// `GET /feed/long?after=N`: what is new, as soon as something is; nothing, if that takes too long.
///
/// # Errors
/// [`Refusal::InvalidCursor`], [`Refusal::Gap`].
// ANCHOR: long-poll
pub async fn long_poll(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Post>>, Refusal> {
    let cursor = cursor(query.get("after").map(String::as_str))?;
    // Whether there is news or the time is over: the feed knows what to answer.
    let _ = timeout(app.long_poll, app.feed.news_after(cursor)).await;
    Ok(Json(app.feed.after(cursor)?))
}
// ANCHOR_END: long-poll

/// `GET /feed/events?after=N`: server-sent events, from the cursor in `Last-Event-ID` if there is one.
///
/// # Errors
/// [`Refusal::InvalidCursor`].
// ANCHOR: events
pub async fn events(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let after = query.get("after").map(String::as_str);
    // A browser that lost the stream asks for the same address again, and says here how far it got.
    let cursor = cursor(match headers.get("last-event-id") {
        Some(id) => id.to_str().ok(),
        None => after,
    })?;
    let reader = Reader::new(Arc::clone(&app.feed), cursor);
    let events = stream::unfold(reader, |mut reader| async move {
        let event = event(&reader.next().await);
        Some((event, reader))
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::default());
    Ok(sse.into_response())
}

fn event(item: &Item) -> Result<Event, axum::Error> {
    match item {
        Item::Post(post) => Event::default()
            .event("post")
            .id(post.id.to_string())
            .json_data(post),
        Item::Gap(gap) => Event::default()
            .event("gap")
            .id(gap.after.to_string())
            .json_data(gap),
    }
}
// ANCHOR_END: events

/// `GET /feed/ws?after=N`: a WebSocket.
///
/// # Errors
/// [`Refusal::InvalidCursor`], before the upgrade.
// ANCHOR: websocket
pub async fn websocket(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let cursor = cursor(query.get("after").map(String::as_str))?;
    let reader = Reader::new(Arc::clone(&app.feed), cursor);
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .on_upgrade(|socket| follow(socket, reader)))
}

/// Sends whatever comes next, until the client is gone.
async fn follow(mut socket: WebSocket, mut reader: Reader) {
    loop {
        tokio::select! {
            item = reader.next() => {
                let Ok(json) = serde_json::to_string(&item) else { return };
                if socket.send(Message::text(json)).await.is_err() {
                    return;
                }
            }
            // Readers have nothing to say. To see that one has closed, or is gone, one must read
            // all the same.
            incoming = socket.recv() => {
                if !matches!(incoming, Some(Ok(_))) {
                    return;
                }
            }
        }
    }
}
// ANCHOR_END: websocket
