//! What the tests of the pages need: Node.js, a Chromium, and `npm install` in `tests/browser`.
//!
//! What is missing is skipped and said so, unless `CI_REQUIRES_TOOLS=1` is set: then the test
//! fails.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NODE: &str = "Node.js (`node`)";

/// Runs tests of the page's modules in Node.js.
pub(crate) fn test_modules(tests: &[&str]) {
    let Some(node) = available(find("node").ok_or(NODE)) else {
        return;
    };
    let tests = tests.iter().map(|test| scripts().join(test));
    let output = Command::new(node).arg("--test").args(tests).output();
    let output = output.expect("node was found a moment ago");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// Node.js with a script of the folder `tests/NAME`, which needs these packages there.
pub(crate) fn node_script(name: &str, script: &str, packages: &[&str]) -> Option<Command> {
    let folder = scripts().with_file_name(name);
    let installed = |package: &&str| folder.join("node_modules").join(package).is_dir();
    let tools = match packages.iter().find(|package| !installed(package)) {
        Some(package) => Err(format!("{package} (run `npm install` in tests/{name})")),
        None => find("node").ok_or(NODE.to_owned()),
    };
    let mut node = Command::new(available(tools.as_ref().map_err(String::as_str))?);
    node.arg(folder.join(script));
    Some(node)
}

/// Plays the scenarios of `script` in a real browser, against the server that is `executable`.
pub(crate) fn test_page(script: &str, executable: &str) {
    play(script, "SERVER", Path::new(executable));
}

/// Plays the scenarios of `script` in a real browser, on a page that is a file.
pub(crate) fn test_file(script: &str, page: &Path) {
    play(script, "PAGE", page);
}

fn play(script: &str, name_of_subject: &str, subject: &Path) {
    let Some((node, chromium)) = available(browser()) else {
        return;
    };
    let name = Path::new(script).with_extension("");
    let screenshots = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let status = Command::new(node)
        .arg(scripts().join(script))
        .env(name_of_subject, subject)
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", &screenshots)
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
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = package
        .ancestors()
        .map(|folder| folder.join("tests/browser"));
    let found = folders.find(|folder| folder.is_dir());
    found.expect("the project has tests/browser")
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
