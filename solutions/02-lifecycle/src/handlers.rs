//! The two addresses, and what a connection may cost.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::conversation;
use crate::server::{Config, Server};
use crate::upgrade::upgrade;

/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;
/// Beside one message, a pong and a close frame may wait to be written.
const CONTROL_FRAMES: usize = 1024;

/// `GET /echo`: sends back what comes.
// ANCHOR: echo
pub async fn echo(State(server): State<Arc<Server>>, request: Request) -> Response {
    upgrade(request, limits(&server.config), async move |socket| {
        conversation::echo(socket, &server).await;
    })
}
// ANCHOR_END: echo

/// `GET /chat`: a conversation of all who are here.
pub async fn chat(State(server): State<Arc<Server>>, request: Request) -> Response {
    upgrade(request, limits(&server.config), async move |socket| {
        conversation::chat(socket, &server).await;
    })
}

/// What a connection may cost.
// ANCHOR: limits
pub fn limits(config: &Config) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_SIZE)
        .write_buffer_size(0)
        .max_write_buffer_size(config.max_message_size.saturating_add(CONTROL_FRAMES))
        .max_message_size(Some(config.max_message_size))
        .max_frame_size(Some(config.max_frame_size))
}
// ANCHOR_END: limits
