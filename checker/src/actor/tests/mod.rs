//! The scripted client against servers written byte by byte, and against tokio-tungstenite's.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking where its expectation was not met"
)]

mod assembling;
mod closing;
mod conversation;
mod encoding;
mod events;
mod flow;
mod http;
mod inbox;
mod listening;
mod opening;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{Connection, Entry, Event, Inbox, Opened, Target};

/// What only failures meet.
const DEADLINE: Duration = Duration::from_secs(20);

/// A server that takes one connection. The task's output is what the handler made of it.
async fn serve<F, H, R>(handle: H) -> (Target, JoinHandle<R>)
where
    H: FnOnce(TcpStream) -> F + Send + 'static,
    F: Future<Output = R> + Send,
    R: Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        handle(tcp).await
    });
    (Target::new(address), server)
}

/// What the server's handler gives, once it is done.
async fn finished<R>(server: JoinHandle<R>) -> R {
    timeout(DEADLINE, server)
        .await
        .expect("the server waits in vain")
        .unwrap()
}

/// A server that switches protocols, with `behind` in the same write as its 101, and goes on as told.
async fn serve_upgraded<F, H, R>(behind: Vec<u8>, handle: H) -> (Target, JoinHandle<R>)
where
    H: FnOnce(TcpStream) -> F + Send + 'static,
    F: Future<Output = R> + Send,
    R: Send + 'static,
{
    serve(async move |mut tcp| {
        let head = read_head(&mut tcp).await;
        let mut answer = switching_protocols(&head).into_bytes();
        answer.extend(behind);
        tcp.write_all(&answer).await.unwrap();
        handle(tcp).await
    })
    .await
}

/// The head of a request, with its empty line.
async fn read_head(tcp: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// The value of a header, whatever its case.
fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

fn switching_protocols(request: &str) -> String {
    let key = header(request, "sec-websocket-key").unwrap();
    let accept = derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    )
}

/// A server's frame of less than 64 KiB.
fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(short as u8),
        medium => {
            frame.push(126);
            frame.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

const FIN: u8 = 0x80;
const CONTINUATION: u8 = 0;
const TEXT: u8 = FIN | 1;
const BINARY: u8 = FIN | 2;
const CLOSE: u8 = FIN | 8;
const PING: u8 = FIN | 9;
const PONG: u8 = FIN | 10;

/// A server made with tokio-tungstenite that sends back what it gets.
async fn echo() -> (Target, JoinHandle<()>) {
    serve(async |tcp| {
        let mut socket = accept_async(tcp).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() || message.is_binary() {
                socket.send(message).await.unwrap();
            }
        }
    })
    .await
}

/// A server that keeps all that comes until the client ends TCP.
async fn keep(behind: Vec<u8>) -> (Target, JoinHandle<Vec<u8>>) {
    serve_upgraded(behind, async |mut tcp| {
        let mut received = Vec::new();
        tcp.read_to_end(&mut received).await.unwrap();
        received
    })
    .await
}

/// The first frame as a server would send it, without its mask, and the bytes behind it. It must be short.
fn unmask(wire: &[u8]) -> (Vec<u8>, &[u8]) {
    let (header, rest) = wire.split_at(2);
    assert_eq!(header[1] & 0x80, 0x80, "a client's frame is masked");
    let (mask, rest) = rest.split_at(4);
    let (payload, rest) = rest.split_at(usize::from(header[1] & 0x7f));
    let plain: Vec<_> = payload
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask)
        .collect();
    (frame(header[0], plain), rest)
}

async fn open(target: &Target, inbox: &Inbox) -> Connection {
    match Connection::open(target, "/ws", &[], inbox, DEADLINE).await {
        Ok(Opened::Accepted { connection, .. }) => connection,
        other => panic!("not accepted: {other:?}"),
    }
}

/// The first entries, once there are so many.
async fn entries(inbox: &Inbox, count: usize) -> Vec<Arc<Entry>> {
    let grown = timeout(DEADLINE, inbox.grown_beyond(count - 1)).await;
    let entries: Vec<_> = (0..inbox.len())
        .filter_map(|index| inbox.get(index))
        .collect();
    assert!(
        grown.is_ok(),
        "only {} of {count}: {entries:?}",
        entries.len()
    );
    entries
}

fn text(entry: &Entry) -> &str {
    match &entry.event {
        Event::Text(message) => &message.text,
        other => panic!("not a text message: {other:?}"),
    }
}
