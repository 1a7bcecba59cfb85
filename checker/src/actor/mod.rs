//! A scripted client: its connections, what they receive, and its HTTP requests; and its mirror image, a scripted server.
//!
//! ```text
//! Connection::open --http, upgrade--> Opened::Accepted(Connection) | Opened::Refused(HttpResponse)
//!
//! Connection   send --outgoing--> writer task --> TCP
//!                                                  |
//! Inbox      <-- Entry* <--assembler-- reader task <
//!
//! EventStream  a stream of server-sent events, read into the same inbox
//! Link         either of these
//! request      one HTTP exchange on a TCP connection of its own
//! ask          the same, with its answer in the inbox
//! Meter        counts what all of these send and receive
//!
//! ScriptedServer::next_upgrade --> Connection     what connects to a port, in order
//!               ::next_request --> OpenRequest
//! ```
//!
//! Frames are read and written here, and not by a WebSocket library, because a grader sends frames that no library
//! sends and must tell apart the ways in which a server's frames are wrong.

mod asking;
mod assembler;
mod connection;
mod event_stream;
mod events;
mod http;
mod inbox;
mod link;
mod meter;
mod outgoing;
mod reader;
mod scripted_server;
mod upgrade;
mod violation;
mod writer;

#[cfg(test)]
mod tests;

pub use asking::{Asked, ask};
pub use connection::{Connection, Opened};
pub use event_stream::EventStream;
pub use events::ServerSentEvent;
pub use http::{Body, HttpResponse, RequestError, Target, request};
pub use inbox::{Ended, Entry, Event, Inbox, TextMessage};
pub use link::Link;
pub use meter::{Cost, Meter};
pub use outgoing::{FrameSpec, Outgoing};
pub use scripted_server::{Arrival, Arrivals, OpenRequest, ScriptedServer};
pub use violation::Violation;
pub use writer::SendError;

/// Which end of a connection the script plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The submission is a server.
    Client,
    /// The submission is a client.
    Server,
}

/// The longest message that is received, and the longest HTTP body: 64 MiB.
pub const MESSAGE_LIMIT: u64 = 64 << 20;
