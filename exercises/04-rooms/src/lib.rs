//! The rooms server of assignment 18.2.
//!
//! ```text
//! server.rs       given   settings, routes, signing in, the page (the rest of it is the crate groundwork)
//! protocol.rs     given   what goes over the wire
//! handlers.rs     yours   HTTP: the upgrade, and the list of rooms
//! connection.rs   yours   one client's connection, and what it may say
//! outbox.rs       yours   what a client is to be sent
//! room.rs         yours   one room: who is in it, who types, what was said last
//! receipts.rs     yours   what became of the messages that a user sent last
//! rooms.rs        yours   all rooms and all who are online
//! ```

pub mod connection;
pub mod handlers;
pub mod outbox;
pub mod protocol;
pub mod receipts;
pub mod room;
pub mod rooms;
pub mod server;
