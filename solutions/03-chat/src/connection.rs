//! One client's connection, and what it may say.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use serde_json::Value;
use tokio::time::timeout;

use crate::chat::{Chat, Membership};
use crate::protocol::{ClientMessage, ErrorCode, User};

/// A client that takes longer over one message is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves one connection until either side ends it.
///
/// Whatever ends it, a close frame, a broken connection or a panic, the membership is dropped, and
/// that is the leave.
// ANCHOR: serve
pub async fn serve(mut socket: WebSocket, user: User, chat: Arc<Chat>) {
    let mut membership = Chat::join(&chat, user);
    loop {
        tokio::select! {
            outgoing = membership.outbox.recv() => match outgoing {
                Some(text) => {
                    if !send(&mut socket, Message::Text(text)).await {
                        return;
                    }
                }
                None => {
                    send(&mut socket, too_slow()).await;
                    return;
                }
            },
            incoming = socket.recv() => match incoming {
                Some(Ok(Message::Text(text))) => handle(&text, &membership),
                Some(Ok(Message::Binary(_))) => membership.reply(ErrorCode::InvalidMessage),
                // axum answers a ping, and a close frame with the next read, which is then the
                // last.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
}
// ANCHOR_END: serve

/// Whether it could be sent. A send that blocks stops the reads too: who does not listen is not
/// listened to.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(
        timeout(SEND_TIMEOUT, socket.send(message)).await,
        Ok(Ok(()))
    )
}

fn too_slow() -> Message {
    Message::Close(Some(CloseFrame {
        code: close_code::AGAIN,
        reason: "too slow: connect again".into(),
    }))
}

/// Does what one text message asks for, or says what is wrong with it.
// ANCHOR: handle
fn handle(text: &str, membership: &Membership) {
    let done = parse(text, membership.max_content()).and_then(|message| match message {
        ClientMessage::SendMessage { content } => {
            membership.say(content);
            Ok(())
        }
        ClientMessage::TypingStart => {
            membership.set_typing(true);
            Ok(())
        }
        ClientMessage::TypingStop => {
            membership.set_typing(false);
            Ok(())
        }
        ClientMessage::SendPrivateMessage { target, content } => {
            membership.whisper(&target, content)
        }
    });
    if let Err(code) = done {
        membership.reply(code);
    }
}
// ANCHOR_END: handle

/// Reads and checks one text message. Nothing that it does not return goes any further.
///
/// # Errors
/// `InvalidMessage`, `UnknownType`, `InvalidContent`, or `UnknownUser` when the target is not even
/// a string.
// ANCHOR: parse
pub fn parse(text: &str, max_content: usize) -> Result<ClientMessage, ErrorCode> {
    let message: Value = serde_json::from_str(text).map_err(|_| ErrorCode::InvalidMessage)?;
    // On what is not an object, and for a member that is missing, indexing gives null.
    let kind = message["type"].as_str().ok_or(ErrorCode::InvalidMessage)?;
    let content = || valid_content(&message["content"], max_content);
    match kind {
        "send-message" => Ok(ClientMessage::SendMessage {
            content: content()?,
        }),
        "typing-start" => Ok(ClientMessage::TypingStart),
        "typing-stop" => Ok(ClientMessage::TypingStop),
        "send-private-message" => Ok(ClientMessage::SendPrivateMessage {
            content: content()?,
            target: message["targetUserId"]
                .as_str()
                .ok_or(ErrorCode::UnknownUser)?
                .to_owned(),
        }),
        _ => Err(ErrorCode::UnknownType),
    }
}

fn valid_content(content: &Value, max_content: usize) -> Result<String, ErrorCode> {
    let content = content.as_str().ok_or(ErrorCode::InvalidContent)?;
    if content.trim().is_empty() || content.chars().count() > max_content {
        return Err(ErrorCode::InvalidContent);
    }
    Ok(content.to_owned())
}
// ANCHOR_END: parse
