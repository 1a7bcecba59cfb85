//! One connection: the heartbeat, and the ways to end.
//!
//! Checks: `echo`, `binary`, `ping`, `fragments`, `close` and `close-codes` (11); `protocol-error` and
//! `bad-text` (13, 14); `vanished` and `idle` (16); `stop` (17).

use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::server::Server;
use crate::upgrade::Socket;

/// Why a connection ends.
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

impl From<tungstenite::Error> for End {
    /// **13.** What a failed read or write means for the connection.
    ///
    /// `Protocol`, `Utf8` and `Capacity` each have a code of their own. But one `Protocol` error is
    /// none of the peer's making: with `ProtocolError::ResetWithoutClosingHandshake` the connection
    /// is gone, and so it is with whatever else there is.
    fn from(error: tungstenite::Error) -> Self {
        todo!("find the code for {error:?}")
    }
}

/// A client's connection, with its heartbeat.
///
/// Add what its methods need: for the heartbeat (**16**) an `Interval` and when something was heard
/// last, for stopping (**17**) the receiver that [`Server::stopping`] gives.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
}

impl Connection {
    /// **11.** A connection that was opened just now.
    pub fn new(socket: Socket, server: &Server) -> Self {
        let _ = server;
        Self { socket }
    }

    /// **11.** The next text or binary message.
    ///
    /// Read until there is one. tungstenite answers pings, and a close frame too, but its answers
    /// go out when you ask for the *next* message: after a close frame ask once more.
    ///
    /// Meanwhile the heart beats (**16**): with every beat, send a ping; if nothing at all was heard
    /// for two heartbeats, nobody is there any more. And the server may stop (**17**): then close
    /// with 1001. `tokio::select!` waits for the first of the three.
    ///
    /// # Errors
    /// When there will be no message, and why the connection must end.
    pub async fn next(&mut self) -> Result<Message, End> {
        todo!("read from {:?}", self.socket)
    }

    /// **12.** Sends a message. Waits until the peer takes it, but not for ever (**16**): for two
    /// heartbeats (`tokio::time::timeout`).
    ///
    /// # Errors
    /// When the peer is gone.
    pub async fn send(&mut self, message: Message) -> Result<(), End> {
        todo!("send {message:?}")
    }

    /// **14.** Ends it: says why, if there is somebody to say it to, and waits until the peer has
    /// read it, a second at most.
    ///
    /// Send a close frame, and read on until there is nothing more: what comes before the answer
    /// counts no more. But after an error tungstenite reads nothing, and a socket that is closed with
    /// bytes left unread resets the connection; then the peer may never get to read your close
    /// frame. So take the bare stream (`into_inner`), `shutdown` your side of it, and read until the
    /// peer ends its own.
    pub async fn end(self, end: End) {
        todo!("end it: {end:?}")
    }
}
