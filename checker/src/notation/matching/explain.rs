//! Finds the place at which a value first departs from a pattern, and how close it comes otherwise.
//!
//! The walk takes the pattern's members in order and, unlike the search, never takes a choice back: where there is a
//! choice it follows the way that comes closest. It checks all that the search checks, so where no match exists it finds
//! a difference.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::SearchLimit;
use super::describe::describe_in;
use super::mismatch::{Mismatch, MismatchKind, NOTHING, Score};
use super::path::{Path, Step};
use super::possible::{in_order, length_fits};
use super::scope::Scope;
use super::tally::{Difference, Tally};
use super::unordered::{Remaining, Unordered};
use crate::notation::ast::{ArrayPattern, ObjectPattern, Pattern, PatternNode, TextPart};
use crate::notation::value::Bindings;

/// Why the pattern does not match the value; `None` when it does.
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

#[derive(Clone, Copy)]
struct Object<'a> {
    pattern: &'a ObjectPattern,
    members: &'a Map<String, Value>,
    /// The same, to be described.
    whole: (&'a Pattern, &'a Value),
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
        describe_in(&self.scope, pattern)
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

    /// Compares the members at the indices `left`; those whose keys are not known yet wait.
    fn members(&mut self, object: Object<'a>, left: Vec<usize>) -> Result<(), SearchLimit> {
        let mut waiting = Vec::new();
        for at in left {
            let (key, member) = &object.pattern.members[at];
            let Ok(key) = self.scope.resolve(key) else {
                waiting.push(at);
                continue;
            };
            if let Some(value) = object.members.get(key.as_ref()) {
                self.step(Step::Member(key.into_owned()), member, value)?;
                continue;
            }
            let expected = self.words(|| self.describe(member));
            let got = self.words(|| similar_member(object, &key));
            self.differs_at_member(&key, MismatchKind::Missing, expected, got);
            if self.path.0.is_empty() && is_literal_string(member) {
                self.name(false);
            }
        }
        if waiting.is_empty() {
            self.keys(object);
        } else {
            self.waiting.push(Waiting {
                path: self.path.clone(),
                what: What::Members(object, waiting),
            });
        }
        Ok(())
    }

    /// No key may stand for two members, and a closed object has no others.
    fn keys(&mut self, object: Object<'a>) {
        let mut distinct = HashSet::new();
        let mut is_distinct = true;
        for (key, _) in &object.pattern.members {
            if let Ok(key) = self.scope.resolve(key) {
                is_distinct &= distinct.insert(key);
            }
        }
        if !is_distinct {
            self.differ(object.whole.0, object.whole.1);
        }
        if !object.pattern.open {
            for (key, value) in object.members {
                if !distinct.contains(key.as_str()) {
                    let expected = self.words(|| "no such member".to_owned());
                    let got = self.words(|| value.to_string());
                    self.differs_at_member(key, MismatchKind::Unexpected, expected, got);
                }
            }
        }
    }

    fn differs_at_member(&mut self, key: &str, kind: MismatchKind, expected: String, got: String) {
        let mut path = self.path.clone();
        path.0.push(Step::Member(key.to_owned()));
        self.tally.differs(Difference {
            path,
            kind,
            expected,
            got,
        });
    }

    /// Whether the array's length fits; if not, that is the difference.
    fn length(&mut self, items: &ArrayPattern, values: &[Value]) -> bool {
        if length_fits(items, values.len()) {
            return true;
        }
        let listed = (items.before.len() + items.after.len()) as u64;
        let expected = match &items.rest {
            None => count(listed),
            Some(rest) => match rest.count {
                None => format!("at least {}", count(listed)),
                Some(others) => count(listed.saturating_add(others)),
            },
        };
        let got = values.len().to_string();
        self.tally
            .differs(Difference::at(&self.path, expected, got));
        false
    }

    fn array(&mut self, items: &'a ArrayPattern, values: &'a [Value]) -> Result<(), SearchLimit> {
        if !self.length(items, values) {
            // What is there still tells how close it is.
            for (at, (item, value)) in items.before.iter().zip(values).enumerate() {
                self.step(Step::Item(at), item, value)?;
            }
            return Ok(());
        }
        let tail = values.len() - items.after.len();
        for (at, (item, value)) in in_order(items, values).enumerate() {
            let at = if at < items.before.len() {
                at
            } else {
                tail + at - items.before.len()
            };
            self.step(Step::Item(at), item, value)?;
        }
        Ok(())
    }

    fn unordered(
        &mut self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<(), SearchLimit> {
        self.length(items, values);
        let mut unordered = Unordered::new(items, values, &self.scope)?;
        loop {
            match unordered.narrow(&self.scope)? {
                Remaining::Ground => {
                    self.tally.agree += count_of(unordered.patterns().count());
                    return Ok(());
                }
                Remaining::Forced(item, value) => self.give(&mut unordered, item, value)?,
                Remaining::Open => {
                    let Some(item) = unordered.most_constrained() else {
                        return Ok(());
                    };
                    let value = unordered.candidates(item)[0];
                    self.give(&mut unordered, item, value)?;
                }
                Remaining::Impossible => return self.pair_up(&unordered),
            }
        }
    }

    fn give(
        &mut self,
        unordered: &mut Unordered<'a>,
        item: usize,
        at: usize,
    ) -> Result<(), SearchLimit> {
        let (pattern, value) = unordered.give(item, at);
        self.step(Step::Item(at), pattern, value)
    }

    /// Gives each item that cannot have a value of its own the one that comes closest.
    fn pair_up(&mut self, unordered: &Unordered<'a>) -> Result<(), SearchLimit> {
        let assigned = unordered.assign(&self.scope)?;
        let mut left: Vec<usize> = unordered
            .values_left()
            .filter(|value| !assigned.contains(&Some(*value)))
            .collect();
        for (pattern, assigned) in unordered.patterns().zip(assigned) {
            if assigned.is_some() {
                self.tally.agree += 1;
                continue;
            }
            let mut closest: Option<(Score, usize)> = None;
            for &at in &left {
                let score = self
                    .attempt(Step::Item(at), pattern, unordered.value(at))?
                    .score();
                if closest.is_none_or(|(best, _)| score > best) {
                    closest = Some((score, at));
                }
            }
            match closest {
                Some((_, at)) => {
                    left.retain(|&other| other != at);
                    self.step(Step::Item(at), pattern, unordered.value(at))?;
                }
                None => {
                    let expected = format!("an item {}", self.describe(pattern));
                    self.tally
                        .differs(Difference::at(&self.path, expected, "none".into()));
                }
            }
        }
        Ok(())
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

/// A member that is there and was perhaps meant: `user_id` for `userId`.
fn similar_member(object: Object<'_>, wanted: &str) -> String {
    let is_wanted = |key: &str| {
        let mut keys = object.pattern.members.iter();
        keys.any(|(other, _)| matches!(other.parts.as_slice(), [TextPart::Literal(other)] if other == key))
    };
    let plain = |key: &str| key.to_lowercase().replace(['_', '-', ' '], "");
    let similar = object
        .members
        .keys()
        .filter(|key| !is_wanted(key))
        .find(|key| {
            plain(key) == plain(wanted)
                || wanted.chars().count() > 3 && strsim::osa_distance(key, wanted) <= 2
        });
    match similar {
        Some(key) => Value::from(key.as_str()).to_string(),
        None => NOTHING.to_owned(),
    }
}

fn is_literal_string(pattern: &Pattern) -> bool {
    matches!(&pattern.node, PatternNode::String(text)
        if text.parts.iter().all(|part| matches!(part, TextPart::Literal(_))))
}

fn count(items: u64) -> String {
    if items == 1 {
        "1 item".to_owned()
    } else {
        format!("{items} items")
    }
}

fn count_of(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
