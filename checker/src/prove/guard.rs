//! What each check is guarded by: the wrong servers on which it fails, and the demands of its lines that were the
//! reason.

use std::collections::BTreeSet;

use crate::assignment::{Assignment, Check};
use crate::grade::Grade;
use crate::notation::ast::{Line, Script, Statement};
use crate::run::{FailureKind, Outcome};

/// The most checks that a wrong server may fail and still guard one: one that merely dies guards nothing.
const GUARDS_AT_MOST: usize = 2;

/// A demand of one line that some wrong server must break.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Demand {
    check: String,
    /// The line's place in the page.
    start: usize,
    kind: FailureKind,
}

/// What the wrong servers have shown.
#[derive(Debug, Default)]
pub(super) struct Guards {
    guarded: BTreeSet<String>,
    broken: BTreeSet<Demand>,
}

impl Guards {
    /// A wrong server failed just the checks that it should.
    pub(super) fn add(&mut self, grades: &[Grade]) {
        for grade in grades {
            self.add_grade(grade);
        }
    }

    fn add_grade(&mut self, grade: &Grade) {
        let failed: Vec<_> = grade
            .checks
            .iter()
            .filter(|check| check.outcome == Outcome::Failed)
            .collect();
        for check in &failed {
            if failed.len() <= GUARDS_AT_MOST {
                self.guarded.insert(check.id.clone());
            }
            let Some((id, exchange)) = check.transcript.failed_exchange() else {
                continue;
            };
            if let Some(failure) = &exchange.failure {
                self.broken.insert(Demand {
                    check: id.to_owned(),
                    start: exchange.span.start,
                    kind: failure.kind,
                });
            }
        }
    }

    /// What no wrong server has broken, a sentence each.
    pub(super) fn gaps(&self, assignment: &Assignment) -> Vec<String> {
        let mut gaps = Vec::new();
        for check in &assignment.checks {
            if !self.guarded.contains(&check.id) {
                gaps.push(format!(
                    "{}: no wrong server that fails at most {GUARDS_AT_MOST} checks fails it; add one to wrong/",
                    check.id
                ));
            }
            for (line, kind, name) in demands(check) {
                let demand = Demand {
                    check: check.id.clone(),
                    start: line.span.start,
                    kind,
                };
                if !self.broken.contains(&demand) {
                    let number = line_number(&assignment.source, line.span.start);
                    gaps.push(format!(
                        "{}: no wrong server fails at the {name} of line {number}: {}",
                        check.id,
                        crate::notation::print::statement_head(&line.statement)
                            .lines()
                            .next()
                            .unwrap_or_default()
                    ));
                }
            }
        }
        gaps
    }
}

/// The demands of a check's own lines that need a wrong server each.
fn demands(check: &Check) -> Vec<(&Line, FailureKind, &'static str)> {
    let mut demands = Vec::new();
    collect(&check.script, &mut demands);
    demands
}

fn collect<'s>(script: &'s Script, demands: &mut Vec<(&'s Line, FailureKind, &'static str)>) {
    for line in &script.lines {
        let within = match &line.statement {
            Statement::Receive(receive) => {
                if receive.next {
                    demands.push((line, FailureKind::NotNext, "`next`"));
                }
                if receive.exactly_once {
                    demands.push((line, FailureKind::Repeated, "`exactly once`"));
                }
                receive.within.as_ref()
            }
            Statement::Never { .. } => {
                demands.push((line, FailureKind::Forbidden, "`never`"));
                None
            }
            Statement::NotAnswered { .. } => {
                demands.push((line, FailureKind::Forbidden, "`is not answered`"));
                None
            }
            Statement::Measure(measure) => {
                if measure.at_most.is_some() {
                    demands.push((line, FailureKind::TooCostly, "`at most`"));
                }
                None
            }
            Statement::Answered(answered) => answered.within.as_ref(),
            Statement::NothingConnects { .. } => {
                demands.push((line, FailureKind::Forbidden, "`nothing connects`"));
                None
            }
            Statement::Accept { within, .. }
            | Statement::Print { within, .. }
            | Statement::Exit { within, .. } => within.as_ref(),
            Statement::Requested(requested) => requested.within.as_ref(),
            Statement::For(statement) => statement.within.as_ref(),
            Statement::Closed { within, .. } => within.as_ref(),
            Statement::Request(request) => request.within.as_ref(),
            _ => None,
        };
        if within.is_some_and(|within| within.from.is_some()) {
            demands.push((line, FailureKind::TooEarly, "lower bound"));
        }
        if let Some(block) = line.statement.block() {
            collect(block, demands);
        }
    }
}

fn line_number(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}
