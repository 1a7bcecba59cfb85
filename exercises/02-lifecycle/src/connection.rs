//! One connection: the heartbeat, and the ways to end.
//!
//! Checks: `echo`, `binary`, `ping`, `fragments`, `close` and `close-codes` (2); `protocol-error` and
//! `bad-text` (4, 5); `vanished` and `idle` (7); stopping (8).

use axum::extract::ws::{CloseCode, Message, WebSocket};

use crate::server::Server;

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There is nobody to say anything to: the peer has closed, or is gone.
    Gone,
    /// We close, and say why (RFC 6455 §7.4.1).
    Close {
        /// For the program. `axum::extract::ws::close_code` has names for all of them.
        code: CloseCode,
        /// For people, at most 123 bytes.
        reason: &'static str,
    },
}

impl From<axum::Error> for End {
    /// **4.** What a failed read or write means for the connection.
    ///
    /// Inside an `axum::Error` is a `tokio_tungstenite::tungstenite::Error`: take it out with
    /// `into_inner` and `downcast`. Its `Protocol`, `Utf8` and `Capacity` each have a code of their
    /// own. But one `Protocol` error is none of the peer's making: with
    /// `ProtocolError::ResetWithoutClosingHandshake` the connection is gone, and so it is with
    /// whatever else there is.
    fn from(error: axum::Error) -> Self {
        todo!("find the code for {error:?}")
    }
}

/// A client's connection, with its heartbeat.
///
/// Add what its methods need: for the heartbeat (**7**) an `Interval` and when something was heard
/// last, for stopping (**8**) the receiver that [`Server::stopping`] gives.
#[derive(Debug)]
pub struct Connection {
    socket: WebSocket,
}

impl Connection {
    /// **2.** A connection that was opened just now.
    pub fn new(socket: WebSocket, server: &Server) -> Self {
        let _ = server;
        Self { socket }
    }

    /// **2.** The next text or binary message.
    ///
    /// Read until there is one. tungstenite answers pings, and a close frame too, but its answers
    /// go out when you ask for the *next* message: after a close frame ask once more.
    ///
    /// Meanwhile the heart beats (**7**): with every beat, send a ping; if nothing at all was heard
    /// for two heartbeats, nobody is there any more. And the server may stop (**8**): then close
    /// with 1001. `tokio::select!` waits for the first of the three.
    ///
    /// # Errors
    /// When there will be no message, and why the connection must end.
    pub async fn next(&mut self) -> Result<Message, End> {
        todo!("read from {:?}", self.socket)
    }

    /// **3.** Sends a message. Waits until the peer takes it, but not for ever (**7**): for two
    /// heartbeats (`tokio::time::timeout`).
    ///
    /// # Errors
    /// When the peer is gone.
    pub async fn send(&mut self, message: Message) -> Result<(), End> {
        todo!("send {message:?}")
    }

    /// **5.** Ends it: sends a close frame, if there is somebody to send it to, and waits for the
    /// answer, a second at most. What comes before the answer counts no more.
    pub async fn end(self, end: End) {
        todo!("end it: {end:?}")
    }
}
