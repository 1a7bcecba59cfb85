//! One client's connection, and what it may say.
//!
//! Checks: `connect` (6), then most others: a new kind of message is an arm in [`parse`] and a call
//! of a method of [`Membership`](crate::chat::Membership).

use std::sync::Arc;

use axum::extract::ws::WebSocket;

use crate::chat::Chat;
use crate::protocol::{ClientMessage, ErrorCode, User};

/// **6.** Serves one connection until either side ends it.
///
/// [`join`](Chat::join) the chat. Then wait in a loop for whichever comes first (`tokio::select!`):
///
/// - a text in the membership's `outbox`: send it. When the outbox has ended, the client was too
///   slow to read: close with 1013.
/// - a text message from the client: [`parse`] it and do what it asks. If it is wrong,
///   [`reply`](crate::chat::Membership::reply) with the error. A binary message is an
///   [`ErrorCode::InvalidMessage`]. axum answers pings, and a close frame with the next read.
/// - an error or nothing from the client: the connection has ended. It is a leave, as is every
///   other way out of the loop.
///
/// A client that stops reading must not hold its task for ever: bound each send with
/// `tokio::time::timeout`.
pub async fn serve(socket: WebSocket, user: User, chat: Arc<Chat>) {
    let _ = (socket, chat);
    todo!("serve the connection of {}", user.username)
}

/// **8.** Reads and checks one text message. What is wrong must not get past here.
///
/// # Errors
/// - [`ErrorCode::InvalidMessage`]: not a JSON object with a string `type` (check `malformed`);
/// - [`ErrorCode::UnknownType`] (check `unknown-type`);
/// - [`ErrorCode::InvalidContent`]: `content` is missing, not a string, blank, or longer than
///   `max_content` characters (checks `content`, `length`, `private-content`);
/// - [`ErrorCode::UnknownUser`]: `targetUserId` is not a string (check `nobody`).
pub fn parse(text: &str, max_content: usize) -> Result<ClientMessage, ErrorCode> {
    todo!("read {text:?}, with at most {max_content} characters of content")
}
