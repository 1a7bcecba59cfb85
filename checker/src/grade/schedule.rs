//! Which check may run when: as soon as all that it needs have passed.

use super::CheckGrade;
use crate::assignment::Assignment;
use crate::run::Outcome;

/// The checks of one run and how far each is.
pub(super) struct Schedule<'a> {
    assignment: &'a Assignment,
    states: Vec<State>,
    /// With `--only`, what a check needs is played as its `given` and not graded.
    ignore_needs: bool,
}

enum State {
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
            ignore_needs: !only.is_empty(),
        }
    }

    /// A check that may run now; it counts as running from then on.
    pub(super) fn next(&mut self) -> Option<usize> {
        let ready = (0..self.states.len()).find(|&index| {
            matches!(self.states[index], State::Waiting)
                && self.needed(index).all(|state| {
                    matches!(state, State::Done(graded) if graded.outcome == Outcome::Passed)
                })
        })?;
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
        let needs: &[String] = if self.ignore_needs {
            &[]
        } else {
            &self.assignment.checks[index].needs
        };
        needs.iter().filter_map(|id| {
            let position = self.assignment.checks.iter().position(|c| c.id == *id)?;
            Some(&self.states[position])
        })
    }
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
