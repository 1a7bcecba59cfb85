#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod build;
mod explaining;
mod generate;
mod laws;
mod locating;
mod meaning;
mod messages;
mod reference;
mod searching;
