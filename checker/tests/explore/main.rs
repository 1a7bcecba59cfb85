//! The exploration of rooms, by itself, against servers with one defect each: it must find the defect, and what it shows
//! must be a short transcript that somebody could have written.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use checker::assignment::{self, Assignment};
use checker::grade::{self, CheckGrade, Settings, Subject};
use checker::notation::ast::{Script, Statement};
use checker::notation::parser;
use checker::prove::{WrongServer, files_of};
use checker::report::{Book, Detail, terminal};
use checker::run::Outcome;
use checker::run::values::Seed;
use checker::server::{Scratch, set_supervisor};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The most that a shrunk transcript may have.
const MOST_CLIENTS: usize = 3;
const MOST_ACTS: usize = 8;

/// Whatever chance does, a defect must be found.
const SEEDS: usize = 3;

#[test]
fn a_message_to_those_who_are_not_in_the_room_is_found() {
    finds("everyone-hears");
}

#[test]
fn a_missing_leave_on_a_lost_connection_is_found() {
    finds("resumed-lost");
}

#[test]
fn a_double_announcement_is_found() {
    finds("resume-announced");
}

#[test]
fn two_messages_swapped_for_one_receiver_are_found() {
    finds("long-ones-overtaken");
}

/// Runs only the exploration against a wrong server, under several seeds, and looks at what it shows.
fn finds(wrong: &str) {
    set_supervisor(PathBuf::from(env!("CARGO_BIN_EXE_checker")));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let assignment = rooms();
        let subject = build(&assignment, wrong).await;
        for _ in 0..SEEDS {
            let seed = Seed::random();
            let check = explore(&assignment, &subject, seed, wrong).await;
            is_short(&check, wrong, seed);
        }
    });
}

fn rooms() -> Arc<Assignment> {
    let path = Path::new(WORKSPACE).join("assignments/04-rooms/assignment.md");
    let (assignment, mistakes) = assignment::load(&path).unwrap();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    Arc::new(assignment)
}

async fn build(assignment: &Assignment, wrong: &str) -> Subject {
    let course = Path::new(WORKSPACE);
    let yours = &assignment.front_matter.yours;
    let solution = files_of(&course.join("solutions").join(&assignment.folder), yours).unwrap();
    let all = WrongServer::all(&assignment.path).unwrap();
    let patch = all.iter().find(|one| one.name == wrong).unwrap();
    let scratch = Scratch::open(course, &assignment.folder).unwrap();
    let files = patch.apply(&solution).unwrap();
    let tests = assignment.test_targets();
    let built = scratch.build(&files, yours, &tests, false, &|_| {}).await;
    match built {
        Ok(built) => Subject::built(built, assignment).unwrap(),
        Err(failure) => panic!("{wrong}: {failure}"),
    }
}

async fn explore(
    assignment: &Arc<Assignment>,
    subject: &Subject,
    seed: Seed,
    wrong: &str,
) -> CheckGrade {
    let settings = Settings {
        only: vec!["explore".to_owned()],
        seed,
        timeout_factor: 1.0,
    };
    let mut grade = grade::grade(assignment, subject, &settings, &mut |_| {})
        .await
        .unwrap();
    let shown = terminal::render(
        &grade,
        &Book::of(Path::new(WORKSPACE)),
        Detail::Failures,
        "cargo checker grade rooms",
    );
    println!("== {wrong}\n{shown}");
    grade.checks.remove(0)
}

fn is_short(check: &CheckGrade, wrong: &str, seed: Seed) {
    assert_eq!(check.outcome, Outcome::Failed, "{wrong} (seed {seed})");
    let (_, failed) = check.transcript.failed_exchange().unwrap();
    assert!(failed.failure.is_some());
    let lines = check.transcript.exchanges().map(|exchange| {
        let indent = "  ".repeat(exchange.depth);
        exchange.text.replace('\n', &format!("\n{indent}"))
    });
    let lines = lines.zip(check.transcript.exchanges());
    let text: String = lines
        .map(|(text, exchange)| format!("{}{text}\n", "  ".repeat(exchange.depth)))
        .collect();
    let (script, mistakes) = parser::parse_str(&text);
    assert!(
        mistakes.is_empty(),
        "{wrong} (seed {seed}): {mistakes:?} in\n{text}"
    );
    let clients: BTreeSet<String> = script.users().into_iter().collect();
    assert!(
        clients.len() <= MOST_CLIENTS,
        "{wrong} (seed {seed}): {} clients in\n{text}",
        clients.len()
    );
    let acts = acts(&script);
    assert!(
        acts <= MOST_ACTS,
        "{wrong} (seed {seed}): {acts} lines act in\n{text}"
    );
}

/// The lines in which a client does something but sign in, which each must.
fn acts(script: &Script) -> usize {
    let lines = script.lines.iter();
    lines
        .map(|line| match &line.statement {
            Statement::Connect(_) | Statement::Send { .. } | Statement::Drop { .. } => 1,
            statement => statement.block().map_or(0, acts),
        })
        .sum()
}
