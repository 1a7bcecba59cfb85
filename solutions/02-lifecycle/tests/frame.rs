//! The exercise's own tests.

extern crate lifecycle_solution as lifecycle;

#[path = "../../../exercises/02-lifecycle/tests/frame.rs"]
mod frame;
