//! What the tests of the pages need from the machine, found or said to be missing.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NODE: &str = "Node.js (`node`)";

/// Runs tests of page modules in Node.js, or says what is missing.
pub(crate) fn run_module_tests(names: &[&str]) {
    let Some(node) = available(find("node").ok_or(NODE)) else {
        return;
    };
    let tests = names.iter().map(|name| scripts().join(name));
    let output = Command::new(node).arg("--test").args(tests).output();
    let output = output.expect("node was found a moment ago");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// Runs a script that drives a browser against a server, or says what is missing.
pub(crate) fn run_browser_script(script: &str, server: &str, screenshots: &Path) {
    let Some((node, chromium)) = available(browser()) else {
        return;
    };
    let status = Command::new(node)
        .arg(scripts().join(script))
        .env("SERVER", server)
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", screenshots)
        .stdin(Stdio::null())
        .status()
        .expect("node was found a moment ago");
    assert!(
        status.success(),
        "a scenario failed; pictures are in {}",
        screenshots.display()
    );
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser")
}

/// Node.js and the browser that it drives, or what is missing.
fn browser() -> Result<(PathBuf, PathBuf), &'static str> {
    let node = find("node").ok_or(NODE)?;
    if !scripts().join("node_modules/playwright-core").is_dir() {
        return Err("playwright-core (run `npm install` in tests/browser)");
    }
    let chromium = match env::var_os("CHROMIUM") {
        Some(path) => Some(PathBuf::from(path)),
        None => ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(find),
    };
    let chromium = chromium.ok_or("a Chromium (install it, or set CHROMIUM to its path)")?;
    Ok((node, chromium))
}

fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// What the test needs, or nothing once it has said what is missing.
fn available<T>(tools: Result<T, &str>) -> Option<T> {
    let missing = match tools {
        Ok(tools) => return Some(tools),
        Err(missing) => missing,
    };
    let required = env::var("CI_REQUIRES_TOOLS").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "CI_REQUIRES_TOOLS is set, and this machine lacks {missing}"
    );
    // Not `eprintln!`: the test harness would keep what a test that passes prints.
    writeln!(io::stderr(), "skipped: needs {missing}").expect("standard error is open");
    None
}
