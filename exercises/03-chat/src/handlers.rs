//! HTTP: sign-in, the upgrade, the API.
//!
//! Checks: `sign-in` and `usernames` (3), `connect` and `refused` (5), `api-token` (14), `online`
//! (15), `pages` and `page-limits` (16).
//!
//! An [`ErrorCode`] is a response already: return it as the `Err`, and its status and body are
//! right.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::response::Response;

use crate::chat::Chat;
use crate::protocol::ErrorCode;

/// What follows the `?`: names and values, none of them checked.
type QueryParameters = Query<HashMap<String, String>>;

/// **3.** `POST /api/sign-in`: gives whoever has a valid name a token.
///
/// The response is `{"token", "userId", "username"}`. [`user_named`](crate::auth::user_named) reads
/// the body and [`issue`](crate::auth::issue) signs.
///
/// # Errors
/// [`ErrorCode::InvalidUsername`].
pub async fn sign_in(State(chat): State<Arc<Chat>>, body: Bytes) -> Result<Response, ErrorCode> {
    let _ = chat.config();
    todo!("answer a sign-in of {} bytes with a token", body.len())
}

/// **5.** `GET /ws?token=…`: upgrades to a WebSocket, for those with a good token.
///
/// Verify the token first. Then let `upgrade.on_upgrade` call [`serve`](crate::connection::serve).
/// Before that, give `upgrade` a `read_buffer_size` of 2 KiB (by default each connection costs
/// 128 KiB), and a `max_message_size` and a `max_frame_size` of 64 KiB.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] when the token is missing or not good: before the upgrade, not
/// after.
pub async fn websocket(
    State(chat): State<Arc<Chat>>,
    Query(query): QueryParameters,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let _ = (chat, upgrade);
    todo!("upgrade, if the token in {query:?} is good")
}

/// A request by someone with a good token: `Authorization: Bearer …`.
///
/// A handler that has it among its arguments does not run without.
#[derive(Debug)]
pub struct SignedIn;

impl FromRequestParts<Arc<Chat>> for SignedIn {
    type Rejection = ErrorCode;

    /// **14.** Takes the token from the header and verifies it.
    ///
    /// The errors are [`ErrorCode::Unauthorized`] without the header, with another scheme than
    /// `Bearer`, or with a token that is not good.
    async fn from_request_parts(parts: &mut Parts, chat: &Arc<Chat>) -> Result<Self, ErrorCode> {
        let _ = chat.config();
        todo!("verify the bearer token in {:?}", parts.headers)
    }
}

/// **15.** `GET /api/online-users`: who is there, as `{"users", "count"}`.
///
/// # Errors
/// [`ErrorCode::Unauthorized`].
pub async fn online_users(
    _: SignedIn,
    State(chat): State<Arc<Chat>>,
) -> Result<Response, ErrorCode> {
    let _ = chat;
    todo!("answer with the users who are online")
}

/// **16.** `GET /api/messages?limit=50&offset=0`: what was said, page by page, as `{"messages",
/// "total", "hasMore"}`.
///
/// # Errors
/// [`ErrorCode::Unauthorized`], else [`ErrorCode::InvalidPage`]: `limit` is 1 to 100 (by default
/// 50) and `offset` 0 to 1,000,000 (by default 0), both in decimal digits.
pub async fn messages(
    _: SignedIn,
    State(chat): State<Arc<Chat>>,
    Query(query): QueryParameters,
) -> Result<Response, ErrorCode> {
    let _ = chat;
    todo!("answer with the messages of the page {query:?}")
}
