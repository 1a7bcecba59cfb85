//! HTTP: the upgrade, and the list of rooms.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::connection;
use crate::protocol::ErrorCode;
use crate::rooms::Rooms;

/// No message is longer, in bytes.
const MAX_MESSAGE_SIZE: usize = 64 * 1024;
/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;

/// `GET /ws?token=…`: upgrades to a WebSocket, for those with a good token.
///
/// # Errors
/// [`ErrorCode::Unauthorized`], before the upgrade.
pub async fn websocket(
    State(rooms): State<Arc<Rooms>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let token = query.get("token").map(String::as_str).unwrap_or_default();
    let user = rooms.config().tokens.verify(token);
    let user = user.ok_or(ErrorCode::Unauthorized)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .max_frame_size(MAX_MESSAGE_SIZE)
        .on_upgrade(move |socket| connection::serve(socket, user, rooms)))
}

/// `GET /api/rooms`: the public rooms that have someone in them.
///
/// # Errors
/// [`ErrorCode::Unauthorized`].
// ANCHOR: rooms
pub async fn rooms(
    State(rooms): State<Arc<Rooms>>,
    headers: HeaderMap,
) -> Result<Response, ErrorCode> {
    let header = headers.get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let user = token.and_then(|token| rooms.config().tokens.verify(token));
    user.ok_or(ErrorCode::Unauthorized)?;
    let list = rooms.list().into_iter();
    let list: Vec<Value> = list
        .map(|(name, count)| json!({ "name": name, "userCount": count }))
        .collect();
    Ok(Json(list).into_response())
}
// ANCHOR_END: rooms
