//! Help and hints.

use crate::course::Course;

#[test]
fn every_verb_explains_itself_with_examples() {
    let course = Course::new();
    let mut all = String::new();
    for verb in ["", "grade", "hint", "run", "lint", "prove"] {
        let args: Vec<&str> = [verb, "--help"]
            .into_iter()
            .filter(|a| !a.is_empty())
            .collect();
        let ran = course.run(&args);
        assert_eq!(ran.code, Some(0));
        assert!(ran.stdout.contains("Example"), "{verb} has no examples");
        all.push_str(&format!(
            "$ cargo checker {}\n{}\n",
            args.join(" "),
            ran.stdout
        ));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_hint_is_shown_with_where_to_read() {
    insta::assert_snapshot!(Course::new().run(&["hint", "greeter", "greet"]).shown());
}

#[test]
fn without_a_check_the_checks_are_listed() {
    insta::assert_snapshot!(Course::new().run(&["hint", "greeter"]).shown());
}

#[test]
fn wrong_usage_is_told_and_exits_with_3() {
    let course = Course::new();
    let mut all = String::new();
    for args in [
        &["grad", "greeter"][..],
        &["grade"],
        &["grade", "greeting"],
        &["grade", "greeter", "--only", "great"],
        &["grade", "greeter", "--seed", "xyz"],
        &["grade", "greeter", "--timeout-factor", "0"],
        &["grade", "greeter", "--url", "127.0.0.1:1"],
        &["grade", "greeter", "--solution", "--cmd", "x"],
        &["hint", "greeter", "great"],
    ] {
        let ran = course.run(args);
        assert_eq!(ran.code, Some(3), "{args:?}: {}", ran.shown());
        assert_eq!(ran.stdout, "", "{args:?}");
        all.push_str(&format!(
            "$ cargo checker {}\n{}\n",
            args.join(" "),
            ran.stderr
        ));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn outside_a_course_it_says_where_to_go() {
    let course = Course::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = course
        .checker(&["grade", "greeter"])
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("run this inside the course's folder"),
        "{stderr}"
    );
}
