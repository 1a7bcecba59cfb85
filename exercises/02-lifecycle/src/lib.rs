//! Exercise 2: a connection from its first message to its last frame.
//!
//! ```text
//! violation.rs      given   what a peer can do against the protocol
//! handshake.rs      yours   the answer to the opening handshake
//! frame.rs          yours   one frame: its header, and its mask
//! message.rs        yours   from frames to messages
//!
//! upgrade.rs        given   from a request to a WebSocket
//! server.rs         given   settings, routes, stopping, the page
//! protocol.rs       given   what goes over the wire at /chat
//! chat.rs           given   what is said at /chat
//! handlers.rs       yours   the two addresses, and what a connection may cost
//! connection.rs     yours   one connection: the heartbeat, and the ways to end
//! conversation.rs   yours   what is said over it: the echo and the chat
//!
//! terminal.rs       given   the client's settings, standard input and output
//! backoff.rs        yours   how long to wait before the next attempt
//! outbox.rs         yours   what is to be sent, until it has arrived
//! client.rs         yours   a client that comes back
//! ```

pub mod backoff;
pub mod chat;
pub mod client;
pub mod connection;
pub mod conversation;
pub mod frame;
pub mod handlers;
pub mod handshake;
pub mod message;
pub mod outbox;
pub mod protocol;
pub mod server;
pub mod terminal;
pub mod upgrade;
pub mod violation;
