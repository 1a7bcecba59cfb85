//! One client's connection, and what it may say.
//!
//! Checks: `connect` (3), then most others: a new kind of message is an arm in [`parse`] and a call
//! of a method of [`Client`](crate::rooms::Client).

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use groundwork::User;
use serde_json::Value;

use crate::protocol::{ClientMessage, ErrorCode};
use crate::rooms::Rooms;

/// **3.** Serves one connection until either side ends it.
///
/// [`connect`](Rooms::connect), and split the socket (`futures_util::StreamExt::split`): its task
/// reads and writes, and neither must wait for the other. Wait for whichever of these ends first
/// (`tokio::select!`):
///
/// - writing: each text in the outbox goes into the socket, with a `timeout`;
/// - reading: each text message is read as JSON, [`parse`]d and done. If it is wrong,
///   [`refuse`](crate::rooms::Client::refuse) it, and name its `clientId` (**9**); so also a binary
///   message. axum answers pings, and a close frame with the next read. Beside the next message wait
///   for the end of typing (**12**). After each message let the writing have its turn:
///   `tokio::task::yield_now`;
/// - the outbox's `overflow` (**17**): the client was too slow. Drop the
///   [`Client`](crate::rooms::Client) first, so that the others hear of it at once; then close with
///   1013, and do not wait for long.
pub async fn serve(socket: WebSocket, user: User, rooms: Arc<Rooms>) {
    let _ = (socket, rooms);
    todo!("serve the connection of {}", user.username)
}

/// **6.** Checks one message. What is wrong must not get past here.
///
/// # Errors
/// [`ErrorCode::InvalidMessage`], [`ErrorCode::UnknownType`], and one for each member that is
/// missing or wrong. The page says what each member must be.
pub fn parse(message: &Value, max_content: usize) -> Result<ClientMessage, ErrorCode> {
    todo!("check {message}, with at most {max_content} characters of content")
}
