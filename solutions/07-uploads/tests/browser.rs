//! The page: its modules in Node.js, and all of it in a real browser with the solution's server.
//!
//! This needs Node.js, a Chromium, and `npm install` in `tests/browser`. What is missing is skipped
//! and said so, unless `CI_REQUIRES_TOOLS=1` is set: then the test fails.

use std::path::Path;

#[path = "../../../tests/browser/tools.rs"]
mod tools;

#[test]
fn the_pages_modules_hash_as_others_do_and_send_each_piece_once() {
    tools::run_module_tests(&["sha256.test.mjs", "uploader.test.mjs"]);
}

#[test]
fn the_page_uploads_and_resumes_in_a_real_browser() {
    let screenshots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("uploads");
    tools::run_browser_script(
        "uploads.mjs",
        env!("CARGO_BIN_EXE_uploads-solution"),
        &screenshots,
    );
}
