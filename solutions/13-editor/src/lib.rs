//! The collaborative editor of project 18, solved.
//!
//! What is given stands once, in the exercise.

#[path = "../../../exercises/13-editor/src/api.rs"]
pub mod api;
pub mod document;
#[path = "../../../exercises/13-editor/src/library.rs"]
pub mod library;
#[path = "../../../exercises/13-editor/src/messages.rs"]
pub mod messages;
#[path = "../../../exercises/13-editor/src/ordered.rs"]
pub mod ordered;
#[path = "../../../exercises/13-editor/src/protocol.rs"]
pub mod protocol;
#[path = "../../../exercises/13-editor/src/server.rs"]
pub mod server;
pub mod session;
pub mod sharing;
pub mod store;
#[path = "../../../exercises/13-editor/src/stored.rs"]
pub mod stored;
pub mod undo;
pub mod versions;
pub mod writer;
