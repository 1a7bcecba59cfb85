//! The meaning of patterns again, as plainly as can be and at any cost: every assignment of parts of the value to the
//! variables is tried, and every order of unordered items.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::notation::ast::{
    ArrayPattern, Hole, ObjectPattern, Pattern, PatternNode, Text, TextPart,
};

/// A solution: what each variable holds, in a form that is the same for equal values.
pub(super) type Solution = BTreeMap<String, String>;

/// Equal values, and no others, give equal strings.
pub(super) fn canonical(value: &Json) -> String {
    match value {
        Json::Number(number) => match number.as_f64() {
            // Whole, and small enough in these tests to be a double exactly.
            Some(double) if double.fract() == 0.0 => format!("{double:.0}").replace("-0", "0"),
            _ => number.to_string(),
        },
        Json::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(canonical).collect::<Vec<_>>().join(",")
            )
        }
        Json::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let members = sorted
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{}", canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        _ => value.to_string(),
    }
}

/// All solutions. Every branch of a choice must hold the same variables, and bind those in its text.
pub(super) fn solutions(pattern: &Pattern, value: &Json) -> BTreeSet<Solution> {
    let binding = variables(pattern);
    if !text_variables(pattern).is_subset(&binding) || bindable(pattern) != binding {
        return BTreeSet::new();
    }
    let mut parts = BTreeMap::new();
    collect_parts(value, &mut parts);
    let mut found = BTreeSet::new();
    let mut assignment = BTreeMap::new();
    assign(
        &binding.into_iter().collect::<Vec<_>>(),
        &parts,
        &mut assignment,
        &mut |assignment| {
            if holds(pattern, value, assignment) {
                found.insert(
                    assignment
                        .iter()
                        .map(|(name, part)| (name.clone(), canonical(part)))
                        .collect(),
                );
            }
        },
    );
    found
}

/// The variables that stand for values, and so can be bound.
pub(super) fn variables(pattern: &Pattern) -> BTreeSet<String> {
    match &pattern.node {
        PatternNode::Variable(variable) => BTreeSet::from([variable.node.clone()]),
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            all_items(items).flat_map(variables).collect()
        }
        PatternNode::Object(object) => object
            .members
            .iter()
            .flat_map(|(_, member)| variables(member))
            .collect(),
        PatternNode::OneOf(branches) => branches.iter().flat_map(variables).collect(),
        _ => BTreeSet::new(),
    }
}

/// The variables that can be bound one after the other: a member is out of reach until the variables in its key are bound.
fn bindable(pattern: &Pattern) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    loop {
        let mut more = known.clone();
        collect_reachable(pattern, &known, &mut more);
        if more == known {
            return known;
        }
        known = more;
    }
}

fn collect_reachable(pattern: &Pattern, known: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    match &pattern.node {
        PatternNode::Variable(variable) => drop(found.insert(variable.node.clone())),
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            all_items(items).for_each(|item| collect_reachable(item, known, found));
        }
        PatternNode::Object(object) => {
            for (key, member) in &object.members {
                if names(key).all(|name| known.contains(name)) {
                    collect_reachable(member, known, found);
                }
            }
        }
        PatternNode::OneOf(branches) => {
            branches
                .iter()
                .for_each(|branch| collect_reachable(branch, known, found));
        }
        _ => {}
    }
}

fn names(text: &Text) -> impl Iterator<Item = &String> {
    text.parts.iter().filter_map(|part| match part {
        TextPart::Variable(variable) => Some(&variable.node),
        TextPart::Literal(_) => None,
    })
}

/// Whether a key in the pattern holds a variable.
pub(super) fn has_variable_key(pattern: &Pattern) -> bool {
    match &pattern.node {
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            all_items(items).any(has_variable_key)
        }
        PatternNode::Object(object) => object
            .members
            .iter()
            .any(|(key, member)| names(key).next().is_some() || has_variable_key(member)),
        PatternNode::OneOf(branches) => branches.iter().any(has_variable_key),
        _ => false,
    }
}

fn all_items(items: &ArrayPattern) -> impl Iterator<Item = &Pattern> {
    items.before.iter().chain(&items.after)
}

/// The variables that stand in text, which does not bind them.
pub(super) fn text_variables(pattern: &Pattern) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_text_variables(pattern, &mut found);
    found
}

fn collect_text_variables(pattern: &Pattern, found: &mut BTreeSet<String>) {
    let mut collect = |text: &Text| found.extend(names(text).cloned());
    match &pattern.node {
        PatternNode::String(text) => collect(text),
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            all_items(items).for_each(|item| collect_text_variables(item, found));
        }
        PatternNode::Object(object) => {
            object.members.iter().for_each(|(key, _)| collect(key));
            object
                .members
                .iter()
                .for_each(|(_, member)| collect_text_variables(member, found));
        }
        PatternNode::OneOf(branches) => {
            branches
                .iter()
                .for_each(|branch| collect_text_variables(branch, found));
        }
        _ => {}
    }
}

fn collect_parts<'v>(value: &'v Json, parts: &mut BTreeMap<String, &'v Json>) {
    parts.insert(canonical(value), value);
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect_parts(item, parts)),
        Json::Object(members) => members
            .values()
            .for_each(|member| collect_parts(member, parts)),
        _ => {}
    }
}

type Assignment<'v> = BTreeMap<String, &'v Json>;

fn assign<'v>(
    names: &[String],
    parts: &BTreeMap<String, &'v Json>,
    assignment: &mut Assignment<'v>,
    each: &mut dyn FnMut(&Assignment<'v>),
) {
    let Some((name, others)) = names.split_first() else {
        return each(assignment);
    };
    for part in parts.values() {
        assignment.insert(name.clone(), part);
        assign(others, parts, assignment, each);
    }
}

fn holds(pattern: &Pattern, value: &Json, assignment: &Assignment<'_>) -> bool {
    let equals = |expected: &Json| canonical(expected) == canonical(value);
    match &pattern.node {
        PatternNode::Null => value.is_null(),
        PatternNode::Bool(boolean) => equals(&Json::Bool(*boolean)),
        PatternNode::Number(number) => equals(&Json::Number(number.clone())),
        PatternNode::String(text) => equals(&Json::String(resolve(text, assignment))),
        PatternNode::Variable(variable) => equals(assignment[&variable.node]),
        PatternNode::Hole(Hole::Any) => true,
        PatternNode::Hole(Hole::String) => value.is_string(),
        PatternNode::Hole(Hole::Number) => value.is_number(),
        PatternNode::Array(items) => value.as_array().is_some_and(|values| {
            let (before, after) = (items.before.len(), items.after.len());
            has_room(items, values.len())
                && items
                    .before
                    .iter()
                    .zip(values)
                    .all(|(item, value)| holds(item, value, assignment))
                && (0..after).all(|at| {
                    let value = &values[values.len() - after + at];
                    before + after <= values.len() && holds(&items.after[at], value, assignment)
                })
        }),
        PatternNode::Unordered(items) => value.as_array().is_some_and(|values| {
            let patterns: Vec<_> = all_items(items).collect();
            has_room(items, values.len())
                && some_order(&patterns, &values.iter().collect::<Vec<_>>(), assignment)
        }),
        PatternNode::Object(object) => object_holds(object, value, assignment),
        PatternNode::OneOf(branches) => branches
            .iter()
            .any(|branch| holds(branch, value, assignment)),
        other => panic!("the reference does not know {other:?}"),
    }
}

fn has_room(items: &ArrayPattern, values: usize) -> bool {
    let others = values as i64 - all_items(items).count() as i64;
    match &items.rest {
        None => others == 0,
        Some(rest) => others >= 0 && rest.count.is_none_or(|count| count as i64 == others),
    }
}

fn some_order(items: &[&Pattern], values: &[&Json], assignment: &Assignment<'_>) -> bool {
    let Some((item, items)) = items.split_first() else {
        return true;
    };
    (0..values.len()).any(|at| {
        let mut others = values.to_vec();
        let value = others.remove(at);
        holds(item, value, assignment) && some_order(items, &others, assignment)
    })
}

fn object_holds(object: &ObjectPattern, value: &Json, assignment: &Assignment<'_>) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let keys: Vec<String> = object
        .members
        .iter()
        .map(|(key, _)| resolve(key, assignment))
        .collect();
    let distinct: BTreeSet<_> = keys.iter().collect();
    distinct.len() == keys.len()
        && (object.open || keys.len() == members.len())
        && keys.iter().zip(&object.members).all(|(key, (_, member))| {
            members
                .get(key)
                .is_some_and(|value| holds(member, value, assignment))
        })
}

fn resolve(text: &Text, assignment: &Assignment<'_>) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            TextPart::Literal(literal) => literal.clone(),
            TextPart::Variable(variable) => match assignment[&variable.node] {
                Json::String(string) => string.clone(),
                other => canonical(other),
            },
        })
        .collect()
}
