//! Clients that cost little themselves.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::LoadError;
use crate::service::Started;

/// How many connections are opened at the same time.
const OPENED_AT_ONCE: usize = 32;
/// How long an answer may take on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

/// One connection.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn connect(started: &Started, user: &str) -> Result<Self, LoadError> {
        Self::open_url(started, started.url(user)?).await
    }

    /// Connects to a path, with whatever is asked for there.
    pub(crate) async fn open(started: &Started, path: &str) -> Result<Self, LoadError> {
        Self::open_url(started, format!("ws://{}{path}", started.address())).await
    }

    async fn open_url(started: &Started, url: String) -> Result<Self, LoadError> {
        let stream = TcpStream::connect(started.address()).await?;
        let config = WebSocketConfig::default().read_buffer_size(1024);
        let opened = client_async_with_config(url, stream, Some(config)).await;
        Ok(Self { socket: opened?.0 })
    }

    /// Opens connections; the user of each is told by its number.
    pub(crate) async fn connect_all(
        started: &Started,
        count: usize,
        user: impl Fn(usize) -> String,
    ) -> Result<Vec<Self>, LoadError> {
        let user = &user;
        stream::iter(0..count)
            .map(|number| async move { Self::connect(started, &user(number)).await })
            .buffer_unordered(OPENED_AT_ONCE)
            .try_collect()
            .await
    }

    pub(crate) async fn send(&mut self, message: Value) -> Result<(), LoadError> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    /// Returns when the server has answered a ping: it serves this connection.
    pub(crate) async fn is_served(&mut self) -> Result<(), LoadError> {
        self.socket.send(Message::Ping("there?".into())).await?;
        while !matches!(self.next().await?, Message::Pong(_)) {}
        Ok(())
    }

    /// The next JSON message of this type; others are passed over.
    pub(crate) async fn next_of_type(&mut self, kind: &str) -> Result<Value, LoadError> {
        loop {
            let message = self.next_message().await?;
            if message["type"] == kind {
                return Ok(message);
            }
        }
    }

    /// The next JSON message. It is not lost when nobody waits for it any more.
    pub(crate) async fn next_message(&mut self) -> Result<Value, LoadError> {
        loop {
            if let Message::Text(text) = self.next().await?
                && let Ok(message) = serde_json::from_str(&text)
            {
                return Ok(message);
            }
        }
    }

    async fn next(&mut self) -> Result<Message, LoadError> {
        let message = timeout(PATIENCE, self.socket.next())
            .await
            .map_err(|_| LoadError::Answer(format!("nothing came for {} s", PATIENCE.as_secs())))?;
        let message = message.ok_or_else(|| LoadError::Answer("a connection ended".to_owned()))?;
        Ok(message?)
    }
}

/// Asks over HTTP, with a token, and returns what the body of a successful answer is.
pub(crate) async fn request(
    started: &Started,
    method: &str,
    path: &str,
    token: &str,
    body: &Value,
) -> Result<Value, LoadError> {
    let body = body.to_string();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        started.address(),
        body.len()
    );
    let mut stream = TcpStream::connect(started.address()).await?;
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer))
        .await
        .map_err(|_| LoadError::Answer(format!("{path} was not answered")))??;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if !head.starts_with("HTTP/1.1 2") {
        return Err(LoadError::Answer(format!("{method} {path}: {answer}")));
    }
    serde_json::from_str(body).map_err(|error| LoadError::Answer(format!("{path}: {error}")))
}
