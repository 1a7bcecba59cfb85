//! The page: its modules in Node.js, and all of it in a real browser with the solution's server.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_pages_modules_hash_as_others_do_and_send_each_piece_once() {
    tools::test_modules(&["sha256.test.mjs", "uploader.test.mjs"]);
}

#[test]
fn the_page_uploads_and_resumes_in_a_real_browser() {
    tools::test_page("uploads.mjs", env!("CARGO_BIN_EXE_uploads-solution"));
}
