//! Which bindings a search finds, in which order of which parts, and with how much work.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::build::{bound, pattern};
use crate::notation::matching::{SearchLimit, matches, solutions};
use crate::notation::value::{Bindings, Value};

/// All solutions, each as JSON.
fn all(source: &Json, value: &Json) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let accepted = solutions(&pattern(source), value, &Bindings::new(), &mut |bindings| {
        all.insert(shown(bindings).to_string());
        false
    });
    assert_eq!(accepted, Ok(false));
    all
}

fn shown(bindings: &Bindings) -> Json {
    let members = bindings.iter().map(|(name, value)| match value {
        Value::Json(json) => (name.clone(), json.clone()),
        Value::Bytes(bytes) => panic!("{name} holds {bytes:?}"),
    });
    Json::Object(members.collect())
}

fn set<const N: usize>(solutions: [Json; N]) -> BTreeSet<String> {
    solutions.iter().map(Json::to_string).collect()
}

#[test]
fn a_variable_binds_where_it_is_met_and_is_compared_elsewhere() {
    let both = json!({"a": "$x", "b": {"c": ["$x", "..."]}});
    assert_eq!(
        all(&both, &json!({"a": [1], "b": {"c": [[1.0], 2]}})),
        set([json!({"x": [1]})])
    );
    assert_eq!(
        all(&both, &json!({"a": [1], "b": {"c": [[2], 2]}})),
        set([])
    );
}

#[test]
fn what_was_bound_before_is_kept_and_compared() {
    let source = pattern(&json!({"id": "$id", "from": "$alice"}));
    let before = bound(&json!({"alice": "mira"}));
    let found = matches(&source, &json!({"from": "mira", "id": 7}), &before)
        .unwrap()
        .unwrap();
    assert_eq!(shown(&found), json!({"alice": "mira", "id": 7}));
    assert_eq!(
        matches(&source, &json!({"from": "tomas", "id": 7}), &before),
        Ok(None)
    );
}

#[test]
fn text_waits_for_a_variable_that_is_bound_after_it() {
    let source = json!({"greeting": "hello ${name}", "nested": {"${name}": true}, "name": "$name"});
    let value = |greeting: &str, key: &str| json!({"greeting": greeting, "nested": {key: true}, "name": "mira"});
    assert_eq!(
        all(&source, &value("hello mira", "mira")),
        set([json!({"name": "mira"})])
    );
    assert_eq!(all(&source, &value("hello tomas", "mira")), set([]));
    assert_eq!(all(&source, &value("hello mira", "tomas")), set([]));
}

#[test]
fn a_key_may_wait_for_another_member_of_its_object() {
    let source = json!({"${next}": "$value", "first": "$next", "...": 0});
    let value = json!({"first": "second", "second": 2, "third": 3});
    assert_eq!(
        all(&source, &value),
        set([json!({"next": "second", "value": 2})])
    );
    let chain = json!({"${a}": "$b", "${b}": "$c", "start": "$a"});
    let value = json!({"start": "one", "one": "two", "two": 3});
    assert_eq!(
        all(&chain, &value),
        set([json!({"a": "one", "b": "two", "c": 3})])
    );
}

#[test]
fn text_whose_variable_is_never_bound_does_not_match() {
    assert_eq!(all(&json!("${x}"), &json!("anything")), set([]));
    assert_eq!(all(&json!({"${x}": 1}), &json!({"a": 1})), set([]));
    assert_eq!(all(&json!({"${x}": "$x"}), &json!({"a": "a"})), set([]));
}

#[test]
fn two_keys_never_stand_for_one_member() {
    let source = json!({"a": 1, "${x}": 1, "k": "$x", "...": 0});
    assert_eq!(all(&source, &json!({"a": 1, "b": 1, "k": "a"})), set([]));
    assert_eq!(
        all(&source, &json!({"a": 1, "b": 1, "k": "b"})),
        set([json!({"x": "b"})])
    );
}

#[test]
fn an_unordered_item_is_given_back_when_another_needs_it() {
    // The first item matches both values; only the second order lets the other match too.
    let source =
        json!({"@unordered": [{"id": "$any", "...": 0}, {"id": "$admin", "role": "admin"}]});
    let value = json!([{"id": 1, "role": "admin"}, {"id": 2, "role": "guest"}]);
    assert_eq!(all(&source, &value), set([json!({"admin": 1, "any": 2})]));
}

#[test]
fn a_choice_deep_inside_is_taken_back_for_what_follows() {
    let source = json!({"users": {"@unordered": ["$x", "..."]}, "owner": {"@unordered": [{"of": "$x"}, "..."]}});
    let value = json!({"users": [1, 2, 3], "owner": [{"of": 9}, {"of": 3}]});
    assert_eq!(all(&source, &value), set([json!({"x": 3})]));
}

#[test]
fn every_way_is_found_and_equal_values_give_one() {
    let source = json!({"@unordered": ["$x", "$y"]});
    assert_eq!(
        all(&source, &json!([1, 2])),
        set([json!({"x": 1, "y": 2}), json!({"x": 2, "y": 1})])
    );
    assert_eq!(all(&source, &json!([1, 1])), set([json!({"x": 1, "y": 1})]));
    assert_eq!(
        all(&json!({"@unordered": ["$x", "$x"]}), &json!([1, 2])),
        set([])
    );
}

#[test]
fn a_branch_that_fails_leaves_no_binding() {
    let source = json!({"@or": [{"a": "$x", "b": 1}, {"a": "$y", "b": 2}]});
    assert_eq!(
        all(&source, &json!({"a": "s", "b": 2})),
        set([json!({"y": "s"})])
    );
    let nested = json!([{"@or": [["$x"], {"@unordered": ["$x", "..."]}]}, "$x"]);
    assert_eq!(all(&nested, &json!([[1, 2], 2])), set([json!({"x": 2})]));
}

#[test]
fn the_search_stops_when_a_solution_is_accepted() {
    let mut seen = 0;
    let source = pattern(&json!({"@unordered": ["$x", "..."]}));
    let accepted = solutions(
        &source,
        &json!([1, 2, 3]),
        &Bindings::new(),
        &mut |bindings| {
            seen += 1;
            bindings["x"] == Value::Json(json!(2))
        },
    );
    assert_eq!((accepted, seen), (Ok(true), 2));
}

/// Whether each pattern can have a message of its own, as `in any order` asks.
fn in_any_order(patterns: &[Json], messages: &[Json], bindings: &Bindings) -> Option<Bindings> {
    let Some((first, others)) = patterns.split_first() else {
        return Some(bindings.clone());
    };
    let mut found = None;
    for at in 0..messages.len() {
        let mut left = messages.to_vec();
        let message = left.remove(at);
        let accepted = solutions(&pattern(first), &message, bindings, &mut |bindings| {
            found = in_any_order(others, &left, bindings);
            found.is_some()
        });
        if accepted == Ok(true) {
            break;
        }
    }
    found
}

#[test]
fn solutions_compose_over_several_messages() {
    let patterns = [
        json!({"users": {"@unordered": ["$x", "..."]}}),
        json!({"left": "$x"}),
        json!({"left": {"@hole": "any"}}),
    ];
    let messages = [
        json!({"left": 3}),
        json!({"left": 2}),
        json!({"users": [1, 2]}),
    ];
    let found = in_any_order(&patterns, &messages, &Bindings::new()).unwrap();
    assert_eq!(shown(&found), json!({"x": 2}));
    assert_eq!(
        in_any_order(&patterns, &messages[1..], &Bindings::new()),
        None
    );
}

/// The numbers below 1,000 in an order that is far from theirs.
fn scattered() -> impl Iterator<Item = u64> {
    (0..1000).map(|n| n * 617 % 1000)
}

#[test]
fn a_thousand_unordered_literals_are_matched_and_told_apart() {
    let items: Vec<Json> = (0..1000)
        .map(|n| json!({"id": n, "tags": [n, "t"]}))
        .collect();
    let source = pattern(&json!({"@unordered": items}));
    let mut values: Vec<Json> = scattered()
        .map(|n| json!({"tags": [n, "t"], "id": n as f64}))
        .collect();
    assert!(
        matches(&source, &json!(values), &Bindings::new())
            .unwrap()
            .is_some()
    );
    values[500] = values[501].clone();
    assert_eq!(matches(&source, &json!(values), &Bindings::new()), Ok(None));
}

#[test]
fn a_thousand_open_items_with_a_variable_among_them_are_matched() {
    let mut items: Vec<Json> = (0..999).map(|n| json!({"id": n, "...": 0})).collect();
    items.insert(300, json!({"id": "$last", "name": "z", "...": 0}));
    let source = pattern(&json!({"@unordered": items}));
    let name = |n: u64| if n >= 990 { "z" } else { "a" };
    let values: Vec<Json> = scattered()
        .map(|n| json!({"id": n, "name": name(n)}))
        .collect();
    let found = matches(&source, &json!(values), &Bindings::new())
        .unwrap()
        .unwrap();
    assert_eq!(shown(&found), json!({"last": 999}));
}

#[test]
fn a_thousand_items_that_all_match_but_one_are_refused() {
    let source = pattern(&json!({"@unordered": vec![json!({"@hole": "integer"}); 1000]}));
    let mut values: Vec<Json> = (0..1000).map(|n| json!(n)).collect();
    assert!(
        matches(&source, &json!(values), &Bindings::new())
            .unwrap()
            .is_some()
    );
    values[999] = json!("odd one out");
    assert_eq!(matches(&source, &json!(values), &Bindings::new()), Ok(None));
}

#[test]
fn a_search_in_too_many_ways_is_given_up_and_says_so() {
    // A circle of odd length, sought among the edges of a graph that has only even ones.
    let length = 15;
    let mut items: Vec<Json> = (0..length)
        .map(|n| json!([format!("$v{n}"), format!("$v{}", (n + 1) % length)]))
        .collect();
    items.push(json!("..."));
    let mut edges = Vec::new();
    for left in 0..8 {
        for right in 8..16 {
            edges.extend([json!([left, right]), json!([right, left])]);
        }
    }
    let source = pattern(&json!({"@unordered": items}));
    assert_eq!(
        matches(&source, &json!(edges), &Bindings::new()),
        Err(SearchLimit)
    );
    insta::assert_snapshot!(SearchLimit, @"this pattern can match in too many ways: the search was given up after 10000000 steps. Bind its variables on an earlier line, or name more members in its `unordered` items");
}
