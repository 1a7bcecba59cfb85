//! The chat assignment graded on servers in other languages, each written from its page alone: a correct one earns
//! everything, and one with a single defect loses the check for that defect and those that need it.
//!
//! They need Python 3 and Node.js. Without them a test is skipped and says so, unless `CI_REQUIRES_TOOLS=1` is set:
//! then it fails.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod node;
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fmt, fs};

use checker::assignment::{self, Assignment};
use serde_json::Value;

/// Where `checker` finds the course, and the fixtures are.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A server in a language that the checker knows nothing of.
struct Foreign {
    /// The program that runs it, as people call it.
    tool: &'static str,
    /// Arguments to the tool: a program that prints the path of the tool's own executable. What stands in `PATH` may
    /// be a script that chooses a version, and costs more than the server each time.
    whereabouts: [&'static str; 2],
    /// The file under `fixtures/foreign`.
    file: &'static str,
    defects: &'static [Defect],
}

/// One thing wrong with a server that is otherwise correct.
struct Defect {
    name: &'static str,
    /// Stands in the server once.
    text: &'static str,
    replacement: &'static str,
    /// The checks that must fail, and how the line begins that each must fail at.
    fails: &'static [(&'static str, &'static str)],
}

#[test]
fn a_correct_server_in_python_earns_everything() {
    earns_everything(&python::SERVER);
}

#[test]
fn a_correct_server_in_node_earns_everything() {
    earns_everything(&node::SERVER);
}

#[test]
fn a_defect_in_python_costs_its_check_and_those_that_need_it() {
    each_defect_costs_its_checks(&python::SERVER);
}

#[test]
fn a_defect_in_node_costs_its_check_and_those_that_need_it() {
    each_defect_costs_its_checks(&node::SERVER);
}

fn earns_everything(server: &Foreign) {
    let Some(executable) = server.executable_or_skip() else {
        return;
    };
    let report = grade(&executable, &server.source(), server.file);
    assert_eq!(report.exit_code, Some(0), "{report}");
    assert_eq!(report.failures(), BTreeMap::new(), "{report}");
    let points = u64::from(page().points());
    assert_eq!(report.json["earned"], points, "{report}");
    assert_eq!(report.json["possible"], points, "{report}");
}

fn each_defect_costs_its_checks(server: &Foreign) {
    let Some(executable) = server.executable_or_skip() else {
        return;
    };
    let page = page();
    let source = server.source();
    for defect in server.defects {
        let name = defect.name;
        assert_eq!(
            source.matches(defect.text).count(),
            1,
            "{name}: the text to replace stands once in {}",
            server.file
        );
        let wrong = source.replacen(defect.text, defect.replacement, 1);
        let report = grade(&executable, &wrong, server.file);
        assert_eq!(report.exit_code, Some(1), "{name}: {report}");

        let failures = report.failures();
        let failed: Vec<&str> = failures.keys().copied().collect();
        let mut expected: Vec<&str> = defect.fails.iter().map(|(check, _)| *check).collect();
        expected.sort_unstable();
        assert_eq!(failed, expected, "{name}: the checks that failed\n{report}");
        for (check, line) in defect.fails {
            assert!(
                failures[check].starts_with(line),
                "{name}: {check} should fail at `{line}`\n{report}"
            );
        }
        assert_outcomes_follow(&page, &failed, &report, name);
    }
}

/// What needs a failed check, directly or not, was not run, and everything else passed.
fn assert_outcomes_follow(page: &Assignment, failed: &[&str], report: &Report, name: &str) {
    let mut lost: BTreeSet<&str> = failed.iter().copied().collect();
    loop {
        let known = lost.len();
        for check in &page.checks {
            if check.needs.iter().any(|need| lost.contains(need.as_str())) {
                lost.insert(&check.id);
            }
        }
        if lost.len() == known {
            break;
        }
    }
    let expected: Vec<(&str, &str)> = page
        .checks
        .iter()
        .map(|check| {
            let outcome = match check.id.as_str() {
                id if failed.contains(&id) => "failed",
                id if lost.contains(id) => "not-run",
                _ => "passed",
            };
            (check.id.as_str(), outcome)
        })
        .collect();
    assert_eq!(report.outcomes(), expected, "{name}\n{report}");
}

fn page() -> Assignment {
    let path = Path::new(WORKSPACE).join("assignments/03-chat/assignment.md");
    let (assignment, diagnostics) = assignment::load(&path).unwrap();
    assert_eq!(diagnostics, []);
    assignment
}

impl Foreign {
    fn source(&self) -> String {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign");
        fs::read_to_string(fixtures.join(self.file)).unwrap()
    }

    /// The path of the tool's executable; `None`, and a word about it, where it is not installed and need not be.
    fn executable_or_skip(&self) -> Option<String> {
        let output = Command::new(self.tool)
            .args(self.whereabouts)
            .stdin(Stdio::null())
            .output();
        if let Ok(output) = &output
            && output.status.success()
        {
            let path = String::from_utf8(output.stdout.clone()).unwrap();
            return Some(path.trim_end().to_owned());
        }
        let required = env::var("CI_REQUIRES_TOOLS").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "CI_REQUIRES_TOOLS is set, and this machine has no {}: {output:?}",
            self.tool
        );
        // Not `eprintln!`: the test harness would keep what a test that passes prints.
        writeln!(io::stderr(), "skipped: needs {}", self.tool).expect("standard error is open");
        None
    }
}

/// What `checker grade chat --json` says.
struct Report {
    exit_code: Option<i32>,
    json: Value,
}

/// Grades a server of this source, in a folder of its own.
fn grade(executable: &str, source: &str, file: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let server = folder.path().join(file);
    fs::write(&server, source).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_checker"))
        .args(["grade", "chat", "--json", "--cmd"])
        .arg(format!("'{executable}' '{}'", server.display()))
        .current_dir(WORKSPACE)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        panic!("no report from the checker: {error}\n{complaint}")
    });
    Report {
        exit_code: output.status.code(),
        json,
    }
}

impl Report {
    fn checks(&self) -> impl Iterator<Item = &Value> {
        self.json["checks"].as_array().unwrap().iter()
    }

    fn outcomes(&self) -> Vec<(&str, &str)> {
        self.checks()
            .map(|check| (text(&check["id"]), text(&check["outcome"])))
            .collect()
    }

    /// From the id of each check that failed to the line that it failed at; empty if there was no such line.
    fn failures(&self) -> BTreeMap<&str, &str> {
        self.checks()
            .filter(|check| check["outcome"] == "failed")
            .map(|check| (text(&check["id"]), failed_line(check)))
            .collect()
    }
}

fn failed_line(check: &Value) -> &str {
    check["transcript"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|part| part["lines"].as_array().unwrap())
        .find(|line| line["failure"].is_object())
        .map_or("", |line| text(&line["text"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// What a person needs who must find out why a test failed: the seed, and all of each check that did not pass.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", text(&self.json["seed"]))?;
        self.checks()
            .filter(|check| check["outcome"] != "passed" && check["outcome"] != "not-run")
            .try_for_each(|check| writeln!(f, "{check:#}"))
    }
}
