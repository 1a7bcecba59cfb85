//! The exercise's own tests of its chain, on the solution.

extern crate namespaces_solution as namespaces;

#[path = "../../../exercises/06-namespaces/tests/chain.rs"]
mod chain;
