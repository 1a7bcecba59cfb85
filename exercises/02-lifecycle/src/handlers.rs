//! The upgrade, and what a connection may cost.
//!
//! Checks: `echo` (1), `message-size` and `frame-size` (6), `chat` (9).

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;

use crate::server::{Config, Server};

/// **1.** `GET /echo`: sends back what comes.
///
/// `upgrade.on_upgrade` answers `101 Switching Protocols` and calls you back with the socket; let
/// [`conversation::echo`](crate::conversation::echo) have it.
pub async fn echo(State(server): State<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    let _ = server;
    todo!("answer {upgrade:?}")
}

/// **9.** `GET /chat`: a conversation of all who are here. As [`echo`].
pub async fn chat(State(server): State<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    let _ = server;
    todo!("answer {upgrade:?}")
}

/// **6.** An upgrade with limits.
///
/// The two that the page names are `max_message_size` and `max_frame_size`. The others keep the
/// memory small: a `read_buffer_size` of 2 KiB; a `write_buffer_size` of 0, so that nothing is kept
/// back to be sent with what comes next; a `max_write_buffer_size` that holds one message and a
/// little more. Then call it in [`echo`] and [`chat`].
pub fn limit(upgrade: WebSocketUpgrade, config: &Config) -> WebSocketUpgrade {
    let _ = upgrade;
    todo!("limit it to {} bytes", config.max_message_size)
}
