//! One client's connection.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::incoming::Incoming;
use crate::namespaces::{Client, Namespaces};
use crate::token::Session;

/// A client that takes longer over one message is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client has for the close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// "Unauthorized", in the registry of close codes.
const UNAUTHORIZED: u16 = 3000;

/// Why the server ends a connection.
enum End {
    /// The client has ended it.
    Gone,
    /// The client's token has ended.
    Expired,
    /// The client does not read what it is sent.
    TooSlow,
}

/// Serves one connection until either side ends it.
///
/// Whatever ends it, the client is dropped, and that leaves all rooms.
// ANCHOR: serve
pub async fn serve(socket: WebSocket, session: Session, namespaces: Arc<Namespaces>) {
    let (mut sink, stream) = socket.split();
    let (client, mut outgoing) = Namespaces::connect(&namespaces, session);
    let end = tokio::select! {
        biased;
        () = outgoing.overflow.notified() => End::TooSlow,
        () = write(&mut sink, &mut outgoing.texts) => End::Gone,
        end = read(stream, client) => end,
    };
    let (code, reason) = match end {
        End::Gone => return,
        End::Expired => (UNAUTHORIZED, "token-expired"),
        End::TooSlow => (close_code::AGAIN, "too-slow"),
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: reason.into(),
    }));
    // There may be no way to tell the client; then the connection just ends.
    timeout(CLOSE_TIMEOUT, sink.send(close)).await.ok();
}
// ANCHOR_END: serve

async fn write(sink: &mut SplitSink<WebSocket, Message>, texts: &mut mpsc::Receiver<Utf8Bytes>) {
    while let Some(text) = texts.recv().await {
        let sent = timeout(SEND_TIMEOUT, sink.send(Message::Text(text))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

// ANCHOR: read
async fn read(mut stream: SplitStream<WebSocket>, mut client: Client) -> End {
    loop {
        // Looked up anew for each message: a fresh token may have come.
        let expired = sleep(client.session().time_left());
        let incoming = tokio::select! {
            // In this order: what comes after the token's end is not done.
            biased;
            () = expired => return End::Expired,
            incoming = stream.next() => incoming,
        };
        match incoming {
            // What is no JSON is treated like JSON that is no object.
            Some(Ok(Message::Text(text))) => {
                handle(serde_json::from_str(&text).unwrap_or_default(), &mut client);
            }
            Some(Ok(Message::Binary(_))) => handle(Value::Null, &mut client),
            // axum answers a ping, and a close frame with the next read, which is then the last.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => {}
            Some(Err(_)) | None => return End::Gone,
        }
        // Else one who sends without a pause would never be written to.
        tokio::task::yield_now().await;
    }
}
// ANCHOR_END: read

/// Does what one message asks for, or says why not.
// ANCHOR: handle
fn handle(value: Value, client: &mut Client) {
    let mut incoming = Incoming {
        session: Arc::clone(client.session()),
        joined: client.joined().to_vec(),
        value,
        message: None,
    };
    let passed = client.namespaces().intake().run(&mut incoming);
    let done = passed.and_then(|()| match incoming.message.take() {
        Some(message) => client.perform(message),
        None => Ok(()),
    });
    if let Err(refusal) = done {
        client.refuse(refusal, &incoming);
    }
}
// ANCHOR_END: handle
