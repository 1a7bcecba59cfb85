//! One client's connection.
//!
//! Checks: `connect` (5), `join` (7), `expiry` (15).

use std::sync::Arc;

use axum::extract::ws::WebSocket;

use crate::namespaces::Namespaces;
use crate::token::Session;

/// **5.** Serves one connection until either side ends it.
///
/// [`connect`](Namespaces::connect), and split the socket (`futures_util::StreamExt::split`): its
/// task reads and writes, and neither must wait for the other. Wait for whichever of these ends
/// first (`tokio::select!`):
///
/// - writing: each text in the outbox goes into the socket, with a `timeout`;
/// - reading (**7**): each text message is read as JSON and becomes an
///   [`Incoming`](crate::incoming::Incoming), which the chain of
///   [`intake`](Namespaces::intake) lets pass or not; then it is
///   [`perform`](crate::namespaces::Client::perform)ed, or
///   [`refuse`](crate::namespaces::Client::refuse)d. A binary message is treated like one that is
///   no JSON. axum answers pings, and a close frame with the next read. After each message let the
///   writing have its turn: `tokio::task::yield_now`. Beside the next message wait for the end of
///   the session (**15**): it may be another one after each message. Then close with 3000;
/// - the outbox's `overflow`: the client was too slow. Close with 1013, and do not wait for long.
pub async fn serve(socket: WebSocket, session: Session, namespaces: Arc<Namespaces>) {
    let _ = (socket, namespaces);
    todo!("serve the connection of {session:?}")
}
