//! The answer to the opening handshake (RFC 6455 §4.2).

use axum::http::header::{
    CONNECTION, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What every server appends to the key (§1.3). No program that does not know the protocol would.
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// How many bytes a key stands for.
const KEY_LENGTH: usize = 16;

/// The value of `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
// ANCHOR: accept_key
pub fn accept_key(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    STANDARD.encode(digest)
}
// ANCHOR_END: accept_key

/// The value of `Sec-WebSocket-Accept` for a request with these headers.
///
/// # Errors
/// 426 when it does not ask for a WebSocket of version 13; 400 when its key is none.
// ANCHOR: accept
pub fn accept(headers: &HeaderMap) -> Result<String, StatusCode> {
    let asks = has_token(headers, CONNECTION, "upgrade")
        && has_token(headers, UPGRADE, "websocket")
        && has_token(headers, SEC_WEBSOCKET_VERSION, "13");
    if !asks {
        return Err(StatusCode::UPGRADE_REQUIRED);
    }
    let key = headers.get(SEC_WEBSOCKET_KEY);
    let key = key.and_then(|key| key.to_str().ok());
    let key = key.filter(|key| {
        STANDARD
            .decode(key)
            .is_ok_and(|key| key.len() == KEY_LENGTH)
    });
    key.map(accept_key).ok_or(StatusCode::BAD_REQUEST)
}

/// Whether a header has this token in one of its lists, in upper or lower case: browsers send
/// `Connection: keep-alive, Upgrade`.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}
// ANCHOR_END: accept
