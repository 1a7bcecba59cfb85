//! HTTP: the upgrade, and the way back for a file.
//!
//! Checks: `one-file` (1, 7).
//!
//! A [`Failure`] is a response already: return it as the `Err`, and its status and body are right.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::protocol::Failure;
use crate::uploads::Uploads;

/// **1.** `GET /ws`: upgrades to a WebSocket.
///
/// Let `upgrade.on_upgrade` call [`serve`](crate::connection::serve). Before that, give `upgrade` a
/// `read_buffer_size` of 4 KiB (by default each connection costs 128 KiB, also an idle one), and a
/// `max_message_size` and a `max_frame_size` of [`MAX_MESSAGE`](crate::server::MAX_MESSAGE): by
/// default a client may make you hold 64 MiB.
pub async fn websocket(State(uploads): State<Arc<Uploads>>, upgrade: WebSocketUpgrade) -> Response {
    let _ = (uploads, upgrade);
    todo!("upgrade to a WebSocket")
}

/// **7.** `GET /files/{id}`: the file of a finished upload.
///
/// [`find`](Uploads::find) says where it is, and [`disk::body`](crate::disk::body) makes a body of
/// it that is read while it is sent. Headers: `Content-Type: application/octet-stream`,
/// `X-Content-Type-Options: nosniff` and `Content-Disposition: attachment`, so that a browser saves
/// what a stranger uploaded and does not run it; and `Content-Length`.
///
/// # Errors
/// [`ErrorCode::UnknownUpload`](crate::protocol::ErrorCode::UnknownUpload) when there is none, or
/// it is not finished.
pub async fn download(
    State(uploads): State<Arc<Uploads>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let _ = uploads;
    todo!("answer with the file of the upload {id:?}")
}
