//! The transcript notation: how a conversation between clients and a server is written.
//!
//! ```text
//! text --parse--> Script --print--> text
//!                   |
//!                   +-- Line -- Statement   what one line asks for
//!                                 +-- Payload, Template   what is sent
//!                                 +-- MessagePattern, Pattern   what is expected
//!                                       --matching--> Bindings | Mismatch
//! ```
//!
//! A new kind of line is a variant of [`ast::Statement`], an arm in `parser/statement.rs` or `parser/client.rs`, one in `print/`
//! and one in `run/`. Nothing here does I/O.

pub mod ast;
pub mod diagnostic;
pub(crate) mod json;
pub mod matching;
pub mod parser;
pub mod print;
pub mod text;
pub mod value;

#[cfg(test)]
pub(crate) mod arbitrary;

#[cfg(test)]
mod tests;
