//! The command line as its users meet it: what it prints, where, and how it exits.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod course;
mod ending;
mod functions;
mod grading;
mod helping;
mod linting;
mod printing;
mod proving;
