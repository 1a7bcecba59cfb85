//! The example pages: what is said of them, and that it is no more than there is to say.

use std::path::{Path, PathBuf};

use super::super::{all, load};
use crate::notation::diagnostic::{Diagnostic, render};

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/notation")
        .join(name)
}

fn findings(name: &str) -> Vec<Diagnostic> {
    match load(&page(name)) {
        Ok((_, findings)) => findings,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_example_pages_can_be_graded_and_cause_no_false_alarm() {
    let pages = [
        ("1-chat.md", 9),
        ("2-rooms.md", 9),
        ("3-uploads.md", 6),
        ("4-editor.md", 8),
        ("7-game.md", 6),
        ("8-torture.md", 9),
    ];
    for (name, checks) in pages {
        let (without_hint, others): (Vec<_>, Vec<_>) = findings(name)
            .into_iter()
            .partition(|finding| finding.message == "a check without a hint");
        assert_eq!(others, [], "{name}");
        assert_eq!(without_hint.len(), checks, "{name} has no hints");
    }
}

#[test]
fn the_pages_of_the_course_leave_nothing_to_say() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = all(&course).expect("the course has assignments");
    assert!(!pages.is_empty());
    for path in pages {
        let (page, findings) = load(&path).expect("a page is text");
        let shown = render(&findings, &page.folder, &page.source, false);
        assert!(findings.is_empty(), "{shown}");
    }
}
