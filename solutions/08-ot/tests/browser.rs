//! The page: all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_page_keeps_the_text_of_two_users_the_same_in_a_real_browser() {
    tools::test_page("documents.mjs", env!("CARGO_BIN_EXE_ot-solution"));
}
