//! The page: its module in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_page_sends_again_what_was_not_acknowledged_and_shows_each_message_once() {
    tools::test_modules(&["rooms.test.mjs"]);
}

#[test]
fn the_page_works_for_two_users_in_a_real_browser() {
    tools::test_page("rooms.mjs", env!("CARGO_BIN_EXE_rooms-solution"));
}
