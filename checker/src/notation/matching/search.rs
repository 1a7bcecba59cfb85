//! The search for every way in which a pattern matches.
//!
//! What is certain is settled first, whatever its place in the pattern: values are compared and variables bound, and
//! text with `${x}` waits until `x` is bound elsewhere. Only then is a choice made (which branch of `a | b`, which value
//! for an item of `unordered`), the one with the fewest ways first, to be taken back when it leads nowhere.

use serde_json::{Map, Value};

use super::SearchLimit;
use super::possible::in_order;
use super::scope::{Mark, Scope};
use super::unordered::{Remaining, Unordered};
use crate::notation::ast::{Pattern, PatternNode, Text};
use crate::notation::json;
use crate::notation::value::Bindings;

/// Calls `accept` for each solution until it returns true.
pub(super) fn search<'a>(
    pattern: &'a Pattern,
    value: &'a Value,
    bindings: &'a Bindings,
    accept: &mut dyn FnMut(&Bindings) -> bool,
) -> Result<bool, SearchLimit> {
    let mut scope = Scope::new(bindings);
    let mut choices: Vec<Choice<'a>> = Vec::new();
    let mut next = Some(State {
        certain: vec![Goal { pattern, value }],
        ..State::default()
    });
    loop {
        if let Some(state) = next.take() {
            match state.settle(&mut scope)? {
                Settled::Impossible => {}
                Settled::Solved => {
                    if accept(&scope.bindings()) {
                        return Ok(true);
                    }
                }
                Settled::Open(state, ways) => {
                    choices.push(Choice {
                        mark: scope.mark(),
                        state,
                        ways,
                    });
                }
            }
        }
        let Some(choice) = choices.last_mut() else {
            return Ok(false);
        };
        scope.rewind(choice.mark);
        next = choice.take_next(&scope)?;
        if next.is_none() {
            choices.pop();
        }
    }
}

/// This pattern must match this value.
#[derive(Clone, Copy)]
struct Goal<'a> {
    pattern: &'a Pattern,
    value: &'a Value,
}

/// A member of an object whose key waits for a variable to be bound.
#[derive(Clone, Copy)]
struct Member<'a> {
    key: &'a Text,
    pattern: &'a Pattern,
    members: &'a Map<String, Value>,
    object: Goal<'a>,
}

/// What is left to be done on one path of the search.
#[derive(Clone, Default)]
struct State<'a> {
    /// To be taken apart at once.
    certain: Vec<Goal<'a>>,
    /// Text that waits for a variable to be bound.
    texts: Vec<Goal<'a>>,
    members: Vec<Member<'a>>,
    /// `a | b` with unbound variables.
    branches: Vec<Goal<'a>>,
    /// `unordered` with unbound variables.
    unordered: Vec<Unordered<'a>>,
}

enum Settled<'a> {
    Impossible,
    Solved,
    Open(State<'a>, Ways<'a>),
}

/// A point in the search where there is more than one way to go on.
struct Choice<'a> {
    mark: Mark,
    state: State<'a>,
    ways: Ways<'a>,
}

enum Ways<'a> {
    Branches {
        branches: Vec<&'a Pattern>,
        next: usize,
        value: &'a Value,
    },
    Candidates {
        unordered: Unordered<'a>,
        item: usize,
        next: usize,
    },
}

impl<'a> Choice<'a> {
    fn take_next(&mut self, scope: &Scope<'a>) -> Result<Option<State<'a>>, SearchLimit> {
        scope.spend(1)?;
        let mut state = self.state.clone();
        match &mut self.ways {
            Ways::Branches {
                branches,
                next,
                value,
            } => {
                let Some(pattern) = branches.get(*next) else {
                    return Ok(None);
                };
                *next += 1;
                state.certain.push(Goal { pattern, value });
            }
            Ways::Candidates {
                unordered,
                item,
                next,
            } => {
                let candidates = unordered.candidates(*item);
                let Some(&candidate) = candidates.get(*next) else {
                    return Ok(None);
                };
                *next += 1;
                // An equal value would lead to the same solutions again.
                while let Some(&following) = candidates.get(*next) {
                    scope.spend(*next as u64)?;
                    let value = unordered.value(following);
                    let is_tried = |tried: &usize| json::equal(unordered.value(*tried), value);
                    if !candidates[..*next].iter().any(is_tried) {
                        break;
                    }
                    *next += 1;
                }
                let mut rest = unordered.clone();
                let (pattern, value) = rest.give(*item, candidate);
                state.certain.push(Goal { pattern, value });
                state.unordered.push(rest);
            }
        }
        Ok(Some(state))
    }
}

impl<'a> State<'a> {
    fn settle(mut self, scope: &mut Scope<'a>) -> Result<Settled<'a>, SearchLimit> {
        loop {
            while let Some(goal) = self.certain.pop() {
                if !self.take_apart(goal, scope)? {
                    return Ok(Settled::Impossible);
                }
            }
            if !(self.wake(scope)?
                && self.narrow_branches(scope)?
                && self.narrow_unordered(scope)?)
            {
                return Ok(Settled::Impossible);
            }
            if !self.certain.is_empty() {
                continue;
            }
            return Ok(match self.take_choice(scope)? {
                Some(ways) => Settled::Open(self, ways),
                None if self.texts.is_empty() && self.members.is_empty() => Settled::Solved,
                None => Settled::Impossible,
            });
        }
    }

    /// Binds, compares, or replaces the goal by those for its parts. False when it cannot be reached.
    fn take_apart(&mut self, goal: Goal<'a>, scope: &mut Scope<'a>) -> Result<bool, SearchLimit> {
        if !scope.possible(goal.pattern, goal.value)? {
            return Ok(false);
        }
        if scope.is_ground(goal.pattern) {
            return Ok(true);
        }
        match (&goal.pattern.node, goal.value) {
            (PatternNode::Variable(variable), value) => scope.bind(&variable.node, value),
            (PatternNode::String(_), _) => self.texts.push(goal),
            (PatternNode::OneOf(_), _) => self.branches.push(goal),
            (PatternNode::Array(items), Value::Array(values)) => {
                let goals = in_order(items, values).map(|(pattern, value)| Goal { pattern, value });
                self.certain.extend(goals.rev());
            }
            (PatternNode::Unordered(items), Value::Array(values)) => {
                self.unordered.push(Unordered::new(items, values, scope)?);
            }
            (PatternNode::Object(object), Value::Object(members)) => {
                for (key, pattern) in object.members.iter().rev() {
                    if let Ok(key) = scope.resolve(key) {
                        let value = members.get(key.as_ref());
                        self.certain
                            .extend(value.map(|value| Goal { pattern, value }));
                    } else {
                        self.members.push(Member {
                            key,
                            pattern,
                            members,
                            object: goal,
                        });
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes up the text and the members whose variables have been bound.
    fn wake(&mut self, scope: &Scope<'a>) -> Result<bool, SearchLimit> {
        self.certain.extend(
            self.texts
                .extract_if(.., |goal| scope.is_ground(goal.pattern)),
        );
        for member in self
            .members
            .extract_if(.., |member| scope.knows(member.key))
        {
            // The whole object again: its keys must be distinct.
            if !scope.possible(member.object.pattern, member.object.value)? {
                return Ok(false);
            }
            let value = scope
                .resolve(member.key)
                .ok()
                .and_then(|key| member.members.get(key.as_ref()));
            let Some(value) = value else { return Ok(false) };
            self.certain.push(Goal {
                pattern: member.pattern,
                value,
            });
        }
        Ok(true)
    }

    fn narrow_branches(&mut self, scope: &Scope<'a>) -> Result<bool, SearchLimit> {
        for goal in std::mem::take(&mut self.branches) {
            match possible_branches(goal, scope)?.as_slice() {
                [] => return Ok(false),
                [pattern] => self.certain.push(Goal {
                    pattern,
                    value: goal.value,
                }),
                _ if scope.is_ground(goal.pattern) => {}
                _ => self.branches.push(goal),
            }
        }
        Ok(true)
    }

    fn narrow_unordered(&mut self, scope: &Scope<'a>) -> Result<bool, SearchLimit> {
        for mut unordered in std::mem::take(&mut self.unordered) {
            match unordered.narrow(scope)? {
                Remaining::Impossible => return Ok(false),
                Remaining::Ground => continue,
                Remaining::Forced(item, value) => {
                    let (pattern, value) = unordered.give(item, value);
                    self.certain.push(Goal { pattern, value });
                }
                Remaining::Open => {}
            }
            self.unordered.push(unordered);
        }
        Ok(true)
    }

    /// Removes the choice with the fewest ways.
    fn take_choice(&mut self, scope: &Scope<'a>) -> Result<Option<Ways<'a>>, SearchLimit> {
        let fewest = (self.unordered.iter().enumerate())
            .filter_map(|(at, unordered)| {
                let item = unordered.most_constrained()?;
                Some((unordered.candidates(item).len(), at, item))
            })
            .min();
        // A branch is mostly one of two or three.
        if let Some(goal) = self.branches.pop() {
            let branches = possible_branches(goal, scope)?;
            return Ok(Some(Ways::Branches {
                branches,
                next: 0,
                value: goal.value,
            }));
        }
        Ok(fewest.map(|(_, at, item)| Ways::Candidates {
            unordered: self.unordered.remove(at),
            item,
            next: 0,
        }))
    }
}

fn possible_branches<'a>(
    goal: Goal<'a>,
    scope: &Scope<'a>,
) -> Result<Vec<&'a Pattern>, SearchLimit> {
    let PatternNode::OneOf(branches) = &goal.pattern.node else {
        return Ok(Vec::new());
    };
    let mut possible = Vec::new();
    for branch in branches {
        if scope.possible(branch, goal.value)? {
            possible.push(branch);
        }
    }
    Ok(possible)
}
