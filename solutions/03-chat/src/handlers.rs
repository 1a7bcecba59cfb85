//! HTTP: sign-in, the upgrade, the API.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::auth;
use crate::chat::Chat;
use crate::connection;
use crate::protocol::ErrorCode;

/// No message is longer, in bytes.
const MAX_MESSAGE_SIZE: usize = 64 * 1024;
/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;

type QueryParameters = Query<HashMap<String, String>>;

/// `POST /api/sign-in`: gives whoever has a valid name a token.
///
/// # Errors
/// [`ErrorCode::InvalidUsername`].
pub async fn sign_in(State(chat): State<Arc<Chat>>, body: Bytes) -> Result<Response, ErrorCode> {
    let user = auth::user_named(&body)?;
    let Some(token) = auth::issue(&user, &chat.config().secret) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    Ok(
        Json(json!({ "token": token, "userId": user.id, "username": user.username }))
            .into_response(),
    )
}

/// `GET /ws?token=…`: upgrades to a WebSocket, for those with a good token.
///
/// # Errors
/// [`ErrorCode::Unauthorized`], before the upgrade.
// ANCHOR: websocket
pub async fn websocket(
    State(chat): State<Arc<Chat>>,
    Query(query): QueryParameters,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let token = query.get("token").ok_or(ErrorCode::Unauthorized)?;
    let user = auth::verify(token, &chat.config().secret)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .max_frame_size(MAX_MESSAGE_SIZE)
        .on_upgrade(move |socket| connection::serve(socket, user, chat)))
}
// ANCHOR_END: websocket

/// `GET /api/messages?limit=50&offset=0`: what was said, page by page.
///
/// # Errors
/// [`ErrorCode::Unauthorized`], else [`ErrorCode::InvalidPage`].
pub async fn messages(
    _: SignedIn,
    State(chat): State<Arc<Chat>>,
    Query(query): QueryParameters,
) -> Result<Response, ErrorCode> {
    let limit = number(&query, "limit", 50, 1..=100)?;
    let offset = number(&query, "offset", 0, 0..=1_000_000)?;
    let (messages, total) = chat.messages(limit, offset);
    let has_more = offset + messages.len() < total;
    Ok(Json(json!({ "messages": messages, "total": total, "hasMore": has_more })).into_response())
}

/// `GET /api/online-users`: who is there.
///
/// # Errors
/// [`ErrorCode::Unauthorized`].
pub async fn online_users(
    _: SignedIn,
    State(chat): State<Arc<Chat>>,
) -> Result<Response, ErrorCode> {
    let users = chat.online_users();
    Ok(Json(json!({ "users": users, "count": users.len() })).into_response())
}

/// A request by someone with a good token: `Authorization: Bearer …`.
///
/// A handler that has it among its arguments does not run without.
// ANCHOR: signed-in
#[derive(Debug)]
pub struct SignedIn;

impl FromRequestParts<Arc<Chat>> for SignedIn {
    type Rejection = ErrorCode;

    async fn from_request_parts(parts: &mut Parts, chat: &Arc<Chat>) -> Result<Self, ErrorCode> {
        let header = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = header
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(ErrorCode::Unauthorized)?;
        auth::verify(token, &chat.config().secret)?;
        Ok(Self)
    }
}
// ANCHOR_END: signed-in

/// A parameter that is missing has its default; one that is there must be a number in its range.
// ANCHOR: number
fn number(
    query: &HashMap<String, String>,
    name: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, ErrorCode> {
    let Some(value) = query.get(name) else {
        return Ok(default);
    };
    // `parse` takes a leading plus sign as well, which the protocol does not.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value
        .parse()
        .ok()
        .filter(|number| digits && range.contains(number))
        .ok_or(ErrorCode::InvalidPage)
}
// ANCHOR_END: number
