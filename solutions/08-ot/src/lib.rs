//! The document server of exercise 8, solved.
//!
//! What is given stands once, in the exercise.

pub mod compose;
pub mod document;
pub mod documents;
#[path = "../../../exercises/08-ot/src/error.rs"]
pub mod error;
pub mod messages;
pub mod operation;
#[path = "../../../exercises/08-ot/src/pieces.rs"]
pub mod pieces;
pub mod positional;
#[path = "../../../exercises/08-ot/src/protocol.rs"]
pub mod protocol;
#[path = "../../../exercises/08-ot/src/requests.rs"]
pub mod requests;
#[path = "../../../exercises/08-ot/src/server.rs"]
pub mod server;
pub mod transform;
#[path = "../../../exercises/08-ot/src/wire.rs"]
pub mod wire;

pub use pieces::length;
