//! One client's connection, and what it may ask for.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use serde_json::Value;
use tokio::time::timeout;

use crate::disk::blocking;
use crate::names::FileName;
use crate::protocol::{Announced, ClientMessage, Declaration, ErrorCode, Failure, ServerMessage};
use crate::uploads::{ConnectionId, Uploads};

/// A client that takes longer over one message is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves one connection until either side ends it.
///
/// A message is read when the one before has been dealt with, and not earlier. While the disk
/// works nothing is read: the socket's buffers fill, and the client has to wait. Uploads that were
/// not finished stay for whoever resumes them.
// ANCHOR: serve
pub async fn serve(mut socket: WebSocket, uploads: Arc<Uploads>) {
    let mut client = Client {
        id: uploads.new_connection(),
        uploads,
        announced: None,
    };
    while let Some(incoming) = socket.recv().await {
        let answers = match incoming {
            Ok(Message::Text(text)) => client.text(&text).await,
            Ok(Message::Binary(data)) => client.data(data).await,
            // axum answers a ping, and a close frame with the next read, which is then the last.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => continue,
            Err(_) => return,
        };
        for answer in answers {
            if !send(&mut socket, encode(&answer)).await {
                return;
            }
        }
    }
}
// ANCHOR_END: serve

struct Client {
    uploads: Arc<Uploads>,
    id: ConnectionId,
    /// What the next binary message is, or what is wrong with it.
    announced: Option<Result<Announced, Failure>>,
}

impl Client {
    // ANCHOR: text
    async fn text(&mut self, text: &str) -> Vec<ServerMessage> {
        // What was announced must come next, or not at all.
        self.announced = None;
        let (uploads, id) = (Arc::clone(&self.uploads), self.id);
        let answer = match parse(text, uploads.config().max_upload) {
            Ok(ClientMessage::Announce(announced)) => {
                self.announced = Some(announced);
                return Vec::new();
            }
            Ok(ClientMessage::Start(declared)) => {
                blocking(move || uploads.start(id, declared)).await
            }
            Ok(ClientMessage::Resume { upload_id }) => {
                blocking(move || uploads.resume(id, &upload_id)).await
            }
            Err(failure) => Err(failure),
        };
        vec![answer.unwrap_or_else(ServerMessage::from)]
    }
    // ANCHOR_END: text

    // ANCHOR: data
    async fn data(&mut self, data: Bytes) -> Vec<ServerMessage> {
        let (uploads, id) = (Arc::clone(&self.uploads), self.id);
        let fits = (1..=uploads.config().max_chunk).contains(&data.len());
        let answers = match self.announced.take() {
            None => Err(ErrorCode::UnexpectedData.alone()),
            Some(Err(failure)) => Err(failure),
            Some(Ok(announced)) if !fits => Err(invalid_chunk(&announced)),
            Some(Ok(Announced::File { filename })) => {
                blocking(move || uploads.save(filename, &data).map(|saved| vec![saved])).await
            }
            Some(Ok(Announced::Chunk { upload_id, offset })) => {
                blocking(move || uploads.add(id, &upload_id, offset, &data)).await
            }
        };
        answers.unwrap_or_else(|failure| vec![failure.into()])
    }
    // ANCHOR_END: data
}

fn invalid_chunk(announced: &Announced) -> Failure {
    match announced {
        Announced::File { .. } => ErrorCode::InvalidChunk.alone(),
        Announced::Chunk { upload_id, .. } => ErrorCode::InvalidChunk.of(upload_id),
    }
}

/// Whether it could be sent.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(
        timeout(SEND_TIMEOUT, socket.send(message)).await,
        Ok(Ok(()))
    )
}

fn encode(message: &ServerMessage) -> Message {
    let text = serde_json::to_string(message);
    Message::text(text.expect("strings and numbers always become JSON"))
}

/// Reads and checks one text message. Nothing that it does not return goes any further.
///
/// # Errors
/// What is wrong with it. If it announces data, the error is in the announcement.
// ANCHOR: parse
pub fn parse(text: &str, max_upload: u64) -> Result<ClientMessage, Failure> {
    let invalid = || ErrorCode::InvalidMessage.alone();
    let message: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    // On what is not an object, and for a member that is missing, indexing gives null.
    match message["type"].as_str().ok_or_else(invalid)? {
        "start-upload" => declaration(&message, max_upload)
            .map(ClientMessage::Start)
            .map_err(ErrorCode::alone),
        "resume-upload" => Ok(ClientMessage::Resume {
            upload_id: upload_id(&message)?,
        }),
        "send-file" => Ok(ClientMessage::Announce(
            filename(&message)
                .map(|filename| Announced::File { filename })
                .map_err(ErrorCode::alone),
        )),
        "upload-chunk" => Ok(ClientMessage::Announce(chunk(&message))),
        _ => Err(ErrorCode::UnknownType.alone()),
    }
}
// ANCHOR_END: parse

fn upload_id(message: &Value) -> Result<String, Failure> {
    let id = message["uploadId"].as_str();
    id.map(str::to_owned)
        .ok_or_else(|| ErrorCode::UnknownUpload.alone())
}

fn chunk(message: &Value) -> Result<Announced, Failure> {
    let upload_id = upload_id(message)?;
    let offset = match message.get("offset") {
        None => None,
        Some(offset) => Some(
            offset
                .as_u64()
                .ok_or_else(|| ErrorCode::WrongOffset.of(&upload_id))?,
        ),
    };
    Ok(Announced::Chunk { upload_id, offset })
}

fn filename(message: &Value) -> Result<FileName, ErrorCode> {
    let name = message["filename"].as_str();
    name.and_then(FileName::parse).ok_or(ErrorCode::UnsafeName)
}

// ANCHOR: declaration
fn declaration(message: &Value, max_upload: u64) -> Result<Declaration, ErrorCode> {
    let filename = filename(message)?;
    let size = message["size"]
        .as_u64()
        .filter(|size| *size >= 1)
        .ok_or(ErrorCode::InvalidSize)?;
    if size > max_upload {
        return Err(ErrorCode::TooLarge);
    }
    let sha256 = message["sha256"]
        .as_str()
        .filter(|sum| sum.len() == 64)
        .filter(|sum| sum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        .ok_or(ErrorCode::InvalidChecksum)?
        .to_owned();
    Ok(Declaration {
        filename,
        size,
        sha256,
    })
}
// ANCHOR_END: declaration
