//! Reading and writing one connection, so that neither waits for the other. In the exercise `rooms`
//! it is the student's work; from there on it is given.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::Outgoing;

/// A client that takes longer over one message is as good as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client that was too slow has for the close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves one connection until either side ends it: what is in the outbox goes into the socket, and
/// `receive` gets each text message, or nothing for a binary one.
///
/// Whatever ends it, `receive` is dropped with all that it holds. A client that was too slow is
/// closed with 1013, after that.
pub async fn converse(
    socket: WebSocket,
    mut outgoing: Outgoing,
    receive: impl FnMut(Option<&str>) + Send,
) {
    let (mut sink, stream) = socket.split();
    let too_slow = tokio::select! {
        biased;
        () = outgoing.overflow.notified() => true,
        () = write(&mut sink, &mut outgoing.texts) => false,
        () = read(stream, receive) => false,
    };
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

async fn read(mut stream: SplitStream<WebSocket>, mut receive: impl FnMut(Option<&str>)) {
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => receive(Some(&text)),
            Message::Binary(_) => receive(None),
            // axum answers a ping, and a close frame with the next read, which is then the last.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
        }
        // Else one who sends without a pause would never be written to.
        tokio::task::yield_now().await;
    }
}
