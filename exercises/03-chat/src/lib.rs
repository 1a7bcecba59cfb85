//! The chat server of assignment 18.1.
//!
//! ```text
//! server.rs       given   settings, routes, the page (the rest of it is the crate groundwork)
//! protocol.rs     given   what goes over the wire
//! auth.rs         yours   user names and tokens
//! handlers.rs     yours   HTTP: sign-in, the upgrade, the API
//! connection.rs   yours   one client's connection, and what it may say
//! chat.rs         yours   who is online, what was said, who hears it
//! ```

pub mod auth;
pub mod chat;
pub mod connection;
pub mod handlers;
pub mod protocol;
pub mod server;
