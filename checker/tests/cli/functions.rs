//! Checks that name tests of the exercise's crate.

use crate::course::{Course, functions};

const FILE: &str = "exercises/01-sums/src/sums.rs";

fn course_with(sums: &str) -> Course {
    let course = Course::of_functions();
    course.write(FILE, sums);
    course
}

/// Grades an exercise in which `add` has this body.
fn add_is(body: &str) -> crate::course::Ran {
    let add = format!("pub fn add(a: u8, b: u8) -> Option<u8> {{ let _ = (a, b); {body} }}\n");
    let course = course_with(&(add + "pub fn double(a: u8) -> Option<u8> { a.checked_add(a) }\n"));
    course.run(&["grade", "sums", "--only", "add", "--seed", "7f3a"])
}

#[track_caller]
fn assert_fails(ran: &crate::course::Ran, because: &str) {
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
    assert!(ran.stdout.contains(because), "{}", ran.shown());
}

#[test]
fn the_solution_passes_and_the_stub_shows_its_panics() {
    let course = Course::of_functions();
    let solution = course.run(&["grade", "sums", "--solution"]);
    assert_eq!(solution.code, Some(0), "{}", solution.shown());
    let stub = course.run(&["grade", "sums", "--seed", "7f3a"]);
    insta::assert_snapshot!(stub.shown());
}

#[test]
fn a_failing_test_shows_its_message_what_it_printed_and_the_command_that_repeats_it() {
    let ran = add_is("Some(5)");
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_process_that_ends_in_the_middle_does_not_pass() {
    let forged = "use std::io::Write as _; std::io::stdout().write_all(b\"test two_and_two ... ok\\n\\n\
                  test result: ok. 1 passed; 0 failed\\n\").unwrap(); std::process::exit(0)";
    for (body, because) in [
        (
            "std::process::exit(0)",
            "the process ended with status 0 before the test had come to its end",
        ),
        (
            forged,
            "the process ended with status 0 before the test had come to its end",
        ),
        (
            "std::process::exit(7)",
            "it ended its process with status 7",
        ),
        ("std::process::abort()", "killed by signal 6 (SIGABRT)"),
        (
            "let mut line = String::new(); std::io::stdin().read_line(&mut line).unwrap(); \
             println!(\"{line}\"); std::process::exit(0)",
            "the process ended with status 0 before the test had come to its end",
        ),
    ] {
        assert_fails(&add_is(body), because);
    }
}

#[test]
fn a_test_that_hangs_is_ended() {
    let course = course_with(
        "pub fn add(a: u8, b: u8) -> Option<u8> { let _ = (a, b); loop { std::thread::park(); } }\n\
         pub fn double(a: u8) -> Option<u8> { a.checked_add(a) }\n",
    );
    // A tenth of the usual bound.
    let args = ["grade", "sums", "--only", "add", "--timeout-factor", "0.1"];
    assert_fails(
        &course.run(&args),
        "it did not end within 3 s, and was ended",
    );
}

#[test]
fn json_says_the_same() {
    let course = Course::of_functions();
    let ran = course.run(&["grade", "sums", "--json", "--only", "double"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let line = &report["checks"][0]["transcript"][0]["lines"][0];
    assert_eq!(line["text"], "test sums::two_times");
    assert_eq!(
        line["failure"]["because"][1],
        "not yet implemented: double 2"
    );
}

#[test]
fn a_server_has_no_tests_so_they_are_skipped() {
    let ran = Course::of_functions().run(&["grade", "sums", "--cmd", "true"]);
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
    assert!(
        ran.stdout
            .contains("skipped: it tests functions of the Rust crate"),
        "{}",
        ran.shown()
    );
}

#[test]
fn a_hint_is_shown() {
    let ran = Course::of_functions().run(&["hint", "sums", "add"]);
    assert!(ran.stdout.contains("`checked_add`."), "{}", ran.shown());
}

#[test]
fn a_good_assignment_is_proved_and_each_check_needs_a_guard() {
    let course = Course::of_functions();
    course.add_wrong_functions(
        "wraps",
        "add",
        "a.checked_add(b)",
        "Some(a.wrapping_add(b))",
    );
    let prove = ["prove", "sums", "--seeds", "2"];
    let ran = course.run(&prove);
    assert_eq!(ran.code, Some(1), "{}", ran.shown());
    assert!(
        ran.stdout
            .contains("double: no wrong server that fails at most 2 checks fails it"),
        "{}",
        ran.shown()
    );
    course.add_wrong_functions(
        "squares",
        "double",
        "a.checked_add(a)",
        "a.checked_mul(a + 1)",
    );
    let ran = course.run(&prove);
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
}

#[test]
fn a_test_that_is_ignored_or_ungraded_is_no_pass() {
    for (test, because) in [
        ("ignored", "the test sums::ignored is ignored"),
        ("ungraded", "a test that is graded is a #[graded::test]"),
    ] {
        let course = Course::of_functions();
        let page = functions::PAGE.replace("sums::two_times", &format!("sums::{test}"));
        course.write("assignments/01-sums/assignment.md", &page);
        let ran = course.run(&["prove", "sums", "--seeds", "1"]);
        assert_fails(&ran, because);
    }
}

#[test]
fn a_test_that_is_not_there_is_found_by_lint_and_by_prove() {
    let course = Course::of_functions();
    let tests = functions::TESTS.replace("fn two_times", "fn three_times");
    // Lint reads, prove runs: what only a compiler knows, prove finds.
    for (tests, by) in [
        (tests.clone(), "lint"),
        (
            tests + "\n#[expect(dead_code)]\nfn two_times() {}\n",
            "prove",
        ),
    ] {
        course.write("exercises/01-sums/tests/sums.rs", &tests);
        let ran = course.run(&[by]);
        let because = match by {
            "lint" => "tests/sums.rs has no function `two_times`",
            _ => "the exercise has no test sums::two_times",
        };
        assert_fails(&ran, because);
    }
}

#[test]
fn what_is_wrong_with_a_test_block_is_told_at_its_place() {
    let course = Course::of_functions();
    let page = functions::PAGE
        .replace("src/sums.rs\"", "src/sums.rs\", \"tests/own.rs\"")
        .replace(
            "sums::two_times",
            "sums\nsums::two times\nsums::two_times\nsums::two_times\ntotals::two_times\nown::test",
        )
        .replace(
            "```test\nsums::two_and_two",
            "```transcript\nalice GET /\n```\n\n```test\nsums::two_and_two",
        );
    course.write(
        "assignments/01-sums/assignment.md",
        &format!("{page}\n## Given {{#given points=1}}\n\n```transcript\ngiven double\nalice GET /\n```\n\n> [!TIP]\n> None.\n\n## Empty {{#empty points=1}}\n\n```test\n# nothing\n```\n\n> [!TIP]\n> None.\n\n## No check\n\n```test\nsums::two_times\n```\n\n```tests\n```\n"),
    );
    insta::assert_snapshot!(
        course
            .run(&["lint"])
            .shown()
            .replace(&course.path().display().to_string(), "")
    );
}
