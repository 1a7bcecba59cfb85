//! The page in a real browser, with the solution's server behind it.
//!
//! It needs Node.js, a Chromium, and `npm install` in `tests/browser`. Without them it is skipped
//! and says so, unless `CI_REQUIRES_TOOLS=1` is set: then it fails.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn the_page_works_for_two_users_in_a_real_browser() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser");
    let chromium = match chromium(&scripts) {
        Ok(chromium) => chromium,
        Err(missing) => {
            let required = env::var("CI_REQUIRES_TOOLS").is_ok_and(|value| value == "1");
            assert!(
                !required,
                "CI_REQUIRES_TOOLS is set, and this machine has no {missing}"
            );
            // Not `eprintln!`: the test harness would keep what a test that passes prints.
            writeln!(io::stderr(), "skipped: needs {missing}").expect("standard error is open");
            return;
        }
    };
    let status = Command::new("node")
        .arg(scripts.join("chat.mjs"))
        .env("SERVER", env!("CARGO_BIN_EXE_chat-solution"))
        .env("CHROMIUM", chromium)
        .env(
            "SCREENSHOTS",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("chat"),
        )
        .stdin(Stdio::null())
        .status()
        .expect("node was found a moment ago");
    assert!(
        status.success(),
        "a scenario failed; pictures are in {}/chat",
        env!("CARGO_TARGET_TMPDIR")
    );
}

/// The browser to use, when all else is there as well.
fn chromium(scripts: &Path) -> Result<PathBuf, &'static str> {
    find("node").ok_or("Node.js (`node`)")?;
    if !scripts.join("node_modules/playwright-core").is_dir() {
        return Err("playwright-core (run `npm install` in tests/browser)");
    }
    match env::var_os("CHROMIUM") {
        Some(path) => Some(PathBuf::from(path)),
        None => ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(find),
    }
    .ok_or("a Chromium (install `chromium`, or set CHROMIUM to its path)")
}

fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
