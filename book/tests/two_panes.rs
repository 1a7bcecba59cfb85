//! The page with two panes, in a real browser.

use std::path::Path;
use std::process::Command;

#[path = "../../tests/browser/tools.rs"]
mod tools;

#[test]
fn two_panes_diverge_without_the_transform_and_converge_with_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-panes-book");
    let built = Command::new(env!("CARGO_BIN_EXE_book"))
        .args(["build", "--dest"])
        .arg(&folder)
        .output()
        .expect("it was built");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    tools::test_file("two-panes.mjs", &folder.join("operations.html"));
}
