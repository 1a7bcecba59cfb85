//! The collaborative editor of project 18.
//!
//! ```text
//! protocol.rs     given   what goes over the wire
//! messages.rs     given   what a client may say
//! ordered.rs      given   a text, and the order of the operations (exercise 8)
//! schema.sql      given   the tables of the database
//! stored.rs       given   what is stored, and reading it
//! store.rs        yours   writing it, so that it lasts
//! writer.rs       yours   the queue to the disk: stored first, told afterwards
//! document.rs     yours   one document in memory, who is there, where their cursors are
//! session.rs      yours   one connection to a document
//! sharing.rs      yours   who may do what, and how that changes
//! undo.rs         yours   undoing one's own edits
//! versions.rs     yours   versions: named, compared, restored
//! library.rs      given   all documents
//! api.rs          given   what is asked for over HTTP
//! server.rs       given   settings, routes, the upgrade
//! ```

pub mod api;
pub mod document;
pub mod library;
pub mod messages;
pub mod ordered;
pub mod protocol;
pub mod server;
pub mod session;
pub mod sharing;
pub mod store;
pub mod stored;
pub mod undo;
pub mod versions;
pub mod writer;
