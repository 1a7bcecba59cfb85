//! The page: its polling in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn polling_goes_on_where_it_was() {
    tools::test_modules(&["polling.test.mjs"]);
}

#[test]
fn the_page_shows_the_feed_four_ways_to_two_users() {
    tools::test_page("push.mjs", env!("CARGO_BIN_EXE_push-solution"));
}
