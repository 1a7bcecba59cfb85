//! Servers that misbehave, each a real process, and what the checker makes of them.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod building;
mod ending;
mod misbehaving;
mod output;
mod starting;
mod support;
