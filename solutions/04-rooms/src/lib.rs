//! The rooms server of assignment 18.2, solved.
//!
//! What is given stands once, in the exercise.

pub mod connection;
pub mod handlers;
pub mod outbox;
#[path = "../../../exercises/04-rooms/src/protocol.rs"]
pub mod protocol;
pub mod receipts;
pub mod room;
pub mod rooms;
#[path = "../../../exercises/04-rooms/src/server.rs"]
pub mod server;
