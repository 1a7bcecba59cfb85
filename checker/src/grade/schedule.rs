//! Which check may run when: as soon as all that it needs have passed.

use super::CheckGrade;
use crate::assignment::{Assignment, Check};
use crate::run::Outcome;

/// The checks of one run and how far each is.
pub(super) struct Schedule<'a> {
    assignment: &'a Assignment,
    states: Vec<State>,
    /// For each check, how many must run one after the other from it on: those on the longest way go first.
    lengths: Vec<usize>,
}

enum State {
    /// Not one of `--only`. What a selected check is given is played with it, so it does not wait for this one.
    NotSelected,
    Waiting,
    Running,
    Done(Box<CheckGrade>),
}

impl<'a> Schedule<'a> {
    pub(super) fn new(assignment: &'a Assignment, only: &[String]) -> Self {
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
        Self {
            assignment,
            states,
            lengths: lengths(assignment),
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
        let ready = (0..self.states.len()).filter(|&index| {
            matches!(self.states[index], State::Waiting)
                && self.needed(index).all(|state| match state {
                    State::NotSelected => true,
                    State::Done(graded) => graded.outcome == Outcome::Passed,
                    State::Waiting | State::Running => false,
                })
        });
        // Of equals the first in the page.
        let ready = ready.rev().max_by_key(|&index| self.lengths[index])?;
        self.states[ready] = State::Running;
        Some(ready)
    }

    /// A check has its verdict. Returns those that will not be run because of it.
    pub(super) fn finished(&mut self, index: usize, graded: CheckGrade) -> Vec<&CheckGrade> {
        self.states[index] = State::Done(Box::new(graded));
        let mut given_up = Vec::new();
        while let Some((index, outcome)) = self.hopeless() {
            let mut graded = CheckGrade::without_verdict(&self.assignment.checks[index]);
            graded.outcome = outcome;
            self.states[index] = State::Done(Box::new(graded));
            given_up.push(index);
        }
        given_up
            .into_iter()
            .filter_map(|index| match &self.states[index] {
                State::Done(graded) => Some(graded.as_ref()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn into_grades(self) -> Vec<CheckGrade> {
        self.states
            .into_iter()
            .zip(&self.assignment.checks)
            .filter_map(|(state, check)| match state {
                State::NotSelected => None,
                State::Done(graded) => Some(*graded),
                State::Waiting | State::Running => Some(CheckGrade::without_verdict(check)),
            })
            .collect()
    }

    /// A waiting check that can never run, and what is to be said of it.
    fn hopeless(&self) -> Option<(usize, Outcome)> {
        (0..self.states.len()).find_map(|index| {
            if !matches!(self.states[index], State::Waiting) {
                return None;
            }
            self.needed(index).find_map(|state| match state {
                State::Done(graded) => blocks(graded).map(|outcome| (index, outcome)),
                _ => None,
            })
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
