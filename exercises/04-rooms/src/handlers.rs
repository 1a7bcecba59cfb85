//! HTTP: the upgrade, and the list of rooms.
//!
//! Checks: `connect` and `refused` (4), `rooms-api` (15).
//!
//! An [`ErrorCode`] is a response already: return it as the `Err`, and its status and body are
//! right.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::protocol::ErrorCode;
use crate::rooms::Rooms;

/// **4.** `GET /ws?token=…`: upgrades to a WebSocket, for those with a good token.
///
/// `rooms.config().tokens` verifies. Then let `upgrade.on_upgrade` call
/// [`serve`](crate::connection::serve). Before that, give `upgrade` a `read_buffer_size` of 2 KiB,
/// and a `max_message_size` and a `max_frame_size` of 64 KiB.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] when the token is missing or not good: before the upgrade, not
/// after.
pub async fn websocket(
    State(rooms): State<Arc<Rooms>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let _ = (rooms, upgrade);
    todo!("upgrade, if the token in {query:?} is good")
}

/// **15.** `GET /api/rooms`: the public rooms that have someone in them, as
/// `[{"name", "userCount"}]`.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] without a good token in `Authorization: Bearer …`.
pub async fn rooms(
    State(rooms): State<Arc<Rooms>>,
    headers: HeaderMap,
) -> Result<Response, ErrorCode> {
    let _ = rooms;
    todo!("list the rooms, if the token in {headers:?} is good")
}
