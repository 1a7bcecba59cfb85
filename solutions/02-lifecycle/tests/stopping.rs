//! The exercise's own tests.

extern crate lifecycle_solution as lifecycle;

#[path = "../../../exercises/02-lifecycle/tests/stopping.rs"]
mod stopping;
