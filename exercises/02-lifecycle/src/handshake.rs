//! The answer to the opening handshake (RFC 6455 §4.2).
//!
//! Checks: `accept-key` (1), `upgrade` (9).

use axum::http::{HeaderMap, StatusCode};

/// What every server appends to the key (§1.3). No program that does not know the protocol would.
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// **1.** The value of `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
///
/// SHA-1 (the crate `sha1`) of the key as it came, and [`GUID`] after it; then Base64 (the crate
/// `base64`, its `general_purpose::STANDARD`).
pub fn accept_key(key: &str) -> String {
    todo!("answer the key {key}")
}

/// **9.** The value of `Sec-WebSocket-Accept` for a request with these headers.
///
/// `axum::http::header` has names for all of them. A header may come several times, and each may be
/// a list with commas: browsers send `Connection: keep-alive, Upgrade`. Upper and lower case are the
/// same in all but the key.
///
/// # Errors
/// 426 (`UPGRADE_REQUIRED`) unless `Connection` has `upgrade`, `Upgrade` has `websocket` and
/// `Sec-WebSocket-Version` is 13; 400 unless `Sec-WebSocket-Key` is the Base64 of 16 bytes.
pub fn accept(headers: &HeaderMap) -> Result<String, StatusCode> {
    todo!("answer {headers:?}")
}
