//! Finds the place at which a value first departs from a pattern, and how close it comes otherwise.
//!
//! The walk takes the pattern's members in order and, unlike the search, never takes a choice back: where there is a
//! choice it follows the way that comes closest. It checks all that the search checks, so where no match exists it finds
//! a difference.

mod array;
mod event;
mod message;
mod object;
mod tally;

use serde_json::Value;

pub use self::message::explain_message;
use self::object::Object;
use self::tally::{Difference, Tally};
use super::SearchLimit;
use super::mismatch::{Mismatch, Score};
use super::path::{Path, Step};
use super::scope::Scope;
use crate::notation::ast::{Pattern, PatternNode, TextPart};
use crate::notation::print::pattern_with;
use crate::notation::value::Bindings;

/// Why the pattern does not match the value; `None` when it does. Where [`super::matches`] gives up, this tells what
/// differs in the first way that comes to mind.
pub fn explain(pattern: &Pattern, value: &Value, bindings: &Bindings) -> Option<Mismatch> {
    if let Ok(Some(_)) = super::matches(pattern, value, bindings) {
        return None;
    }
    let mut walk = Walk::new(bindings);
    match walk.whole(pattern, value) {
        Ok(()) => {}
        // What has been found till then still holds.
        Err(SearchLimit) => walk.tally.differ += 1,
    }
    let score = walk.tally.score();
    let Difference {
        path,
        kind,
        expected,
        got,
    } = match walk.tally.first {
        Some(first) => first,
        None if walk.tally.differ == 0 => return None,
        None => Difference::at(&Path::default(), walk.describe(pattern), value.to_string()),
    };
    Some(Mismatch {
        path,
        kind,
        expected,
        got,
        score,
    })
}

struct Walk<'a> {
    scope: Scope<'a>,
    path: Path,
    tally: Tally,
    waiting: Vec<Waiting<'a>>,
    /// Only the score is wanted: nothing is put into words.
    is_attempt: bool,
}

/// What cannot be compared before a variable of `${x}` is bound.
struct Waiting<'a> {
    path: Path,
    what: What<'a>,
}

enum What<'a> {
    Text(&'a Pattern, &'a Value),
    /// The members at these indices.
    Members(Object<'a>, Vec<usize>),
}

impl<'a> Walk<'a> {
    fn new(bindings: &'a Bindings) -> Self {
        Self {
            scope: Scope::new(bindings),
            path: Path::default(),
            tally: Tally::default(),
            waiting: Vec::new(),
            is_attempt: false,
        }
    }

    fn describe(&self, pattern: &Pattern) -> String {
        pattern_with(pattern, &self.scope.bindings())
    }

    fn whole(&mut self, pattern: &'a Pattern, value: &'a Value) -> Result<(), SearchLimit> {
        self.compare(pattern, value)?;
        loop {
            let before = (self.waiting.len(), self.scope.mark());
            for Waiting { path, what } in std::mem::take(&mut self.waiting) {
                self.path = path;
                match what {
                    What::Text(pattern, value) => self.compare(pattern, value)?,
                    What::Members(object, left) => self.members(object, left)?,
                }
            }
            if (self.waiting.len(), self.scope.mark()) == before {
                break;
            }
        }
        for Waiting { path, what } in std::mem::take(&mut self.waiting) {
            self.path = path;
            let (What::Text(pattern, value)
            | What::Members(
                Object {
                    whole: (pattern, value),
                    ..
                },
                _,
            )) = what;
            self.differ(pattern, value);
        }
        Ok(())
    }

    fn words(&self, words: impl FnOnce() -> String) -> String {
        if self.is_attempt {
            String::new()
        } else {
            words()
        }
    }

    fn differ(&mut self, pattern: &Pattern, value: &Value) {
        let expected = self.words(|| self.describe(pattern));
        let got = self.words(|| value.to_string());
        self.tally
            .differs(Difference::at(&self.path, expected, got));
    }

    fn compare(&mut self, pattern: &'a Pattern, value: &'a Value) -> Result<(), SearchLimit> {
        self.scope.spend(1)?;
        match (&pattern.node, value) {
            (PatternNode::Array(items), Value::Array(values)) => self.array(items, values),
            (PatternNode::Unordered(items), Value::Array(values)) => self.unordered(items, values),
            (PatternNode::Object(object), Value::Object(members)) => {
                let all = (0..object.members.len()).collect();
                self.members(
                    Object {
                        pattern: object,
                        members,
                        whole: (pattern, value),
                    },
                    all,
                )
            }
            (PatternNode::OneOf(branches), _) => self.one_of(pattern, branches, value),
            (PatternNode::String(text), Value::String(_)) if !self.scope.knows(text) => {
                let what = What::Text(pattern, value);
                self.waiting.push(Waiting {
                    path: self.path.clone(),
                    what,
                });
                Ok(())
            }
            (PatternNode::Variable(variable), _) if self.scope.lookup(variable).is_none() => {
                self.scope.bind(&variable.node, value);
                self.tally.agree += 1;
                Ok(())
            }
            _ => {
                if self.scope.possible(pattern, value)? {
                    self.tally.agree += 1;
                } else {
                    self.differ(pattern, value);
                }
                Ok(())
            }
        }
    }

    fn step(
        &mut self,
        step: Step,
        pattern: &'a Pattern,
        value: &'a Value,
    ) -> Result<(), SearchLimit> {
        let is_name = self.path.0.is_empty() && is_literal_string(pattern);
        let differ = self.tally.differ;
        self.path.0.push(step);
        let compared = self.compare(pattern, value);
        self.path.0.pop();
        if is_name {
            self.name(self.tally.differ == differ);
        }
        compared
    }

    fn name(&mut self, agrees: bool) {
        self.tally.first_name_agrees.get_or_insert(agrees);
        self.tally.names_agree += u32::from(agrees);
    }

    fn one_of(
        &mut self,
        pattern: &'a Pattern,
        branches: &'a [Pattern],
        value: &'a Value,
    ) -> Result<(), SearchLimit> {
        let mut closest: Option<(Score, &'a Pattern, bool)> = None;
        for branch in branches {
            let tally = self.attempt_here(branch, value)?;
            if tally.differ == 0 {
                return self.compare(branch, value);
            }
            let is_inside = tally
                .first
                .as_ref()
                .is_some_and(|first| first.path != self.path);
            if closest.is_none_or(|(best, ..)| tally.score() > best) {
                closest = Some((tally.score(), branch, is_inside));
            }
        }
        match closest {
            Some((_, branch, true)) => self.compare(branch, value),
            _ => {
                self.differ(pattern, value);
                Ok(())
            }
        }
    }

    /// What a comparison one step further would find, without its bindings.
    fn attempt(
        &mut self,
        step: Step,
        pattern: &'a Pattern,
        value: &'a Value,
    ) -> Result<Tally, SearchLimit> {
        self.path.0.push(step);
        let tally = self.attempt_here(pattern, value);
        self.path.0.pop();
        tally
    }

    fn attempt_here(
        &mut self,
        pattern: &'a Pattern,
        value: &'a Value,
    ) -> Result<Tally, SearchLimit> {
        let mark = self.scope.mark();
        let waiting = self.waiting.len();
        let outside = std::mem::take(&mut self.tally);
        let is_nested = std::mem::replace(&mut self.is_attempt, true);
        let compared = self.compare(pattern, value);
        self.is_attempt = is_nested;
        self.scope.rewind(mark);
        self.waiting.truncate(waiting);
        let inside = std::mem::replace(&mut self.tally, outside);
        compared.map(|()| inside)
    }
}

fn is_literal_string(pattern: &Pattern) -> bool {
    matches!(&pattern.node, PatternNode::String(text)
        if text.parts.iter().all(|part| matches!(part, TextPart::Literal(_))))
}
