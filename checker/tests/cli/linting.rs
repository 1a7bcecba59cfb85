//! `lint`: mistakes in pages, with their lines.

use crate::course::{Course, PAGE};

#[test]
fn a_good_page_has_no_mistakes() {
    let ran = Course::new().run(&["lint"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.stdout, "1 page: 0 errors, 0 warnings\n");
}

#[test]
fn all_mistakes_of_a_page_are_shown_with_their_lines() {
    let course = Course::new();
    let page = PAGE
        .replace("alice GET /sum", "alice GTE /sum")
        .replace("needs=greet}", "needs=great}")
        .replace("points=5", "points=0");
    course.write("assignments/01-greeter/assignment.md", &page);
    let ran = course.run(&["lint"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.shown());
    let graded = course.run(&["grade", "greeter"]);
    assert_eq!(
        graded.code,
        Some(3),
        "a page with mistakes is the grader's fault"
    );
}

#[test]
fn a_page_that_is_not_there_is_told() {
    let ran = Course::new().run(&["lint", "nowhere.md"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("nowhere.md"), "{}", ran.stderr);
}
