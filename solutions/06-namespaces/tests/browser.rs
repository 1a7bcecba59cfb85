//! The page: its module in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn what_came_too_fast_is_sent_again_in_order() {
    tools::test_modules(&["limits.test.mjs"]);
}

#[test]
fn the_page_works_for_two_users_in_a_real_browser() {
    tools::test_page("namespaces.mjs", env!("CARGO_BIN_EXE_namespaces-solution"));
}
