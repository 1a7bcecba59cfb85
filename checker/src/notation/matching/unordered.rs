//! An `unordered` pattern on its way through a search.

use std::rc::Rc;

use serde_json::Value;

use super::SearchLimit;
use super::assign::assign;
use super::scope::Scope;
use crate::notation::ast::{ArrayPattern, Pattern};

/// The items that have no value yet, and the values that no item has yet.
#[derive(Clone)]
pub(super) struct Unordered<'a> {
    items: Vec<Item<'a>>,
    values: &'a [Value],
    /// By value.
    is_taken: Vec<bool>,
}

#[derive(Clone)]
struct Item<'a> {
    pattern: &'a Pattern,
    /// Indices of the values that it can match.
    candidates: Rc<Vec<usize>>,
    is_ground: bool,
}

/// What [`Unordered::narrow`] found.
pub(super) enum Remaining {
    /// Some item can have no value of its own.
    Impossible,
    /// No item has an unbound variable, and each can have a value of its own: nothing is left to be bound here.
    Ground,
    /// This item can have this value only.
    Forced(usize, usize),
    /// There is a choice.
    Open,
}

impl<'a> Unordered<'a> {
    /// The array's length fits the pattern.
    pub(super) fn new(
        items: &'a ArrayPattern,
        values: &'a [Value],
        scope: &Scope<'a>,
    ) -> Result<Self, SearchLimit> {
        let patterns = items.before.iter().chain(&items.after);
        let candidates = scope.candidates(items, values)?;
        let items = patterns
            .zip(candidates)
            .map(|(pattern, candidates)| Item {
                pattern,
                candidates: Rc::new(candidates),
                is_ground: scope.is_ground(pattern),
            })
            .collect();
        Ok(Self {
            items,
            values,
            is_taken: vec![false; values.len()],
        })
    }

    /// Strikes out candidates that the variables bound since have ruled out.
    pub(super) fn narrow(&mut self, scope: &Scope<'a>) -> Result<Remaining, SearchLimit> {
        let mut forced = None;
        for (at, item) in self
            .items
            .iter_mut()
            .enumerate()
            .filter(|(_, item)| !item.is_ground)
        {
            let mut candidates = Vec::new();
            for &value in item.candidates.iter() {
                if !self.is_taken[value] && scope.possible(item.pattern, &self.values[value])? {
                    candidates.push(value);
                }
            }
            item.is_ground = scope.is_ground(item.pattern);
            match candidates.as_slice() {
                [only] if !item.is_ground => forced = Some(Remaining::Forced(at, *only)),
                _ => {}
            }
            item.candidates = Rc::new(candidates);
        }
        let candidates: Vec<&[usize]> = self
            .items
            .iter()
            .map(|item| item.candidates.as_slice())
            .collect();
        let is_taken = |value: usize| self.is_taken[value];
        let assigned = assign(scope, &candidates, self.values.len(), &is_taken)?;
        if assigned.iter().any(Option::is_none) {
            return Ok(Remaining::Impossible);
        }
        if self.items.iter().all(|item| item.is_ground) {
            return Ok(Remaining::Ground);
        }
        Ok(forced.unwrap_or(Remaining::Open))
    }

    /// Of each item the value that it can have to itself, with as many items served as can be.
    pub(super) fn assign(&self, scope: &Scope<'a>) -> Result<Vec<Option<usize>>, SearchLimit> {
        let candidates: Vec<&[usize]> = self
            .items
            .iter()
            .map(|item| item.candidates.as_slice())
            .collect();
        assign(scope, &candidates, self.values.len(), &|value| {
            self.is_taken[value]
        })
    }

    pub(super) fn patterns(&self) -> impl Iterator<Item = &'a Pattern> {
        self.items.iter().map(|item| item.pattern)
    }

    /// The values that no item has been given.
    pub(super) fn values_left(&self) -> impl Iterator<Item = usize> {
        (0..self.values.len()).filter(|value| !self.is_taken[*value])
    }

    /// The item with unbound variables that has the fewest candidates.
    pub(super) fn most_constrained(&self) -> Option<usize> {
        (self.items.iter().enumerate())
            .filter(|(_, item)| !item.is_ground)
            .min_by_key(|(_, item)| item.candidates.len())
            .map(|(at, _)| at)
    }

    pub(super) fn candidates(&self, item: usize) -> &[usize] {
        &self.items[item].candidates
    }

    pub(super) fn value(&self, value: usize) -> &'a Value {
        &self.values[value]
    }

    /// Takes the item and the value out: they are to match each other.
    pub(super) fn give(&mut self, item: usize, value: usize) -> (&'a Pattern, &'a Value) {
        self.is_taken[value] = true;
        (self.items.remove(item).pattern, &self.values[value])
    }
}
