//! The page: its modules in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_pages_modules_send_in_order_once_and_come_back_with_backoff() {
    tools::test_modules(&["outbox.test.mjs", "connection.test.mjs"]);
}

#[test]
fn the_page_works_for_two_users_in_a_real_browser() {
    tools::test_page("chat.mjs", env!("CARGO_BIN_EXE_chat-solution"));
}
