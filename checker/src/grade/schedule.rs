//! Which check may run when: as soon as all that it needs have passed, and those that take long before that.
//!
//! ```text
//! Waiting --> Running --> Played --> Done
//!    |           |           |        ^   when all that it needs have passed
//!    +-----------+-----------+--------+   or one of them has not: then it is not run
//! ```

use std::time::Duration;

use super::CheckGrade;
use crate::assignment::{Assignment, Check};
use crate::notation::ast::{DurationSource, Script, Statement};
use crate::run::Outcome;

/// A check whose lines let so much time pass does not wait for those that it needs: it would begin last, and all would
/// wait for it.
const LONG: Duration = Duration::from_millis(150);

/// The checks of one run and how far each is.
pub(super) struct Schedule<'a> {
    assignment: &'a Assignment,
    states: Vec<State>,
    /// For each check, how many must run one after the other from it on: those on the longest way go first.
    lengths: Vec<usize>,
    /// For each check, how much time its lines let pass.
    pauses: Vec<Duration>,
    /// Whether several run at a time.
    side_by_side: bool,
}

enum State {
    /// Not one of `--only`. What a selected check is given is played with it, so it does not wait for this one.
    NotSelected,
    Waiting,
    Running,
    /// What it needs has no verdict yet.
    Played(Box<CheckGrade>),
    Done(Box<CheckGrade>),
}

impl<'a> Schedule<'a> {
    pub(super) fn new(assignment: &'a Assignment, only: &[String], side_by_side: bool) -> Self {
        let states = assignment
            .checks
            .iter()
            .map(|check| {
                if only.is_empty() || only.contains(&check.id) {
                    State::Waiting
                } else {
                    State::NotSelected
                }
            })
            .collect();
        let pauses = assignment.checks.iter().map(|check| {
            let chain = assignment.chain(&check.id);
            chain.iter().map(|check| pauses(&check.script)).sum()
        });
        Self {
            assignment,
            states,
            lengths: lengths(assignment),
            pauses: pauses.collect(),
            side_by_side,
        }
    }

    /// The checks that take part.
    pub(super) fn selected(&self) -> impl Iterator<Item = &'a Check> {
        let selected = self.assignment.checks.iter().zip(&self.states);
        selected
            .filter(|(_, state)| !matches!(state, State::NotSelected))
            .map(|(check, _)| check)
    }

    /// A check that may run now; it counts as running from then on.
    pub(super) fn next(&mut self) -> Option<usize> {
        let waiting =
            (0..self.states.len()).filter(|&index| matches!(self.states[index], State::Waiting));
        let ready = waiting.clone().filter(|&index| self.may_count(index));
        // Of equals the first in the page.
        let next = ready.rev().max_by_key(|&index| self.lengths[index]);
        let long = waiting.filter(|&index| self.side_by_side && self.pauses[index] >= LONG);
        let next = next.or_else(|| long.rev().max_by_key(|&index| self.pauses[index]))?;
        self.states[next] = State::Running;
        Some(next)
    }

    /// A check has been played. Returns those that have their verdict with that: itself, unless it waits for one that it
    /// needs, those that waited for it, and those that are not run because of it, though they may be running.
    pub(super) fn finished(&mut self, index: usize, graded: CheckGrade) -> Vec<usize> {
        self.states[index] = State::Played(Box::new(graded));
        let mut settled = Vec::new();
        while let Some((index, graded)) = self.next_settled() {
            self.states[index] = State::Done(graded);
            settled.push(index);
        }
        settled
    }

    /// The verdict on a check, once it has one.
    pub(super) fn verdict(&self, index: usize) -> Option<&CheckGrade> {
        match &self.states[index] {
            State::Done(graded) => Some(graded),
            _ => None,
        }
    }

    pub(super) fn into_grades(self) -> Vec<CheckGrade> {
        self.states
            .into_iter()
            .zip(&self.assignment.checks)
            .filter_map(|(state, check)| match state {
                State::NotSelected => None,
                State::Done(graded) => Some(*graded),
                State::Waiting | State::Running | State::Played(_) => {
                    Some(CheckGrade::without_verdict(check))
                }
            })
            .collect()
    }

    /// A check whose verdict is clear, and that verdict.
    fn next_settled(&self) -> Option<(usize, Box<CheckGrade>)> {
        (0..self.states.len()).find_map(|index| {
            let played = match &self.states[index] {
                State::NotSelected | State::Done(_) => return None,
                State::Waiting | State::Running => None,
                State::Played(graded) => Some(graded),
            };
            let blocked = self.needed(index).find_map(|state| match state {
                State::Done(graded) => blocks(graded),
                _ => None,
            });
            if let Some(outcome) = blocked {
                let mut graded = CheckGrade::without_verdict(&self.assignment.checks[index]);
                graded.outcome = outcome;
                return Some((index, Box::new(graded)));
            }
            let graded = played.filter(|_| self.may_count(index))?;
            Some((index, graded.clone()))
        })
    }

    /// Whether all that it needs have passed.
    fn may_count(&self, index: usize) -> bool {
        self.needed(index).all(|state| match state {
            State::NotSelected => true,
            State::Done(graded) => graded.outcome == Outcome::Passed,
            State::Waiting | State::Running | State::Played(_) => false,
        })
    }

    fn needed(&self, index: usize) -> impl Iterator<Item = &State> {
        let needs = self.assignment.checks[index].needs.iter();
        needs.filter_map(|id| {
            let position = self.assignment.checks.iter().position(|c| c.id == *id)?;
            Some(&self.states[position])
        })
    }
}

fn lengths(assignment: &Assignment) -> Vec<usize> {
    let checks = &assignment.checks;
    let mut lengths = vec![1; checks.len()];
    let position = |id: &str| checks.iter().position(|check| check.id == id);
    // Each after those that it needs, so that backwards all that need it are settled.
    for check in assignment.play_order().into_iter().rev() {
        let Some(own) = position(&check.id) else {
            continue;
        };
        for need in check.needs.iter().filter_map(|id| position(id)) {
            lengths[need] = lengths[need].max(lengths[own] + 1);
        }
    }
    lengths
}

/// How long a wait is taken to be whose length the server will say.
const SAID_BY_A_SERVER: Duration = Duration::from_secs(1);

/// How much time its lines let pass: in waits, and until what must not come sooner.
fn pauses(script: &Script) -> Duration {
    let of_line = |statement: &Statement| match statement {
        Statement::Wait {
            duration: DurationSource::Literal(duration),
            ..
        } => Some((*duration).into()),
        Statement::Wait { .. } => Some(SAID_BY_A_SERVER),
        Statement::Receive(receive) => receive.within.as_ref()?.from.map(Duration::from),
        Statement::Closed { within, .. } => within.as_ref()?.from.map(Duration::from),
        Statement::Answered(answered) => answered.within.as_ref()?.from.map(Duration::from),
        Statement::Accept { within, .. } => within.as_ref()?.from.map(Duration::from),
        Statement::NothingConnects { duration } => Some((*duration).into()),
        _ => None,
    };
    script
        .lines
        .iter()
        .map(|line| {
            let own = of_line(&line.statement).unwrap_or_default();
            own + line.statement.block().map_or(Duration::ZERO, pauses)
        })
        .sum()
}

/// What becomes of a check that needs this one.
fn blocks(needed: &CheckGrade) -> Option<Outcome> {
    let id = &needed.id;
    match &needed.outcome {
        Outcome::Passed => None,
        Outcome::Failed => Some(Outcome::NotRun {
            because: id.clone(),
        }),
        Outcome::NotRun { because } => Some(Outcome::NotRun {
            because: because.clone(),
        }),
        Outcome::Skipped { .. } => Some(Outcome::Skipped {
            reason: format!("it needs {id}, which was skipped"),
        }),
        Outcome::Inconclusive { .. } => Some(Outcome::Inconclusive {
            reason: format!("it needs {id}, which is inconclusive"),
        }),
    }
}
