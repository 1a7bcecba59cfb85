//! The upload server of exercise 7.
//!
//! ```text
//! server.rs       given   settings, routes, the page (the rest of it is the crate groundwork)
//! protocol.rs     given   what goes over the wire
//! disk.rs         given   what a file goes through, as slow as you like
//! handlers.rs     yours   HTTP: the upgrade, and the way back for a file
//! connection.rs   yours   one client's connection, and what it may ask for
//! names.rs        yours   which names a file may have
//! partial.rs      yours   a file that is not whole yet
//! uploads.rs      yours   all uploads: those that go on, and those that are finished
//! ```

pub mod connection;
pub mod disk;
pub mod handlers;
pub mod names;
pub mod partial;
pub mod protocol;
pub mod server;
pub mod uploads;
