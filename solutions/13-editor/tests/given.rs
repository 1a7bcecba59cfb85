//! The tests that the student is given, on the solution.

extern crate editor_solution as editor;

#[path = "../../../exercises/13-editor/tests/durable.rs"]
mod durable;
