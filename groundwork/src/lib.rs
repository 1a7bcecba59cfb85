//! What the servers of this course have in common, and none of them is about.
//!
//! ```text
//! settings    numbers and secrets from the environment
//! page        the files of a web page, as routes; those that every page uses
//! service     listening on 127.0.0.1, and stopping when asked
//! ```
//!
//! A server's `run` is then three lines: read the settings, make the router, [`serve`] it.

pub mod page;
mod service;
mod settings;

pub use service::{exit_code, serve};
pub use settings::{secret, setting};
