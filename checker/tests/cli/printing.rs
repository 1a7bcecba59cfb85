//! Colours, pipes and JSON.

use std::process::Stdio;

use crate::course::Course;

const ESCAPE: char = '\u{1b}';

#[test]
fn a_pipe_gets_no_colours_unless_they_are_forced_and_never_with_no_color() {
    let course = Course::new();
    let args = ["grade", "greeter", "--solution"];
    let plain = course.checker(&args).output().unwrap();
    assert!(!plain.stdout.contains(&(ESCAPE as u8)));
    let forced = course
        .checker(&args)
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(forced.stdout.contains(&(ESCAPE as u8)));
    let refused = course.checker(&args).env("NO_COLOR", "1").output().unwrap();
    assert!(!refused.stdout.contains(&(ESCAPE as u8)));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let course = Course::new();
    let mut checker = course
        .checker(&["grade", "greeter", "--solution", "--verbose"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(checker.stdout.take());
    let output = checker.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn json_is_all_that_is_printed_and_every_member_is_documented() {
    let course = Course::new();
    let ran = course.run(&["grade", "greeter", "--json", "--seed", "7f3a"]);
    assert_eq!(ran.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["seed"], "7f3a");
    assert_eq!(report["possible"], 10);
    assert_eq!(report["checks"][0]["outcome"], "failed");
    assert_eq!(report["checks"][1]["outcome"], "not-run");
    let documentation = include_str!("../../../docs/json-report.md");
    let mut members = Vec::new();
    collect_members(&report, &mut members);
    for member in members {
        assert!(
            documentation.contains(&format!("`{member}`"))
                || documentation.contains(&format!("\"{member}\"")),
            "docs/json-report.md does not tell of `{member}`"
        );
    }
}

fn collect_members(value: &serde_json::Value, members: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                members.push(key.clone());
                collect_members(value, members);
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                collect_members(item, members);
            }
        }
        _ => {}
    }
}
