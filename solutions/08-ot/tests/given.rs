//! The tests that the student is given, on the solution.

#![allow(
    clippy::duplicate_mod,
    reason = "each of them has the strategies in a module of its own"
)]

extern crate ot_solution as ot;

#[path = "../../../exercises/08-ot/tests/edits.rs"]
mod edits;
#[path = "../../../exercises/08-ot/tests/laws.rs"]
mod laws;
#[path = "../../../exercises/08-ot/tests/operations.rs"]
mod operations;
