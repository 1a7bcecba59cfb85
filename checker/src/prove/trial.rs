//! Grading one variant, and comparing with what it should fail.

use std::collections::BTreeSet;
use std::iter;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use tokio::sync::Semaphore;

use super::variant::{BuiltVariant, Variant};
use super::{Effort, Finding, Verdict, broken, holds};
use crate::assignment::Assignment;
use crate::grade::{self, CheckGrade, Grade, Settings, Subject};
use crate::run::Outcome;
use crate::run::values::Seed;
use crate::server::StartFailure;

/// How often each wrong server must fail what it should.
const WRONG_TRIALS: usize = 3;
/// How many grades the solution asks for at the same time; the other variants want their turn too.
const SOLUTION_TRIALS_AT_ONCE: usize = 3;
/// How often a grade is made again in which this machine was too busy to judge. It says nothing of the variant; the
/// last of them must.
const AGAIN_IF_INCONCLUSIVE: usize = 3;

/// What came of trying a variant.
pub(super) struct Tried {
    pub(super) findings: Vec<Finding>,
    /// The grades of a wrong server that failed just what it should.
    pub(super) shown: Option<Vec<Grade>>,
}

impl From<Vec<Finding>> for Tried {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            shown: None,
        }
    }
}

/// How many grades are made at the same time for each processor. A grade waits more than it works: for silence, for
/// the deadlines of lines that fail.
const GRADES_FOR_EACH_PROCESSOR: usize = 4;

/// Grades variants as often as it takes.
pub(super) struct Trials {
    effort: Effort,
    /// A permit for each grade that may be made just now.
    places: Semaphore,
    all_places: u32,
}

impl Trials {
    pub(super) fn new(effort: Effort) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let all_places = u32::try_from(GRADES_FOR_EACH_PROCESSOR * processors).unwrap_or(u32::MAX);
        Self {
            effort,
            places: Semaphore::new(all_places as usize),
            all_places,
        }
    }

    /// Compares a variant with what it should fail.
    pub(super) async fn of_variant(&self, built: BuiltVariant) -> Tried {
        let BuiltVariant {
            assignment,
            variant,
            result,
        } = built;
        let name = variant.subject();
        let (subject, warnings) = match result.and_then(|built| {
            let warnings = built.warnings.clone();
            let subject =
                Subject::built(built, &assignment).map_err(|failure| failure.to_string())?;
            Ok((subject, warnings))
        }) {
            Ok(subject) => subject,
            Err(reason) => return vec![broken(&name, vec![reason])].into(),
        };
        match &variant {
            Variant::Solution => self.of_solution(&assignment, &subject).await.into(),
            Variant::Stub => {
                let mut findings = Vec::new();
                if !warnings.is_empty() {
                    let mut lines = vec![format!(
                        "the stub compiles with {} warnings",
                        warnings.len()
                    )];
                    lines.extend(warnings);
                    findings.push(broken(&name, lines));
                }
                let expected = expected_of_stub(&assignment);
                let (finding, _) = self.of_wrong(&assignment, &subject, &name, &expected).await;
                findings.push(finding);
                findings.into()
            }
            Variant::Wrong(wrong) => {
                let unknown: Vec<String> = wrong
                    .fails
                    .iter()
                    .filter(|id| assignment.check(id).is_none())
                    .map(|id| format!("`Fails:` names {id}, and there is no such check"))
                    .collect();
                if !unknown.is_empty() {
                    return vec![broken(&name, unknown)].into();
                }
                let (finding, grades) = self
                    .of_wrong(&assignment, &subject, &name, &wrong.fails)
                    .await;
                Tried {
                    findings: vec![finding],
                    shown: grades,
                }
            }
        }
    }

    async fn of_solution(&self, assignment: &Arc<Assignment>, subject: &Subject) -> Vec<Finding> {
        let count = match self.effort.long {
            true => 1_000,
            false => self.effort.seeds,
        };
        let trials = (0..count).map(|_| self.one(assignment, subject, Vec::new()));
        let mut grades = stream::iter(trials).buffer_unordered(SOLUTION_TRIALS_AT_ONCE);
        let mut stale: BTreeSet<String> = BTreeSet::new();
        let mut slowest = Duration::ZERO;
        while let Some(grade) = grades.next().await {
            let grade = match grade {
                Ok(grade) => grade,
                Err(failure) => return vec![broken("solution", vec![failure.to_string()])],
            };
            slowest = slowest.max(grade.took);
            stale.extend(stale_lines(assignment, &grade));
            if !grade.all_passed() {
                let lines = grade
                    .checks
                    .iter()
                    .filter(|check| check.outcome != Outcome::Passed)
                    .map(|check| lost(check, &grade))
                    .collect();
                return vec![broken("solution", lines)];
            }
        }
        let points = assignment.points();
        let mut findings = vec![holds(
            "solution",
            vec![format!(
                "{points}/{points} points under {count} seeds, the slowest grade in {:.2} s",
                slowest.as_secs_f64()
            )],
        )];
        if !stale.is_empty() {
            findings.push(Finding {
                subject: "stale".to_owned(),
                lines: stale.into_iter().collect(),
                verdict: Verdict::Remark,
            });
        }
        findings
    }

    /// The grades too, if the server failed just what it should.
    async fn of_wrong(
        &self,
        assignment: &Arc<Assignment>,
        subject: &Subject,
        name: &str,
        expected: &BTreeSet<String>,
    ) -> (Finding, Option<Vec<Grade>>) {
        // Every check once, to see that the others pass; then those that must fail, again and again. That what passes
        // does so every time is seen on the solution, under more seeds than here.
        let of_all = iter::once(Vec::new());
        let of_failing: Vec<String> = expected.iter().cloned().collect();
        let trials = of_all
            .chain(iter::repeat_n(of_failing, WRONG_TRIALS - 1))
            .map(|only| self.one(assignment, subject, only));
        let mut grades = Vec::new();
        for trial in join_all(trials).await {
            match trial {
                Ok(grade) => grades.push(grade),
                Err(failure) => return (broken(name, vec![failure.to_string()]), None),
            }
        }
        let differing = grades
            .iter()
            .map(|grade| differences(grade, expected))
            .find(|lines| !lines.is_empty());
        if let Some(lines) = differing {
            return (broken(name, lines), None);
        }
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let summary = format!(
            "fails {}, {WRONG_TRIALS} times out of {WRONG_TRIALS}",
            expected.join(", ")
        );
        (holds(name, vec![summary]), Some(grades))
    }

    /// Grades these checks, or all, as soon as there is a place for it; again if that was inconclusive, at last with
    /// nothing beside it.
    async fn one(
        &self,
        assignment: &Arc<Assignment>,
        subject: &Subject,
        only: Vec<String>,
    ) -> Result<Grade, StartFailure> {
        let settings = Settings {
            only,
            seed: Seed::random(),
            timeout_factor: self.effort.timeout_factor,
        };
        for _ in 0..AGAIN_IF_INCONCLUSIVE {
            // The places are never closed, so this only waits.
            let _place = self.places.acquire().await;
            let grade = grade::grade(assignment, subject, &settings, &mut |_| {}).await?;
            if !is_inconclusive(&grade) {
                return Ok(grade);
            }
        }
        let _all_places = self.places.acquire_many(self.all_places).await;
        grade::grade(assignment, subject, &settings, &mut |_| {}).await
    }
}

fn is_inconclusive(grade: &Grade) -> bool {
    let mut checks = grade.checks.iter();
    checks.any(|check| matches!(check.outcome, Outcome::Inconclusive { .. }))
}

/// The checks of the stub that must fail: all but those that it passes already and those that are then not run.
fn expected_of_stub(assignment: &Assignment) -> BTreeSet<String> {
    let fails = |id: &str| assignment.check(id).is_some_and(|check| !check.stub_passes);
    assignment
        .checks
        .iter()
        .filter(|check| !check.stub_passes && !check.needs.iter().any(|id| fails(id)))
        .map(|check| check.id.clone())
        .collect()
}

/// Lines that were matched by a message older than the action before them: they may not see what that action does.
fn stale_lines(assignment: &Assignment, grade: &Grade) -> Vec<String> {
    grade
        .checks
        .iter()
        .flat_map(|check| check.transcript.exchanges())
        .filter(|exchange| exchange.stale)
        .map(|exchange| {
            let line = assignment.source[..exchange.span.start]
                .matches('\n')
                .count()
                + 1;
            format!("line {line} was matched by a message older than the action before it")
        })
        .collect()
}

/// Where a grade differs from what was expected to fail.
fn differences(grade: &Grade, expected: &BTreeSet<String>) -> Vec<String> {
    grade
        .checks
        .iter()
        .filter_map(|check| {
            let should_fail = expected.contains(&check.id);
            match &check.outcome {
                Outcome::Failed if should_fail => None,
                Outcome::Passed if should_fail => Some(format!(
                    "{} passes and should fail (seed {})",
                    check.id, grade.seed
                )),
                _ if should_fail => Some(lost(check, grade)),
                Outcome::Failed | Outcome::Inconclusive { .. } => Some(lost(check, grade)),
                // What it is given passes by itself and failed inside it.
                Outcome::NotRun { because } if !expected.contains(because) => {
                    Some(lost(check, grade))
                }
                Outcome::Passed | Outcome::NotRun { .. } | Outcome::Skipped { .. } => None,
            }
        })
        .collect()
}

/// What became of a check that should have gone otherwise.
fn lost(check: &CheckGrade, grade: &Grade) -> String {
    let seed = grade.seed;
    match &check.outcome {
        Outcome::Failed => {
            let at = check
                .transcript
                .failed_exchange()
                .map(|(_, exchange)| {
                    let failure = exchange.failure.as_ref();
                    let because = failure.map(|f| {
                        let closest = f.closest.iter().map(|c| c.explanation.clone());
                        closest
                            .chain(f.because.iter().cloned())
                            .collect::<Vec<_>>()
                            .join("; ")
                    });
                    format!(" at `{}`: {}", exchange.text, because.unwrap_or_default())
                })
                .or_else(|| check.exit.as_ref().map(|exit| format!(": {exit}")))
                .unwrap_or_default();
            format!("{} fails and should not{at} (seed {seed})", check.id)
        }
        Outcome::NotRun { because } => {
            format!(
                "{} is not run, because {because} failed (seed {seed})",
                check.id
            )
        }
        Outcome::Inconclusive { reason } => {
            format!("{} is inconclusive: {reason} (seed {seed})", check.id)
        }
        Outcome::Skipped { reason } => format!("{} is skipped: {reason}", check.id),
        Outcome::Passed => format!("{} passes (seed {seed})", check.id),
    }
}
