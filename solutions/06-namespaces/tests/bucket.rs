//! The exercise's own tests of its bucket, on the solution.

extern crate namespaces_solution as namespaces;

#[path = "../../../exercises/06-namespaces/tests/bucket.rs"]
mod bucket;
