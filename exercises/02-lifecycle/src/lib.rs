//! Exercise 2: a connection from its first message to its last frame.
//!
//! ```text
//! server.rs         given   settings, routes, stopping, the page
//! protocol.rs       given   what goes over the wire at /chat
//! chat.rs           given   what is said at /chat
//! handlers.rs       yours   the upgrade, and what a connection may cost
//! connection.rs     yours   one connection: the heartbeat, and the ways to end
//! conversation.rs   yours   what is said over it: the echo and the chat
//! ```

pub mod chat;
pub mod connection;
pub mod conversation;
pub mod handlers;
pub mod protocol;
pub mod server;
