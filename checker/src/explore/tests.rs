//! What lint says of explorations.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;

use super::lint;
use crate::assignment;

fn page(name: &str) -> String {
    format!(
        "# Page\n\n## One {{#one points=1}}\n\n```transcript\nexplore {name} with 4 clients for 300 steps\n```\n"
    )
}

#[test]
fn an_exploration_that_nobody_knows_is_reported_with_the_nearest() {
    let helps = |name: &str| -> Vec<String> {
        let (assignment, _) = assignment::parse(Path::new("page.md"), &page(name));
        let found = lint(&assignment).into_iter();
        found.map(|mistake| mistake.help.unwrap()).collect()
    };
    assert!(helps("rooms").is_empty());
    assert_eq!(helps("romos"), ["did you mean `rooms`?"]);
    assert_eq!(helps("editor"), ["write `rooms`"]);
}
