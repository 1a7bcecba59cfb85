//! A grade for people and for programs.
//!
//! ```text
//! Grade --terminal--> text with styles; whoever prints it strips them where there is no terminal
//!       --json------> schema version 1, docs/json-report.md
//! ```

mod book;
mod closest;
mod cost;
pub mod json;
pub mod style;
pub mod terminal;
mod transcript;

pub use book::Book;
pub use terminal::Detail;
