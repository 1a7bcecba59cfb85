//! A page for a client, graded with this test executable as the client.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use checker::assignment::{self, Assignment};
use checker::grade::{self, Grade, Settings, Subject};
use checker::notation::diagnostic::{self, Severity};
use checker::report::{Book, Detail, terminal};
use checker::run::Outcome;
use checker::run::values::Seed;
use checker::server::{ServerCommand, set_supervisor};

use crate::process::{DEFECT, Defect};

/// The page's text as an assignment without mistakes.
pub(crate) fn page(text: &str) -> Assignment {
    let (assignment, diagnostics) = assignment::parse(Path::new("page.md"), text);
    let errors: Vec<_> = diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    assert!(
        errors.is_empty(),
        "{}",
        diagnostic::render(&errors, "page.md", text, false)
    );
    assignment
}

/// Grades this executable as a client with a defect, or with none.
pub(crate) async fn grade(assignment: Assignment, defect: Option<Defect>, only: &[&str]) -> Grade {
    grade_as(assignment, defect.map_or("", Defect::name), only).await
}

/// Grades this executable as a client that behaves as the variable [`DEFECT`] says.
pub(crate) async fn grade_as(mut assignment: Assignment, name: &str, only: &[&str]) -> Grade {
    set_supervisor(PathBuf::from(env!("CARGO_BIN_EXE_checker")));
    let config = assignment.front_matter.client.get_or_insert_default();
    config.env.insert(DEFECT.to_owned(), name.to_owned());
    let args = ["process::client", "--exact", "--nocapture", "--quiet"];
    let command = ServerCommand {
        program: std::env::current_exe().unwrap(),
        args: args.iter().map(OsString::from).collect(),
    };
    let settings = Settings {
        only: only.iter().map(|id| (*id).to_owned()).collect(),
        seed: Seed::from(7),
        timeout_factor: 1.0,
    };
    let subject = Subject::default().with_client(command);
    grade::grade(&Arc::new(assignment), &subject, &settings, &mut |_| {})
        .await
        .unwrap()
}

/// The ids of the checks that failed.
pub(crate) fn failed(grade: &Grade) -> Vec<&str> {
    grade
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed)
        .map(|check| check.id.as_str())
        .collect()
}

/// What people read, without what differs from run to run.
pub(crate) fn shown(grade: &Grade) -> String {
    let text = terminal::render(
        grade,
        &Book::of(Path::new("nowhere")),
        Detail::Failures,
        "cargo checker grade client",
    );
    let text = anstream::adapter::strip_str(&text).to_string();
    let mut redacted = text;
    for (pattern, with) in [
        (r" +\d+\.\d ms", " [time]"),
        (r" +\d+\.\d\d s", " [time]"),
        (r"after \d+ ms", "after [time]"),
        (r"after \d+(\.\d+)? s", "after [time]"),
        (r"'process::client' \(\d+\)", "'process::client' ([id])"),
    ] {
        let pattern = regex_lite::Regex::new(pattern).unwrap();
        redacted = pattern.replace_all(&redacted, with).into_owned();
    }
    redacted
}
