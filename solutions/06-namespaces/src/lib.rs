//! The server of exercise 6, solved.
//!
//! What is given stands once, in the exercise.

pub mod bucket;
pub mod chain;
pub mod connection;
pub mod handshake;
pub mod incoming;
pub mod namespaces;
#[path = "../../../exercises/06-namespaces/src/protocol.rs"]
pub mod protocol;
#[path = "../../../exercises/06-namespaces/src/server.rs"]
pub mod server;
pub mod token;
