//! Whether a pattern can match a value, whatever its unbound variables stand for.
//!
//! Without unbound variables this is the answer itself; with them it is what a search rules out first.

use std::collections::{HashMap, HashSet};

use chrono::DateTime;
use serde_json::{Map, Value};

use super::SearchLimit;
use super::assign::assign;
use super::scope::Scope;
use crate::notation::ast::{ArrayPattern, Comparison, Hole, ObjectPattern, Pattern, PatternNode};
use crate::notation::json;
use crate::notation::text::{ResolveError, ValueRef};

/// From so many items on, the candidates of a literal item are looked up and not tried one by one.
const WORTH_AN_INDEX: usize = 16;

impl<'a> Scope<'a> {
    /// False when the pattern cannot match; when it is ground, true means that it does.
    pub(super) fn possible(
        &self,
        pattern: &'a Pattern,
        value: &'a Value,
    ) -> Result<bool, SearchLimit> {
        self.spend(1)?;
        Ok(match (&pattern.node, value) {
            (PatternNode::Null, Value::Null) => true,
            (PatternNode::Bool(expected), Value::Bool(got)) => expected == got,
            (PatternNode::Number(expected), Value::Number(got)) => {
                json::compare(expected, got).is_eq()
            }
            (PatternNode::String(text), Value::String(got)) => match self.resolve(text) {
                Ok(expected) => expected == *got,
                Err(ResolveError::Unbound(_)) => true,
                Err(ResolveError::Bytes(_)) => false,
            },
            (PatternNode::Array(items), Value::Array(values)) => {
                self.array_possible(items, values)?
            }
            (PatternNode::Unordered(items), Value::Array(values)) => {
                self.unordered_possible(items, values)?
            }
            (PatternNode::Object(object), Value::Object(members)) => {
                self.object_possible(object, members)?
            }
            (PatternNode::Variable(variable), got) => match self.lookup(variable) {
                Some(ValueRef::Json(expected)) => json::equal(expected, got),
                Some(ValueRef::Bytes(_)) => false,
                None => true,
            },
            (PatternNode::Hole(hole), got) => fills(*hole, got),
            (PatternNode::Range { from, to }, Value::Number(got)) => {
                json::compare(from, got).is_le() && json::compare(got, to).is_le()
            }
            (PatternNode::Comparison { operator, bound }, Value::Number(got)) => {
                let ordering = json::compare(got, bound);
                match operator {
                    Comparison::Greater => ordering.is_gt(),
                    Comparison::GreaterOrEqual => ordering.is_ge(),
                    Comparison::Less => ordering.is_lt(),
                    Comparison::LessOrEqual => ordering.is_le(),
                }
            }
            (PatternNode::Regex(regex), Value::String(got)) => regex.compiled.is_match(got),
            (PatternNode::OneOf(branches), got) => {
                for branch in branches {
                    if self.possible(branch, got)? {
                        return Ok(true);
                    }
                }
                false
            }
            _ => false,
        })
    }

    fn array_possible(
        &self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<bool, SearchLimit> {
        if !length_fits(items, values.len()) {
            return Ok(false);
        }
        for (item, value) in in_order(items, values) {
            if !self.possible(item, value)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn unordered_possible(
        &self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<bool, SearchLimit> {
        if !length_fits(items, values.len()) {
            return Ok(false);
        }
        let candidates = self.candidates(items, values)?;
        if candidates.iter().any(Vec::is_empty) {
            return Ok(false);
        }
        let candidates: Vec<&[usize]> = candidates.iter().map(Vec::as_slice).collect();
        let assigned = assign(self, &candidates, values.len(), &|_| false)?;
        Ok(assigned.iter().all(Option::is_some))
    }

    /// For each item the indices of the values that it can match.
    pub(super) fn candidates(
        &self,
        items: &'a ArrayPattern,
        values: &'a [Value],
    ) -> Result<Vec<Vec<usize>>, SearchLimit> {
        let mut index: HashMap<u64, Vec<usize>> = HashMap::new();
        if items.before.len() + items.after.len() >= WORTH_AN_INDEX {
            for (at, value) in values.iter().enumerate() {
                index.entry(json::fingerprint(value)).or_default().push(at);
            }
        }
        let mut all = Vec::new();
        for item in items.before.iter().chain(&items.after) {
            let literal = if index.is_empty() {
                None
            } else {
                self.fingerprint(item)
            };
            let mut candidates = Vec::new();
            let mut consider = |at: usize| -> Result<(), SearchLimit> {
                if self.possible(item, &values[at])? {
                    candidates.push(at);
                }
                Ok(())
            };
            match literal {
                Some(fingerprint) => {
                    index
                        .get(&fingerprint)
                        .into_iter()
                        .flatten()
                        .copied()
                        .try_for_each(&mut consider)?;
                }
                None => (0..values.len()).try_for_each(&mut consider)?,
            }
            all.push(candidates);
        }
        Ok(all)
    }

    fn object_possible(
        &self,
        object: &'a ObjectPattern,
        members: &'a Map<String, Value>,
    ) -> Result<bool, SearchLimit> {
        if object.members.len() > members.len()
            || (!object.open && object.members.len() != members.len())
        {
            return Ok(false);
        }
        // Members whose keys are resolved to the same key cannot each have a value of their own.
        let mut distinct = object
            .members
            .iter()
            .any(|(key, _)| key.parts.len() > 1 || is_variable(key))
            .then(HashSet::new);
        for (key, pattern) in &object.members {
            match self.resolve(key) {
                Ok(key) => {
                    let Some(value) = members.get(key.as_ref()) else {
                        return Ok(false);
                    };
                    if !self.possible(pattern, value)? {
                        return Ok(false);
                    }
                    if distinct.as_mut().is_some_and(|keys| !keys.insert(key)) {
                        return Ok(false);
                    }
                }
                Err(ResolveError::Unbound(_)) => {}
                Err(ResolveError::Bytes(_)) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The fingerprint of the only value that the pattern matches, if there is only one.
    fn fingerprint(&self, pattern: &'a Pattern) -> Option<u64> {
        Some(match &pattern.node {
            PatternNode::Null => json::fingerprint(&Value::Null),
            PatternNode::Bool(boolean) => json::fingerprint_of(boolean),
            PatternNode::Number(number) => json::fingerprint_number(number),
            PatternNode::String(text) => json::fingerprint_of(self.resolve(text).ok()?.as_ref()),
            PatternNode::Array(items) if items.rest.is_none() => {
                let items: Option<Vec<u64>> = items
                    .before
                    .iter()
                    .map(|item| self.fingerprint(item))
                    .collect();
                json::fingerprint_items(items?.into_iter())
            }
            PatternNode::Object(object) if !object.open => {
                let mut members = Vec::new();
                for (key, pattern) in &object.members {
                    members.push((self.resolve(key).ok()?, self.fingerprint(pattern)?));
                }
                json::fingerprint_members(members.iter().map(|(key, value)| (key.as_ref(), *value)))
            }
            PatternNode::Variable(variable) => match self.lookup(variable)? {
                ValueRef::Json(value) => json::fingerprint(value),
                ValueRef::Bytes(_) => return None,
            },
            _ => return None,
        })
    }
}

fn is_variable(text: &crate::notation::ast::Text) -> bool {
    crate::notation::text::variables(text).next().is_some()
}

/// Whether an array of so many values has room for the items and for nothing else.
pub(super) fn length_fits(items: &ArrayPattern, values: usize) -> bool {
    let listed = items.before.len() + items.after.len();
    match &items.rest {
        None => values == listed,
        Some(rest) => match rest.count {
            None => values >= listed,
            Some(count) => values
                .checked_sub(listed)
                .is_some_and(|others| others as u64 == count),
        },
    }
}

/// Each item of an array whose length fits, with its value.
pub(super) fn in_order<'a>(
    items: &'a ArrayPattern,
    values: &'a [Value],
) -> impl DoubleEndedIterator<Item = (&'a Pattern, &'a Value)> {
    let tail = values.len() - items.after.len();
    items
        .before
        .iter()
        .zip(values)
        .chain(items.after.iter().zip(&values[tail..]))
}

fn fills(hole: Hole, value: &Value) -> bool {
    match (hole, value) {
        (Hole::Any, _)
        | (Hole::String, Value::String(_))
        | (Hole::Number, Value::Number(_))
        | (Hole::Boolean, Value::Bool(_)) => true,
        (Hole::Integer, Value::Number(number)) => json::is_integer(number),
        (Hole::Timestamp, Value::String(string)) => is_timestamp(string),
        (Hole::Uuid, Value::String(string)) => is_uuid(string),
        _ => false,
    }
}

/// RFC 3339 §5.6. chrono takes U+2212 for the minus of an offset; the RFC does not.
fn is_timestamp(string: &str) -> bool {
    string.is_ascii() && DateTime::parse_from_rfc3339(string).is_ok()
}

/// RFC 9562 §4: 8-4-4-4-12 hexadecimal digits, of either case, of any version.
fn is_uuid(string: &str) -> bool {
    string.len() == 36
        && string.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
