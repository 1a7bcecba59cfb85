//! Clients under test, right ones and ones with a single defect, played against the page of a client that comes back.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod judging;
mod lines;
mod process;
mod support;
