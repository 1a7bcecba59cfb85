//! Values and patterns at random.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::build::{at_no_place, literal, pattern, plain_text, text, variable};
use super::reference;
use crate::notation::ast::{ArrayPattern, Hole, ObjectPattern, Pattern, PatternNode, Rest};

/// JSON of every kind, a few levels deep.
pub(super) fn json() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3_i64..4).prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-8_i32..8).prop_map(|quarters| Json::from(f64::from(quarters) / 4.0)),
        "[a-c]{0,2}".prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((prop_oneof!["[a-c]", "[\\PC\"\\\\]{0,3}"], inner), 0..4)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// JSON from so small a world that chance makes patterns match it.
pub(super) fn tiny_json() -> impl Strategy<Value = Json> {
    let scalar = select(vec![
        json!(0),
        json!(1),
        json!(1.0),
        json!("a"),
        json!("1"),
        json!(true),
    ]);
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((select(vec!["a", "b", "1"]), inner), 0..3).prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

/// A pattern for [`tiny_json`] with the variables `x` and `y`.
pub(super) fn tiny_pattern() -> impl Strategy<Value = Pattern> {
    let leaf = prop_oneof![
        3 => select(vec![json!(0), json!(1), json!("a"), json!("1"), json!(true)]),
        4 => select(vec![json!("$x"), json!("$y")]),
        1 => select(vec![json!("${x}"), json!("${y}"), json!({"@hole": "any"}), json!({"@hole": "number"})]),
    ];
    leaf.prop_map(|source| pattern(&source)).prop_recursive(2, 8, 3, |inner| {
        let items = (vec(inner.clone(), 0..3), rest(), vec(inner.clone(), 0..2));
        let items = items.prop_map(|(before, rest, after)| match rest {
            Some(rest) => ArrayPattern { before, rest: Some(rest), after },
            None => ArrayPattern { before, rest: None, after: Vec::new() },
        });
        let items = items.boxed();
        prop_oneof![
            1 => items.clone().prop_map(|items| at_no_place(PatternNode::Array(items))),
            2 => items.prop_map(|items| at_no_place(PatternNode::Unordered(items))),
            2 => (vec((select(vec!["a", "b", "1", "${x}", "${y}"]), inner.clone()), 0..3), any::<bool>())
                .prop_map(|(members, open)| {
                    let mut distinct: Vec<(&str, Pattern)> = Vec::new();
                    for (key, member) in members {
                        if distinct.iter().all(|(other, _)| *other != key) {
                            distinct.push((key, member));
                        }
                    }
                    let members = distinct.into_iter().map(|(key, member)| (text(key), member)).collect();
                    at_no_place(PatternNode::Object(ObjectPattern { members, open }))
                }),
            1 => vec(inner, 2..4).prop_map(one_of),
        ]
    })
}

fn rest() -> impl Strategy<Value = Option<Rest>> + Clone {
    select(vec![None, Some(None), Some(Some(0)), Some(Some(1))])
        .prop_map(|rest| rest.map(|count| Rest { count }))
}

/// The branches that the reference can compare: they hold the same variables, as lint asks for, bind all that
/// stand in their own text, and have none in a key.
fn one_of(branches: Vec<Pattern>) -> Pattern {
    let first = branches[0].clone();
    let variables = reference::variables(&first);
    let mut flat = Vec::new();
    for branch in branches {
        let is_bound = reference::text_variables(&branch).is_subset(&variables);
        let is_alike = reference::variables(&branch) == variables && is_bound;
        if reference::has_variable_key(&branch) || !is_alike {
            continue;
        }
        match branch.node {
            PatternNode::OneOf(inner) => flat.extend(inner),
            node => flat.push(at_no_place(node)),
        }
    }
    if flat.len() < 2 {
        first
    } else {
        at_no_place(PatternNode::OneOf(flat))
    }
}

/// Decisions that proptest makes and shrinks: none left means the plainest.
#[derive(Debug, Clone)]
pub(super) struct Tape(std::vec::IntoIter<u8>);

impl Tape {
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % end.max(1)
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, at - self.below(at + 1));
        }
    }
}

pub(super) fn tape() -> impl Strategy<Value = Tape> {
    vec(any::<u8>(), 0..64).prop_map(|decisions| Tape(decisions.into_iter()))
}

/// A pattern that the value must match: parts of it are made holes or variables, left out where others are allowed, and
/// put in another order where order does not count. Equal parts get the same variable.
pub(super) fn derive(value: &Json, tape: &mut Tape) -> Pattern {
    match tape.below(8) {
        1 => return at_no_place(PatternNode::Hole(Hole::Any)),
        2 => return at_no_place(variable(&format!("v_{}", reference::canonical(value)))),
        3 => {
            let other = at_no_place(PatternNode::Null);
            return at_no_place(PatternNode::OneOf(vec![other, literal(value)]));
        }
        _ => {}
    }
    match value {
        Json::Array(items) => at_no_place(derive_array(items, tape)),
        Json::Object(members) => {
            let mut all: Vec<_> = members
                .iter()
                .map(|(key, value)| (plain_text(key), derive(value, tape)))
                .collect();
            tape.shuffle(&mut all);
            let open = tape.below(2) == 1;
            if open {
                all.truncate(members.len() - tape.below(members.len() + 1));
            }
            at_no_place(PatternNode::Object(ObjectPattern { members: all, open }))
        }
        _ => literal(value),
    }
}

fn derive_array(values: &[Json], tape: &mut Tape) -> PatternNode {
    let mut items: Vec<Pattern> = values.iter().map(|value| derive(value, tape)).collect();
    let is_unordered = tape.below(2) == 1;
    if is_unordered {
        tape.shuffle(&mut items);
    }
    let left_out = tape.below(values.len() + 1);
    let rest = match tape.below(3) {
        1 => Some(Rest { count: None }),
        2 => Some(Rest {
            count: Some(left_out as u64),
        }),
        _ => None,
    };
    let mut after = Vec::new();
    if rest.is_some() {
        let at = tape.below(values.len() - left_out + 1);
        after = items.split_off(at).split_off(left_out);
    }
    let items = ArrayPattern {
        before: items,
        rest,
        after,
    };
    if is_unordered {
        PatternNode::Unordered(items)
    } else {
        PatternNode::Array(items)
    }
}

/// The value with one place changed; never an equal value.
pub(super) fn mutate(value: &Json, tape: &mut Tape) -> Json {
    let deeper = tape.below(4) > 0;
    match value {
        Json::Array(items) if !items.is_empty() && deeper => {
            let mut items = items.clone();
            let at = tape.below(items.len());
            match tape.below(4) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, items[at].clone()),
                _ => items[at] = mutate(&items[at], tape),
            }
            Json::Array(items)
        }
        Json::Object(members) if !members.is_empty() && deeper => {
            let mut members = members.clone();
            let at = tape.below(members.len());
            let (key, member) = members
                .iter()
                .nth(at)
                .map(|(k, v)| (k.clone(), v.clone()))
                .unwrap();
            match tape.below(4) {
                0 => drop(members.remove(&key)),
                1 => {
                    members.remove(&key);
                    members.insert(format!("{key}'"), member);
                    // A key that was there already leaves one member less: different all the same.
                }
                2 => drop(members.insert(format!("{key}+"), Json::Null)),
                _ => drop(members.insert(key, mutate(&member, tape))),
            }
            if Json::Object(members.clone()) == *value {
                members.clear();
            }
            Json::Object(members)
        }
        Json::Null => json!([false, 0, "", [], {}, "null"])[tape.below(6)].clone(),
        Json::Bool(boolean) => json!([!boolean, null, boolean.to_string()])[tape.below(3)].clone(),
        Json::Number(number) => near_number(number, tape),
        Json::String(string) => match tape.below(3) {
            0 => Json::from(format!("{string} ")),
            1 => json!([string]),
            _ => Json::Null,
        },
        Json::Array(items) => match tape.below(2) {
            0 => json!({"0": items}),
            _ => json!([value]),
        },
        Json::Object(_) => json!([value]),
    }
}

fn near_number(number: &serde_json::Number, tape: &mut Tape) -> Json {
    match tape.below(3) {
        0 => Json::from(number.to_string()),
        1 => match (number.as_i64(), number.as_u64()) {
            (Some(i64::MAX), _) => json!(9_223_372_036_854_775_808_u64),
            (Some(whole), _) => Json::from(whole + 1),
            (None, Some(whole)) => Json::from(whole - 1),
            (None, None) => json!(number.as_f64().unwrap() + 0.125),
        },
        _ => Json::Null,
    }
}
