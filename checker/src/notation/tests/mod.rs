//! What holds of parsing, printing and explaining together.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod errors;
mod laws;
mod misspelling;
mod pages;
