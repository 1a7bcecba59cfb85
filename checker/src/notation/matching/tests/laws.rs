//! The laws of matching.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use super::build::literal;
use super::generate::{Tape, derive, json, mutate, tape, tiny_json, tiny_pattern};
use super::reference::{self, Solution};
use crate::notation::ast::{Pattern, PatternNode};
use crate::notation::json as compared;
use crate::notation::matching::{MismatchKind, Path, Step, explain, locate, matches, solutions};
use crate::notation::value::{Bindings, Value};

fn found(pattern: &Pattern, value: &Json) -> BTreeSet<Solution> {
    let mut found = BTreeSet::new();
    let accepted = solutions(pattern, value, &Bindings::new(), &mut |bindings| {
        let held = bindings.iter().map(|(name, value)| match value {
            Value::Json(value) => (name.clone(), reference::canonical(value)),
            Value::Bytes(_) => panic!("JSON never binds bytes"),
        });
        found.insert(held.collect());
        false
    });
    assert_eq!(accepted, Ok(false));
    found
}

/// The same pattern, with all that has no order in another order.
fn reorder_pattern(pattern: &mut Pattern, tape: &mut Tape) {
    match &mut pattern.node {
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            items
                .before
                .iter_mut()
                .chain(&mut items.after)
                .for_each(|item| reorder_pattern(item, tape));
        }
        PatternNode::Object(object) => {
            object
                .members
                .iter_mut()
                .for_each(|(_, member)| reorder_pattern(member, tape));
            tape.shuffle(&mut object.members);
        }
        PatternNode::OneOf(branches) => {
            branches
                .iter_mut()
                .for_each(|branch| reorder_pattern(branch, tape));
            tape.shuffle(branches);
        }
        _ => {}
    }
    if let PatternNode::Unordered(items) = &mut pattern.node {
        let mut all: Vec<_> = items
            .before
            .drain(..)
            .chain(items.after.drain(..))
            .collect();
        tape.shuffle(&mut all);
        items.before = all;
    }
}

/// The same value, with its members in another order.
fn reorder_value(value: &Json, tape: &mut Tape) -> Json {
    match value {
        Json::Array(items) => items.iter().map(|item| reorder_value(item, tape)).collect(),
        Json::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| (key.clone(), reorder_value(value, tape)))
                .collect();
            tape.shuffle(&mut members);
            Json::Object(members.into_iter().collect::<Map<_, _>>())
        }
        _ => value.clone(),
    }
}

fn at<'v>(value: &'v Json, path: &[Step]) -> Option<&'v Json> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Member(key) => value.get(key),
        Step::Item(index) => value.get(index),
    })
}

fn check_explanation(pattern: &Pattern, value: &Json) -> Result<(), TestCaseError> {
    let does_match = matches(pattern, value, &Bindings::new()).unwrap().is_some();
    let Some(mismatch) = explain(pattern, value, &Bindings::new()) else {
        prop_assert!(does_match, "what does not match is explained");
        return Ok(());
    };
    prop_assert!(
        !does_match,
        "what matches needs no explanation: {}",
        mismatch
    );
    let path = &mismatch.path;
    let raw = value.to_string();
    let range = mismatch.locate(&raw);
    prop_assert!(range.is_some(), "{} is in {}", path, raw);
    let marked = &raw[range.unwrap()];
    match mismatch.kind {
        MismatchKind::Different => {
            let there = at(value, &path.0).map(Json::to_string);
            prop_assert_eq!(Some(marked), there.as_deref());
        }
        MismatchKind::Missing => {
            prop_assert!(at(value, &path.0).is_none());
            let (_, parent) = path.0.split_last().unwrap();
            prop_assert!(at(value, parent).is_some_and(Json::is_object));
            prop_assert_eq!(marked, "}");
        }
        MismatchKind::Unexpected => {
            let member = at(value, &path.0).map(Json::to_string).unwrap();
            prop_assert!(
                marked.starts_with('"') && marked.ends_with(&member),
                "{}",
                marked
            );
        }
    }
    Ok(())
}

/// The paths of all places in a value.
fn paths(value: &Json) -> Vec<Path> {
    let mut all = vec![Path::default()];
    let children: Vec<(Step, &Json)> = match value {
        Json::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (Step::Item(at), item))
            .collect(),
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| (Step::Member(key.clone()), member))
            .collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        for mut path in paths(child) {
            path.0.insert(0, step.clone());
            all.push(path);
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_value_matches_itself_in_any_order_of_members(value in json(), mut tape in tape()) {
        let reordered = reorder_value(&value, &mut tape);
        prop_assert_eq!(matches(&literal(&value), &reordered, &Bindings::new()), Ok(Some(Bindings::new())));
    }

    #[test]
    fn a_value_matches_none_that_differs_in_one_place(value in json(), mut tape in tape()) {
        let other = mutate(&value, &mut tape);
        prop_assert_eq!(matches(&literal(&value), &other, &Bindings::new()), Ok(None));
        prop_assert_eq!(matches(&literal(&other), &value, &Bindings::new()), Ok(None));
        check_explanation(&literal(&value), &other)?;
    }

    #[test]
    fn equal_values_and_no_others_match_each_other(a in tiny_json(), b in tiny_json()) {
        let is_equal = reference::canonical(&a) == reference::canonical(&b);
        prop_assert_eq!(matches(&literal(&a), &b, &Bindings::new()).unwrap().is_some(), is_equal);
        prop_assert_eq!(compared::equal(&a, &b), is_equal);
        prop_assert_eq!(compared::canonical(&a) == compared::canonical(&b), is_equal);
        if is_equal {
            prop_assert_eq!(compared::fingerprint(&a), compared::fingerprint(&b));
        }
    }

    #[test]
    fn nothing_is_greedy(value in json(), mut tape in tape()) {
        let pattern = derive(&value, &mut tape);
        prop_assert!(matches(&pattern, &value, &Bindings::new()).unwrap().is_some(), "{:?}", pattern);
        check_explanation(&pattern, &value)?;
        check_explanation(&pattern, &mutate(&value, &mut tape))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn exactly_the_solutions_of_the_reference_are_found(
        pattern in tiny_pattern(),
        value in tiny_json(),
        mut tape in tape(),
    ) {
        let expected = reference::solutions(&pattern, &value);
        prop_assert_eq!(found(&pattern, &value), expected.clone());
        let mut reordered = pattern.clone();
        reorder_pattern(&mut reordered, &mut tape);
        prop_assert_eq!(found(&reordered, &reorder_value(&value, &mut tape)), expected);
        check_explanation(&pattern, &value)?;
    }

    /// As above, but with patterns that are sure to match in some way.
    #[test]
    fn a_derived_pattern_has_the_solutions_of_the_reference(value in tiny_json(), mut tape in tape()) {
        let pattern = derive(&value, &mut tape);
        // The reference tries all parts of the value for each variable.
        prop_assume!(reference::variables(&pattern).len() <= 3);
        let expected = reference::solutions(&pattern, &value);
        prop_assert!(!expected.is_empty());
        prop_assert_eq!(found(&pattern, &value), expected);
    }

    #[test]
    fn every_place_is_located_in_the_text(value in json(), is_pretty in any::<bool>()) {
        let raw = if is_pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        for path in paths(&value) {
            let range = locate(&raw, &path).unwrap();
            let located: Json = serde_json::from_str(&raw[range]).unwrap();
            prop_assert_eq!(Some(&located), at(&value, &path.0));
        }
    }

    #[test]
    fn locating_in_what_is_no_json_never_panics(raw in "[\\[\\]{}\",:\\\\a0é ]{0,12}", step in 0_usize..2) {
        let _ = locate(&raw, &Path(vec![Step::Member("a".into()); step]));
        let _ = locate(&raw, &Path(vec![Step::Item(step)]));
    }
}
