//! A connection from its first message to its last frame: the heartbeat, and the ways to end.

use std::time::Duration;

use axum::extract::ws::{CloseCode, CloseFrame, Message, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite;
use tungstenite::error::ProtocolError;

use crate::server::Server;

/// How long a peer has to answer our close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// A peer that was silent for so many heartbeats is not there any more.
const SILENT_HEARTBEATS: u32 = 2;

/// Why a connection ends.
// ANCHOR: end
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There is nobody to say anything to: the peer has closed, or is gone.
    Gone,
    /// We close, and say why (RFC 6455 §7.4.1).
    Close {
        /// For the program.
        code: CloseCode,
        /// For people, at most 123 bytes.
        reason: &'static str,
    },
}

impl End {
    /// We close, with this code.
    pub fn close(code: CloseCode, reason: &'static str) -> Self {
        Self::Close { code, reason }
    }
}

impl From<axum::Error> for End {
    /// What a failed read or write means for the connection.
    fn from(error: axum::Error) -> Self {
        let Ok(error) = error.into_inner().downcast::<tungstenite::Error>() else {
            return Self::Gone;
        };
        match *error {
            // The peer's side of the TCP connection has ended without a close frame.
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            tungstenite::Error::Protocol(_) => Self::close(close_code::PROTOCOL, "protocol error"),
            tungstenite::Error::Utf8(_) => Self::close(close_code::INVALID, "text must be UTF-8"),
            tungstenite::Error::Capacity(_) => Self::close(close_code::SIZE, "too large"),
            _ => Self::Gone,
        }
    }
}
// ANCHOR_END: end

/// A client's connection, with its heartbeat.
#[derive(Debug)]
pub struct Connection {
    socket: WebSocket,
    heartbeat: Duration,
    beats: Interval,
    heard_at: Instant,
    stopping: watch::Receiver<bool>,
}

impl Connection {
    /// A connection that was opened just now.
    pub fn new(socket: WebSocket, server: &Server) -> Self {
        let heartbeat = server.config.heartbeat;
        let now = Instant::now();
        let mut beats = interval_at(now + heartbeat, heartbeat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            heartbeat,
            beats,
            heard_at: now,
            stopping: server.stopping(),
        }
    }

    /// The next text or binary message. Meanwhile the heart beats.
    ///
    /// Nothing is lost when it is dropped before it is ready.
    ///
    /// # Errors
    /// When there will be none, and why the connection must end.
    // ANCHOR: next
    pub async fn next(&mut self) -> Result<Message, End> {
        loop {
            tokio::select! {
                incoming = self.socket.recv() => match incoming {
                    Some(Ok(message)) => {
                        self.heard_at = Instant::now();
                        if let Message::Text(_) | Message::Binary(_) = message {
                            return Ok(message);
                        }
                        // tungstenite answers a ping, and a close frame too: both answers go out
                        // when the next message is asked for. After a close frame there is none.
                    }
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(End::Gone),
                },
                _ = self.beats.tick() => {
                    if self.heard_at.elapsed() >= self.heartbeat * SILENT_HEARTBEATS {
                        return Err(End::Gone);
                    }
                    self.send(Message::Ping("".into())).await?;
                }
                () = asked_to_stop(&mut self.stopping) => {
                    return Err(End::close(close_code::AWAY, "the server stops"));
                }
            }
        }
    }
    // ANCHOR_END: next

    /// Sends a message. Waits until the peer takes it, but not for ever.
    ///
    /// # Errors
    /// When the peer is gone, or reads nothing for as long as it may be silent.
    // ANCHOR: send
    pub async fn send(&mut self, message: Message) -> Result<(), End> {
        let patience = self.heartbeat * SILENT_HEARTBEATS;
        match timeout(patience, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(End::from),
            Err(_) => Err(End::Gone),
        }
    }
    // ANCHOR_END: send

    /// Ends it: says why, if there is somebody to say it to, and waits for the answer.
    // ANCHOR: close
    pub async fn end(mut self, end: End) {
        let End::Close { code, reason } = end else {
            return;
        };
        let goodbye = async {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
                // What comes before the answer was sent before our frame was read.
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        // A peer that does not answer is not waited for: the connection just ends.
        timeout(CLOSE_TIMEOUT, goodbye).await.ok();
    }
    // ANCHOR_END: close
}

async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is no more: then this connection has to end as well.
    stopping.wait_for(|stopping| *stopping).await.ok();
}
