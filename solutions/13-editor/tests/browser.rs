//! The page: all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_page_works_for_three_users_in_a_real_browser() {
    tools::test_page("editor.mjs", env!("CARGO_BIN_EXE_editor-solution"));
}
