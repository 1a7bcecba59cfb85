//! A connection from its first message to its last frame: the heartbeat, and the ways to end.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

use crate::server::Server;
use crate::upgrade::Socket;

/// How long a peer has to answer our close frame, and to end its side.
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

impl From<tungstenite::Error> for End {
    /// What a failed read or write means for the connection.
    fn from(error: tungstenite::Error) -> Self {
        match error {
            // The peer's side of the TCP connection has ended without a close frame.
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            tungstenite::Error::Protocol(_) => Self::close(CloseCode::Protocol, "protocol error"),
            tungstenite::Error::Utf8(_) => Self::close(CloseCode::Invalid, "text must be UTF-8"),
            tungstenite::Error::Capacity(_) => Self::close(CloseCode::Size, "too large"),
            _ => Self::Gone,
        }
    }
}
// ANCHOR_END: end

/// A client's connection, with its heartbeat.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
    heartbeat: Duration,
    beats: Interval,
    heard_at: Instant,
    stopping: watch::Receiver<bool>,
}

impl Connection {
    /// A connection that was opened just now.
    pub fn new(socket: Socket, server: &Server) -> Self {
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
                incoming = self.socket.next() => match incoming {
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
                    self.send(Message::Ping(Bytes::new())).await?;
                }
                () = asked_to_stop(&mut self.stopping) => {
                    return Err(End::close(CloseCode::Away, "the server stops"));
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

    /// Ends it: says why, if there is somebody to say it to, and waits until the peer has read it.
    // ANCHOR: close
    pub async fn end(self, end: End) {
        if let End::Close { code, reason } = end {
            let reason = reason.into();
            let goodbye = say_goodbye(self.socket, CloseFrame { code, reason });
            // A peer that does not answer is not waited for: the connection just ends.
            timeout(CLOSE_TIMEOUT, goodbye).await.ok();
        }
    }
    // ANCHOR_END: close
}

// ANCHOR: goodbye
async fn say_goodbye(mut socket: Socket, frame: CloseFrame) -> Result<(), End> {
    socket.close(Some(frame)).await?;
    // What comes before the answer was sent before our frame was read. After an error there is
    // nothing more to be had from tungstenite, and this ends at once.
    while let Some(Ok(_)) = socket.next().await {}
    // A socket that is closed with bytes left unread resets the connection, and the peer may lose
    // what it has not read yet: our frame. So we end our side only, and read until it ends its own.
    let mut io = socket.into_inner();
    let mut unread = [0; 1024];
    let ended = async {
        io.shutdown().await?;
        while io.read(&mut unread).await? > 0 {}
        Ok(())
    };
    ended
        .await
        .map_err(|error: io::Error| End::from(tungstenite::Error::from(error)))
}
// ANCHOR_END: goodbye

async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is no more: then this connection has to end as well.
    stopping.wait_for(|stopping| *stopping).await.ok();
}
