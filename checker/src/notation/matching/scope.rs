//! The variables as a search sees them: those bound before it, and those that it has bound so far.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::Value;

use super::SearchLimit;
use crate::notation::ast::{ArrayPattern, Pattern, PatternNode, Text};
use crate::notation::text::{self, ResolveError, ValueRef};
use crate::notation::value::{self, Bindings};

/// Nothing is copied before a solution is found: what is bound on the way is a part of the value that is matched.
pub(super) struct Scope<'a> {
    before: &'a Bindings,
    bound: Vec<(&'a str, &'a Value)>,
    steps_left: Cell<u64>,
}

/// A point in the search to which [`Scope::rewind`] returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(usize);

impl<'a> Scope<'a> {
    pub(super) fn new(before: &'a Bindings) -> Self {
        Self {
            before,
            bound: Vec::new(),
            steps_left: Cell::new(SearchLimit::STEPS),
        }
    }

    /// Counts work, so that no pattern and no message can keep the search busy for ever.
    pub(super) fn spend(&self, steps: u64) -> Result<(), SearchLimit> {
        let left = self
            .steps_left
            .get()
            .checked_sub(steps)
            .ok_or(SearchLimit)?;
        self.steps_left.set(left);
        Ok(())
    }

    pub(super) fn lookup(&self, name: &str) -> Option<ValueRef<'a>> {
        self.bound
            .iter()
            .find(|(bound, _)| *bound == name)
            .map(|(_, value)| ValueRef::Json(value))
            .or_else(|| self.before.get(name).map(ValueRef::from))
    }

    pub(super) fn bind(&mut self, name: &'a str, value: &'a Value) {
        self.bound.push((name, value));
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.bound.len())
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.bound.truncate(mark.0);
    }

    pub(super) fn resolve(&self, text: &'a Text) -> Result<Cow<'a, str>, ResolveError> {
        text::resolve_with(text, |name| self.lookup(name))
    }

    /// All bindings, those from before included.
    pub(super) fn bindings(&self) -> Cow<'a, Bindings> {
        let mut bindings = Cow::Borrowed(self.before);
        for (name, value) in &self.bound {
            bindings
                .to_mut()
                .insert((*name).to_owned(), value::Value::Json((*value).clone()));
        }
        bindings
    }

    /// Whether every variable in the text is bound.
    pub(super) fn knows(&self, text: &Text) -> bool {
        text::variables(text).all(|variable| self.lookup(variable).is_some())
    }

    /// Whether every variable in the pattern is bound, so that it either matches a value or does not.
    pub(super) fn is_ground(&self, pattern: &Pattern) -> bool {
        match &pattern.node {
            PatternNode::Null
            | PatternNode::Bool(_)
            | PatternNode::Number(_)
            | PatternNode::Hole(_)
            | PatternNode::Range { .. }
            | PatternNode::Comparison { .. }
            | PatternNode::Regex(_) => true,
            PatternNode::String(text) => self.knows(text),
            PatternNode::Variable(variable) => self.lookup(variable).is_some(),
            PatternNode::Array(items) | PatternNode::Unordered(items) => self.are_ground(items),
            PatternNode::Object(object) => object
                .members
                .iter()
                .all(|(key, pattern)| self.knows(key) && self.is_ground(pattern)),
            PatternNode::OneOf(branches) => branches.iter().all(|branch| self.is_ground(branch)),
        }
    }

    fn are_ground(&self, items: &ArrayPattern) -> bool {
        items
            .before
            .iter()
            .chain(&items.after)
            .all(|item| self.is_ground(item))
    }
}
