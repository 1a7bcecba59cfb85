//! `prove`: it holds for a good assignment, and each thing that it holds can be broken.

use crate::course::{Course, PAGE, SOLUTION};

fn prove(course: &Course) -> crate::course::Ran {
    course.run(&["prove", "greeter", "--seeds", "2"])
}

fn assert_broken(course: &Course, because: &str) {
    let ran = prove(course);
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
    assert!(
        ran.stdout.contains(because),
        "no {because:?} in\n{}",
        ran.stdout
    );
}

#[test]
fn a_good_assignment_is_proved() {
    let course = Course::new();
    course.add_guards();
    let ran = prove(&course);
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_check_that_no_wrong_server_fails_is_named() {
    let course = Course::new();
    course.add_guards();
    std::fs::remove_file(
        course
            .path()
            .join("assignments/01-greeter/wrong/miscounts.patch"),
    )
    .unwrap();
    assert_broken(
        &course,
        "sum: no wrong server that fails at most 2 checks fails it",
    );
}

#[test]
fn a_wrong_server_that_fails_too_many_checks_guards_none() {
    let course = Course::new();
    course.add_guards();
    let page = PAGE.replace(" needs=greet", "");
    course.write("assignments/01-greeter/assignment.md", &page);
    std::fs::remove_file(
        course
            .path()
            .join("assignments/01-greeter/wrong/deaf.patch"),
    )
    .unwrap();
    course.add_wrong(
        "dies",
        "greet, languages, sum",
        "match path {",
        "match panic!(\"{path}\") {",
    );
    assert_broken(&course, "greet: no wrong server");
}

#[test]
fn a_wrong_server_that_passes_is_named() {
    let course = Course::new();
    course.add_guards();
    course.add_wrong("harmless", "sum", "String::new()", "String::default()");
    assert_broken(&course, "sum passes and should fail");
}

#[test]
fn a_wrong_server_that_fails_more_than_it_says_is_named_with_the_line() {
    let course = Course::new();
    course.add_guards();
    course.add_wrong(
        "worse",
        "greet",
        "\"/greeting\" =>",
        "\"/greeting\" if false =>",
    );
    course.add_wrong("worst", "greet", "3}", "5}");
    assert_broken(&course, "sum fails and should not at `alice GET /sum");
}

#[test]
fn a_diff_that_does_not_apply_is_named() {
    let course = Course::new();
    course.add_guards();
    course.add_wrong("stale", "sum", "3}", "7}");
    let moved = SOLUTION.replace("{\\\"sum\\\": 3}", "{\\\"sum\\\":3}");
    course.write("solutions/01-greeter/src/answers.rs", &moved);
    assert_broken(&course, "does not apply to the solution's src/answers.rs");
}

#[test]
fn a_stub_that_passes_a_check_is_named_unless_the_page_says_so() {
    let course = Course::new();
    course.add_guards();
    let stub = SOLUTION.replace("\"/greeting\"", "\"/nothing\"");
    course.write("exercises/01-greeter/src/answers.rs", &stub);
    assert_broken(&course, "sum passes and should fail");
    let page = PAGE.replace("#sum points=5", "#sum points=5 stub=passes");
    course.write("assignments/01-greeter/assignment.md", &page);
    assert_eq!(prove(&course).code, Some(0));
}

#[test]
fn a_stub_with_warnings_is_named() {
    let course = Course::new();
    course.add_guards();
    course.write(
        "exercises/01-greeter/src/answers.rs",
        "pub fn answer(path: &str) -> String { todo!() }\n",
    );
    assert_broken(&course, "unused variable: `path`");
}

#[test]
fn a_solution_that_loses_a_point_is_named() {
    let course = Course::new();
    course.add_guards();
    let page = PAGE.replace("{\"sum\": 3}\n```", "{\"sum\": 2}\n```");
    course.write("assignments/01-greeter/assignment.md", &page);
    assert_broken(&course, "sum fails and should not");
}
