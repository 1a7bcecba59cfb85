//! What the servers of this course have in common, and none of them is about.
//!
//! ```text
//! settings    numbers and secrets from the environment
//! page        the files of a web page, as routes; those that every page uses
//! sign_in     names and tokens
//! outbox      what a client is to be sent
//! conversation   reading and writing one connection
//! service     listening on 127.0.0.1, and stopping when asked
//! ```
//!
//! A server's `run` is then three lines: read the settings, make the router, [`serve`] it.

mod conversation;
mod outbox;
pub mod page;
mod service;
mod settings;
mod sign_in;

pub use conversation::converse;
pub use outbox::{Outbox, Outgoing, deliver, outbox};
pub use service::{exit_code, serve};
pub use settings::{secret, setting};
pub use sign_in::{Tokens, User};
