//! The chat server of assignment 18.1, solved.
//!
//! What is given stands once, in the exercise.

pub mod auth;
pub mod chat;
pub mod connection;
pub mod handlers;
#[path = "../../../exercises/03-chat/src/protocol.rs"]
pub mod protocol;
#[path = "../../../exercises/03-chat/src/server.rs"]
pub mod server;
