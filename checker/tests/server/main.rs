//! Servers that misbehave, each a real process, and what the checker makes of them.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod misbehaving;
mod starting;
mod support;
