//! Exercise 2, solved.
//!
//! What is given stands once, in the exercise.

#[path = "../../../exercises/02-lifecycle/src/chat.rs"]
pub mod chat;
pub mod connection;
pub mod conversation;
pub mod handlers;
#[path = "../../../exercises/02-lifecycle/src/protocol.rs"]
pub mod protocol;
#[path = "../../../exercises/02-lifecycle/src/server.rs"]
pub mod server;
