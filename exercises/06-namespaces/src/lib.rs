//! The server of exercise 6: two namespaces over one connection.
//!
//! ```text
//! server.rs       given   settings, routes, signing in, the page (the rest of it is the crate groundwork)
//! protocol.rs     given   what goes over the wire
//! chain.rs        yours   middleware: links, each of which may refuse
//! token.rs        yours   what a token says, or what is wrong with it
//! handshake.rs    yours   who may connect: the chain before the upgrade
//! bucket.rs       yours   how often a user may do something
//! incoming.rs     yours   what a client may ask for: the chain before each message
//! namespaces.rs   yours   the namespaces, their rooms, and who is in them
//! connection.rs   yours   one client's connection
//! ```

pub mod bucket;
pub mod chain;
pub mod connection;
pub mod handshake;
pub mod incoming;
pub mod namespaces;
pub mod protocol;
pub mod server;
pub mod token;
