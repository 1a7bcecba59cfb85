//! Reports that are pasted into the README and the book name a check by its place, and its points. Both must still be
//! true.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use checker::assignment;

#[test]
fn pasted_reports_name_the_line_and_the_points_of_their_check() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut pages: Vec<PathBuf> = fs::read_dir(course.join("book/src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(course.join("README.md"));
    let mut found = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            let Some((file, number)) = place(pair[1]) else {
                continue;
            };
            found += 1;
            let id = pair[0].split_whitespace().nth(1).unwrap();
            let (assignment, _) = assignment::load(&course.join(file)).unwrap();
            let check = assignment.find_check(id).unwrap();
            let shown = page.display();
            assert_eq!(number, check.line, "{shown}: the line of `{id}`");
            let points = format!("/{}", check.points);
            assert!(pair[0].ends_with(&points), "{shown}: the points of `{id}`");
        }
    }
    assert!(found >= 2, "only {found} pasted reports were found");
}

/// `assignments/03-chat/assignment.md:31`, indented as in a report.
fn place(line: &str) -> Option<(&str, usize)> {
    let (file, number) = line.strip_prefix("  ")?.split_once(':')?;
    let number = number.trim().parse().ok()?;
    file.starts_with("assignments/").then_some((file, number))
}
