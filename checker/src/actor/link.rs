//! What a client reads its messages from: a WebSocket connection or a stream of server-sent events.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::event_stream::EventStream;
use super::outgoing::Outgoing;
use super::writer::SendError;

/// A client's open connection, of either kind.
#[derive(Debug)]
pub enum Link {
    /// Goes both ways.
    WebSocket(Connection),
    /// Goes one way, to the client.
    EventStream(EventStream),
}

impl Link {
    /// See [`Connection::send`].
    ///
    /// # Errors
    ///
    /// Those of [`Connection::send`], and [`SendError::OneWay`].
    pub async fn send(&self, outgoing: Outgoing, deadline: Duration) -> Result<Instant, SendError> {
        match self {
            Self::WebSocket(connection) => connection.send(outgoing, deadline).await,
            Self::EventStream(_) => Err(SendError::OneWay),
        }
    }

    /// See [`Connection::drop_tcp`] and [`EventStream::drop_tcp`].
    ///
    /// # Errors
    ///
    /// Those of [`Connection::drop_tcp`].
    pub async fn drop_tcp(self, deadline: Duration) -> Result<Instant, SendError> {
        match self {
            Self::WebSocket(connection) => connection.drop_tcp(deadline).await,
            Self::EventStream(stream) => Ok(stream.drop_tcp().await),
        }
    }

    /// Stops reading.
    pub fn stall(&self) {
        match self {
            Self::WebSocket(connection) => connection.stall(),
            Self::EventStream(stream) => stream.stall(),
        }
    }

    /// Reads again.
    pub fn resume(&self) {
        match self {
            Self::WebSocket(connection) => connection.resume(),
            Self::EventStream(stream) => stream.resume(),
        }
    }

    /// See [`Connection::round_trip`]. On a stream nothing can be asked.
    pub async fn round_trip(&self, deadline: Duration) -> Option<Duration> {
        match self {
            Self::WebSocket(connection) => connection.round_trip(deadline).await,
            Self::EventStream(_) => None,
        }
    }
}
