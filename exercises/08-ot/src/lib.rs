//! The document server of exercise 8.
//!
//! ```text
//! error.rs        given   what does not fit, and to what
//! pieces.rs       given   reading an operation piece by piece
//! positional.rs   yours   part one: edits at a position
//! operation.rs    yours   part two: operations over the whole text
//! compose.rs      yours   two of them, one after the other
//! transform.rs    yours   two of them, made on the same text; a cursor
//! wire.rs         given   operations as JSON
//! requests.rs     given   what the program `ot-lines` answers
//! protocol.rs     given   what goes over the wire
//! messages.rs     yours   part three: what a client may say
//! document.rs     yours   one document: its text, and the order of the operations
//! documents.rs    yours   all documents, and who has them open
//! server.rs       given   settings, routes, signing in, the upgrade, the page
//! ```
//!
//! Up to `requests.rs` nothing here waits for anything or knows of a network, and so does
//! `document.rs`: all of it can be tested by calling it.

pub mod compose;
pub mod document;
pub mod documents;
pub mod error;
pub mod messages;
pub mod operation;
pub mod pieces;
pub mod positional;
pub mod protocol;
pub mod requests;
pub mod server;
pub mod transform;
pub mod wire;

pub use pieces::length;
