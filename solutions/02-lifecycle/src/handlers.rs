//! The upgrade, and what a connection may cost.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;

use crate::conversation;
use crate::server::{Config, Server};

/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;
/// Beside one message, a pong and a close frame may wait to be written.
const CONTROL_FRAMES: usize = 1024;

/// `GET /echo`: sends back what comes.
pub async fn echo(State(server): State<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    limit(upgrade, &server.config)
        .on_upgrade(move |socket| async move { conversation::echo(socket, &server).await })
}

/// `GET /chat`: a conversation of all who are here.
pub async fn chat(State(server): State<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    limit(upgrade, &server.config)
        .on_upgrade(move |socket| async move { conversation::chat(socket, &server).await })
}

// ANCHOR: limit
/// An upgrade with limits.
pub fn limit(upgrade: WebSocketUpgrade, config: &Config) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .write_buffer_size(0)
        .max_write_buffer_size(config.max_message_size.saturating_add(CONTROL_FRAMES))
        .max_message_size(config.max_message_size)
        .max_frame_size(config.max_frame_size)
}
// ANCHOR_END: limit
