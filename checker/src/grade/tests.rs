//! Which checks run, in which order, and what becomes of those that cannot.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;

use super::schedule::Schedule;
use super::*;
use crate::assignment;
use crate::notation::diagnostic::Severity;

/// A page with these checks: an id and what it needs. One whose id begins with `long` waits.
fn page(checks: &[(&str, &[&str])]) -> Assignment {
    let mut text = "+++\nyours = [\"src/a.rs\"]\n+++\n# Page\n".to_owned();
    for (id, needs) in checks {
        let needs = match needs {
            [] => String::new(),
            needs => format!(" needs={}", needs.join(",")),
        };
        let wait = match id.starts_with("long") {
            true => "wait 1s \"it takes long\"\nalice GET / => 200\n",
            false => "",
        };
        text.push_str(&format!(
            "\n## {id} {{#{id} points=2{needs}}}\n\n```transcript\nalice GET / => 200\n{wait}```\n"
        ));
    }
    let (assignment, diagnostics) = assignment::parse(Path::new("page.md"), &text);
    let severity = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.severity)
        .max();
    assert_eq!(severity, Some(Severity::Warning), "hints are missing");
    assignment
}

/// Runs them with these outcomes, all others passing; the ids in the order in which they began, and the grades.
fn run(
    assignment: &Assignment,
    only: &[&str],
    outcomes: &[(&str, Outcome)],
) -> (Vec<String>, Vec<(String, Outcome)>) {
    let only: Vec<String> = only.iter().map(|id| (*id).to_owned()).collect();
    let mut schedule = Schedule::new(assignment, &only, true);
    let mut began = Vec::new();
    while let Some(index) = schedule.next() {
        let check = &assignment.checks[index];
        began.push(check.id.clone());
        let mut graded = CheckGrade::without_verdict(check);
        graded.outcome = outcomes
            .iter()
            .find(|(id, _)| *id == check.id)
            .map_or(Outcome::Passed, |(_, outcome)| outcome.clone());
        schedule.finished(index, graded);
    }
    let grades = schedule.into_grades();
    let outcomes = grades.into_iter().map(|graded| (graded.id, graded.outcome));
    (began, outcomes.collect())
}

fn not_run(because: &str) -> Outcome {
    Outcome::NotRun {
        because: because.to_owned(),
    }
}

#[test]
fn a_check_runs_when_all_that_it_needs_have_passed() {
    let assignment = page(&[("c", &["a", "b"]), ("a", &[]), ("b", &["a"]), ("d", &[])]);
    let mut schedule = Schedule::new(&assignment, &[], true);
    let finish = |schedule: &mut Schedule<'_>, index: usize| {
        let mut graded = CheckGrade::without_verdict(&assignment.checks[index]);
        graded.outcome = Outcome::Passed;
        assert_eq!(schedule.finished(index, graded), [index]);
    };
    assert_eq!(schedule.next(), Some(1), "the longest way begins with a");
    assert_eq!(schedule.next(), Some(3));
    assert_eq!(schedule.next(), None);
    finish(&mut schedule, 3);
    assert_eq!(schedule.next(), None);
    finish(&mut schedule, 1);
    assert_eq!(schedule.next(), Some(2));
    assert_eq!(schedule.next(), None);
    finish(&mut schedule, 2);
    assert_eq!(schedule.next(), Some(0));
}

#[test]
fn what_depends_on_a_failed_check_is_not_run_and_all_else_is() {
    let assignment = page(&[("a", &[]), ("b", &["a"]), ("c", &["b"]), ("d", &[])]);
    let (began, outcomes) = run(&assignment, &[], &[("a", Outcome::Failed)]);
    assert_eq!(began, ["a", "d"]);
    let expected = [
        ("a", Outcome::Failed),
        ("b", not_run("a")),
        ("c", not_run("a")),
        ("d", Outcome::Passed),
    ];
    assert_eq!(
        outcomes,
        expected.map(|(id, outcome)| (id.to_owned(), outcome))
    );
}

#[test]
fn skipped_and_inconclusive_are_handed_on_without_blame() {
    let assignment = page(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]);
    let skipped = Outcome::Skipped {
        reason: "no nginx".to_owned(),
    };
    let (_, outcomes) = run(&assignment, &[], &[("a", skipped.clone())]);
    assert_eq!(outcomes[0].1, skipped);
    for (_, outcome) in &outcomes[1..] {
        assert!(matches!(outcome, Outcome::Skipped { .. }), "{outcome:?}");
    }
    let inconclusive = Outcome::Inconclusive {
        reason: "too busy".to_owned(),
    };
    let (_, outcomes) = run(&assignment, &[], &[("b", inconclusive)]);
    let reason = "it needs b, which is inconclusive".to_owned();
    assert_eq!(outcomes[2].1, Outcome::Inconclusive { reason });
}

#[test]
fn only_runs_the_selected_which_wait_for_each_other_and_for_no_others() {
    let assignment = page(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]);
    let (began, outcomes) = run(&assignment, &["c"], &[]);
    assert_eq!(began, ["c"]);
    assert_eq!(outcomes.len(), 1);
    let (began, outcomes) = run(&assignment, &["c", "b"], &[("b", Outcome::Failed)]);
    assert_eq!(began, ["b"]);
    assert_eq!(outcomes[1].1, not_run("b"));
}

#[tokio::test]
async fn a_panic_of_the_checker_is_inconclusive_and_so_is_what_depends_on_it() {
    let assignment = page(&[("a", &[]), ("b", &["a"])]);
    let task: tokio::task::JoinHandle<CheckGrade> =
        tokio::spawn(async { panic!("a defect of the checker's") });
    let joined = task.await;
    let graded = verdict(joined, &assignment.checks[0]);
    let Outcome::Inconclusive { reason } = &graded.outcome else {
        panic!("{:?}", graded.outcome);
    };
    assert!(reason.contains("a defect of the checker's"), "{reason}");
    let mut schedule = Schedule::new(&assignment, &[], true);
    assert_eq!(schedule.next(), Some(0));
    assert_eq!(schedule.finished(0, graded), [0, 1]);
    let given_up = schedule.verdict(1).unwrap();
    assert!(matches!(given_up.outcome, Outcome::Inconclusive { .. }));
}

fn played(assignment: &Assignment, index: usize, outcome: Outcome) -> CheckGrade {
    let mut graded = CheckGrade::without_verdict(&assignment.checks[index]);
    graded.outcome = outcome;
    graded
}

#[test]
fn a_long_check_begins_early_and_has_its_verdict_after_those_that_it_needs() {
    let assignment = page(&[("a", &[]), ("b", &["a"]), ("long", &["b"])]);
    let mut schedule = Schedule::new(&assignment, &[], true);
    assert_eq!(schedule.next(), Some(0));
    assert_eq!(schedule.next(), Some(2), "it does not wait for b");
    assert_eq!(schedule.next(), None);
    let finish = |schedule: &mut Schedule<'_>, index| {
        schedule.finished(index, played(&assignment, index, Outcome::Passed))
    };
    assert!(finish(&mut schedule, 2).is_empty());
    assert!(schedule.verdict(2).is_none());
    assert_eq!(finish(&mut schedule, 0), [0]);
    assert_eq!(schedule.next(), Some(1));
    assert_eq!(finish(&mut schedule, 1), [1, 2]);
    assert_eq!(schedule.verdict(2).unwrap().outcome, Outcome::Passed);
}

#[test]
fn a_long_check_that_began_early_is_not_run_when_what_it_needs_fails() {
    let assignment = page(&[("a", &[]), ("long", &["a"]), ("longer", &["a"])]);
    let mut schedule = Schedule::new(&assignment, &[], true);
    let began: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
    assert_eq!(began, [0, 1, 2]);
    let failed_itself = played(&assignment, 1, Outcome::Failed);
    assert!(schedule.finished(1, failed_itself).is_empty());
    let failed = played(&assignment, 0, Outcome::Failed);
    assert_eq!(schedule.finished(0, failed), [0, 1, 2]);
    for index in [1, 2] {
        assert_eq!(schedule.verdict(index).unwrap().outcome, not_run("a"));
    }
}

#[test]
fn where_one_runs_at_a_time_none_begins_early() {
    let assignment = page(&[("a", &[]), ("long", &["a"])]);
    let mut schedule = Schedule::new(&assignment, &[], false);
    assert_eq!(schedule.next(), Some(0));
    assert_eq!(schedule.next(), None);
}
