//! A scripted client: its connections, what they receive, and its HTTP requests.
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
pub use violation::Violation;
pub use writer::SendError;

/// The longest message that is received, and the longest HTTP body: 64 MiB.
pub const MESSAGE_LIMIT: u64 = 64 << 20;
