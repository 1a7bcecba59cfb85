//! One client's connection, and what it may say.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use groundwork::User;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};

use crate::protocol::{ClientId, ClientMessage, ErrorCode, RoomName};
use crate::rooms::{Client, Rooms};

/// A client that takes longer over one message is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client that was too slow has for the close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
const LONGEST_ROOM_NAME: usize = 64;
const LONGEST_CLIENT_ID: usize = 64;
const MOST_INVITED: usize = 10;

/// Serves one connection until either side ends it.
///
/// Whatever ends it, the client is dropped, and that leaves all rooms.
// ANCHOR: serve
pub async fn serve(socket: WebSocket, user: User, rooms: Arc<Rooms>) {
    let (mut sink, stream) = socket.split();
    let (client, mut outgoing) = Rooms::connect(&rooms, user);
    // Reading does not wait for writing: typing ends in time also for a client that does not read.
    let too_slow = tokio::select! {
        biased;
        () = outgoing.overflow.notified() => true,
        () = write(&mut sink, &mut outgoing.texts) => false,
        () = read(stream, client) => false,
    };
    // The others have heard of it by now, however long the rest takes.
    if too_slow {
        let close = Message::Close(Some(CloseFrame {
            code: close_code::AGAIN,
            reason: "too slow: connect again".into(),
        }));
        // There may be no way to tell the client; then the connection just ends.
        timeout(CLOSE_TIMEOUT, sink.send(close)).await.ok();
    }
}

async fn write(sink: &mut SplitSink<WebSocket, Message>, texts: &mut mpsc::Receiver<Utf8Bytes>) {
    while let Some(text) = texts.recv().await {
        let sent = timeout(SEND_TIMEOUT, sink.send(Message::Text(text))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

async fn read(mut stream: SplitStream<WebSocket>, mut client: Client) {
    loop {
        let typing_ends = client.typing_ends();
        let typing_ended = async {
            match typing_ends {
                Some(end) => sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            incoming = stream.next() => match incoming {
                Some(Ok(Message::Text(text))) => handle(&text, &mut client),
                Some(Ok(Message::Binary(_))) => client.refuse(ErrorCode::InvalidMessage, None),
                // axum answers a ping, and a close frame with the next read, which is then the
                // last.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => {}
                Some(Err(_)) | None => return,
            },
            () = typing_ended => client.end_typing(),
        }
        // Else one who sends without a pause would never be written to.
        tokio::task::yield_now().await;
    }
}
// ANCHOR_END: serve

/// Does what one text message asks for, or says what is wrong with it.
// ANCHOR: handle
fn handle(text: &str, client: &mut Client) {
    // What is no JSON is treated like JSON that is no object.
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let done = parse(&message, client.config().max_content).and_then(|message| match message {
        ClientMessage::JoinRoom { room } => client.join(room),
        ClientMessage::LeaveRoom { room } => client.leave(room),
        ClientMessage::Resume { room, after } => client.resume(room, after),
        ClientMessage::SendMessage {
            room,
            message,
            client_id,
        } => client.say(room, message, client_id),
        ClientMessage::Typing { room } => client.start_typing(room),
        ClientMessage::StopTyping { room } => client.stop_typing(&room),
        ClientMessage::PrivateMessage {
            target,
            message,
            client_id,
        } => client.whisper(&target, message, client_id),
        ClientMessage::CreatePrivateRoom { invite } => client.create_private_room(invite),
    });
    if let Err(code) = done {
        client.refuse(code, client_id(&message).ok());
    }
}
// ANCHOR_END: handle

/// Checks one message. Nothing that it does not return goes any further.
///
/// # Errors
/// What is wrong with it by itself, whatever rooms and users there are.
// ANCHOR: parse
pub fn parse(message: &Value, max_content: usize) -> Result<ClientMessage, ErrorCode> {
    // On what is not an object, and for a member that is missing, indexing gives null.
    let kind = message["type"].as_str().ok_or(ErrorCode::InvalidMessage)?;
    Ok(match kind {
        "join-room" => ClientMessage::JoinRoom {
            room: room(message)?,
        },
        "leave-room" => ClientMessage::LeaveRoom {
            room: room(message)?,
        },
        "resume" => ClientMessage::Resume {
            room: room(message)?,
            after: message["after"].as_u64().ok_or(ErrorCode::InvalidAfter)?,
        },
        "send-message" => ClientMessage::SendMessage {
            room: room(message)?,
            client_id: client_id(message)?,
            message: content(message, max_content)?,
        },
        "typing" => ClientMessage::Typing {
            room: room(message)?,
        },
        "stop-typing" => ClientMessage::StopTyping {
            room: room(message)?,
        },
        "private-message" => ClientMessage::PrivateMessage {
            target: target(&message["targetUserId"])?,
            client_id: client_id(message)?,
            message: content(message, max_content)?,
        },
        "create-private-room" => ClientMessage::CreatePrivateRoom {
            invite: invited(message)?,
        },
        _ => return Err(ErrorCode::UnknownType),
    })
}
// ANCHOR_END: parse

fn room(message: &Value) -> Result<RoomName, ErrorCode> {
    let name = text_of(&message["room"], LONGEST_ROOM_NAME).ok_or(ErrorCode::InvalidRoom)?;
    if name.trim().is_empty() {
        return Err(ErrorCode::InvalidRoom);
    }
    Ok(name)
}

fn client_id(message: &Value) -> Result<ClientId, ErrorCode> {
    text_of(&message["clientId"], LONGEST_CLIENT_ID).ok_or(ErrorCode::InvalidClientId)
}

fn content(message: &Value, max_content: usize) -> Result<String, ErrorCode> {
    let content = text_of(&message["message"], max_content).ok_or(ErrorCode::InvalidContent)?;
    if content.trim().is_empty() {
        return Err(ErrorCode::InvalidContent);
    }
    Ok(content)
}

fn target(id: &Value) -> Result<String, ErrorCode> {
    id.as_str().map(str::to_owned).ok_or(ErrorCode::UnknownUser)
}

fn invited(message: &Value) -> Result<Vec<String>, ErrorCode> {
    let ids = message["invite"].as_array();
    let ids = ids.filter(|ids| (1..=MOST_INVITED).contains(&ids.len()));
    let ids = ids.ok_or(ErrorCode::InvalidInvite)?;
    let strings = ids.iter().map(|id| id.as_str().map(str::to_owned));
    strings
        .collect::<Option<_>>()
        .ok_or(ErrorCode::InvalidInvite)
}

/// A string of 1 to `longest` characters.
fn text_of(value: &Value, longest: usize) -> Option<String> {
    let text = value.as_str()?;
    let fits = !text.is_empty() && text.chars().count() <= longest;
    fits.then(|| text.to_owned())
}
