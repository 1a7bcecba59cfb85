//! One feed, served four ways.
//!
//! ```text
//! server.rs     given   settings, routes, taking posts, the page (the rest of it is the crate groundwork)
//! protocol.rs   given   what goes over the wire
//! feed.rs       yours   what was posted, and what came after a cursor
//! handlers.rs   yours   the four ways to read it
//! ```

pub mod feed;
pub mod handlers;
pub mod protocol;
pub mod server;
