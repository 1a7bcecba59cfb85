//! The page: its module in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_page_knows_what_close_codes_say() {
    tools::test_modules(&["close-codes.test.mjs"]);
}

#[test]
fn the_page_shows_a_connection_from_its_first_message_to_its_last_frame() {
    tools::test_page("lifecycle.mjs", env!("CARGO_BIN_EXE_lifecycle-solution"));
}
