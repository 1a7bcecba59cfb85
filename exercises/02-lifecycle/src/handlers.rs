//! The two addresses, and what a connection may cost.
//!
//! Checks: `upgrade` and `echo` (10), `message-size` and `frame-size` (15), `chat` (18).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::server::{Config, Server};

/// **10.** `GET /echo`: sends back what comes.
///
/// [`upgrade`](crate::upgrade::upgrade) answers the request with what your
/// [`accept`](crate::handshake::accept) says, and calls you back with the socket; let
/// [`conversation::echo`](crate::conversation::echo) have it.
pub async fn echo(State(server): State<Arc<Server>>, request: Request) -> Response {
    let _ = server;
    todo!("answer {request:?}")
}

/// **18.** `GET /chat`: a conversation of all who are here. As [`echo`].
pub async fn chat(State(server): State<Arc<Server>>, request: Request) -> Response {
    let _ = server;
    todo!("answer {request:?}")
}

/// **15.** What a connection may cost. Until you are there, it is the library's own idea of it.
///
/// The two limits that the page names are `max_message_size` and `max_frame_size`. The others keep
/// the memory small: a `read_buffer_size` of 2 KiB; a `write_buffer_size` of 0, so that nothing is
/// kept back to be sent with what comes next; a `max_write_buffer_size` that holds one message and a
/// little more.
pub fn limits(config: &Config) -> WebSocketConfig {
    let _ = config;
    WebSocketConfig::default()
}
