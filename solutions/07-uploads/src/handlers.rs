//! HTTP: the upgrade, and the way back for a file.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, State};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use crate::connection;
use crate::disk;
use crate::protocol::{ErrorCode, Failure};
use crate::server::MAX_MESSAGE;
use crate::uploads::Uploads;

/// The default of 128 KiB for each connection is for ever, also while nothing is uploaded over it.
const READ_BUFFER_SIZE: usize = 4 * 1024;

/// `GET /ws`: upgrades to a WebSocket.
// ANCHOR: websocket
pub async fn websocket(State(uploads): State<Arc<Uploads>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| connection::serve(socket, uploads))
}
// ANCHOR_END: websocket

/// `GET /files/{id}`: the file of a finished upload.
///
/// # Errors
/// [`ErrorCode::UnknownUpload`] when there is none, or it is not finished.
// ANCHOR: download
pub async fn download(
    State(uploads): State<Arc<Uploads>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (info, path) = uploads
        .find(&id)
        .ok_or_else(|| ErrorCode::UnknownUpload.of(&id))?;
    let (length, body) = disk::body(&path).await.map_err(|error| {
        eprintln!("uploads: {}: {error}", path.display());
        ErrorCode::StorageFailed.of(&id)
    })?;
    // What a stranger uploaded must not run as a page of this server: it is saved, not shown.
    let headers: [(HeaderName, String); 4] = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CONTENT_DISPOSITION, attachment(info.filename.as_str())),
        (CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, body).into_response())
}
// ANCHOR_END: download

/// The name in RFC 8187's form, since a header is ASCII.
fn attachment(filename: &str) -> String {
    let encoded: String = filename
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}
