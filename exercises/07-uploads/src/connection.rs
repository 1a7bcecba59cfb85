//! One client's connection, and what it may ask for.
//!
//! Checks: `one-file` (2, 3), then most others: a new kind of message is an arm in [`parse`] and a
//! call of a method of [`Uploads`].

use std::sync::Arc;

use axum::extract::ws::WebSocket;

use crate::protocol::{ClientMessage, Failure};
use crate::uploads::Uploads;

/// **2.** Serves one connection until either side ends it.
///
/// Read a message, do what it asks, send the answers, and only then read the next: that is all of
/// the backpressure (check `backpressure`).
///
/// - A text message: [`parse`] it. What it announces, keep for the next message (check
///   `unexpected`); what was announced before no longer counts. The rest is for the methods of
///   [`Uploads`].
/// - A binary message: take what was announced. If nothing was, if it was wrong, or if the message
///   is empty or longer than `max_chunk` (check `chunk-size`), the answer is an error.
/// - axum answers pings, and a close frame with the next read.
/// - An error or nothing: the connection has ended. Its uploads go on.
///
/// The methods of [`Uploads`] wait for the disk. Call them through
/// [`blocking`](crate::disk::blocking): `blocking(move || uploads.start(…)).await`.
pub async fn serve(socket: WebSocket, uploads: Arc<Uploads>) {
    let _ = (socket, uploads);
    todo!("serve a connection")
}

/// **3.** Reads and checks one text message. What is wrong must not get past here.
///
/// # Errors
/// - `InvalidMessage`: not a JSON object with a string `type`; `UnknownType` (check `malformed`);
/// - `UnsafeName`: `filename` is not a string, or [`FileName`](crate::names::FileName) refuses it;
/// - `InvalidSize`, `TooLarge` (more than `max_upload`), `InvalidChecksum` (check `declared`);
/// - `UnknownUpload`: `uploadId` is not a string (check `unknown`);
/// - `WrongOffset`: `offset` is there and is no whole number (check `offset`).
///
/// What is wrong with `send-file` and `upload-chunk` is no error here: it is in the
/// [`Announce`](ClientMessage::Announce), and is told when the data has come.
pub fn parse(text: &str, max_upload: u64) -> Result<ClientMessage, Failure> {
    todo!("read {text:?}, with at most {max_upload} bytes to a file")
}
