//! Clients that others have written, those of ot.js, on links that fail: messages wait, operations and acknowledgements
//! are lost or come late, connections are cut and come back. At rest all copies are the server's text.

#[path = "../../../tests/browser/tools.rs"]
mod tools;

use std::process::Output;

/// What each of the links does that breaks the protocol, as wrong servers do.
const BREAKS: [&str; 5] = [
    "as-it-came",
    "newest-revision",
    "new-names",
    "gaps",
    "utf-16",
];

fn play(seed: usize, breaks: &str) -> Option<Output> {
    let mut node = tools::node_script("ot", "clients.mjs", &["ot", "ws"])?;
    node.env("SERVER", env!("CARGO_BIN_EXE_editor-solution"))
        .env("SEED", seed.to_string())
        .env("BREAKS", breaks);
    Some(node.output().expect("node was found a moment ago"))
}

#[test]
fn foreign_clients_converge_over_links_that_fail() {
    for seed in 1..=3 {
        let Some(output) = play(seed, "none") else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", output.status);
    }
}

/// Exit status 3 says that a copy differs, or that something came that must not.
#[test]
fn foreign_clients_notice_when_the_protocol_is_broken() {
    for breaks in BREAKS {
        let Some(output) = play(18, breaks) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{breaks}: {said}");
    }
}
