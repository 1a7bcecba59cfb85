//! Pages against servers that do just what each test wants: which line fails, and why.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking where its expectation was not met"
)]

mod blocks;
mod bounds;
mod connections;
mod feeds;
mod hostile;
mod messages;
mod prohibitions;
mod requests;
mod shown;
mod support;
