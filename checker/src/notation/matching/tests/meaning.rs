//! What each pattern admits and what it does not.

use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::build::{bound, pattern};
use crate::notation::matching::matches;
use crate::notation::value::{Bindings, Value};

/// Parsed, so that numbers are what a message would give.
fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

#[track_caller]
fn admits(pattern: &Json, yes: &[Json], no: &[Json]) {
    admits_given(pattern, &Bindings::new(), yes, no);
}

#[track_caller]
fn admits_given(source: &Json, bindings: &Bindings, yes: &[Json], no: &[Json]) {
    let pattern = pattern(source);
    for value in yes {
        assert!(
            matches(&pattern, value, bindings).unwrap().is_some(),
            "{source} admits {value}"
        );
    }
    for value in no {
        assert_eq!(
            matches(&pattern, value, bindings),
            Ok(None),
            "{source} does not admit {value}"
        );
    }
}

fn hole(name: &str) -> Json {
    json!({"@hole": name})
}

#[test]
fn numbers_are_compared_by_value() {
    let one = [
        json!(1),
        json!(1.0),
        parsed("1e0"),
        parsed("10e-1"),
        json!(1_u64),
    ];
    for number in &one {
        admits(
            number,
            &one,
            &[json!(1.5), json!(-1), json!(true), json!("1"), json!([1])],
        );
    }
    admits(
        &json!(0),
        &[json!(0), json!(-0.0)],
        &[json!(0.1), json!(null), json!(false)],
    );
}

#[test]
fn big_integers_are_told_apart() {
    let at = 9_007_199_254_740_992_u64;
    admits(
        &json!(at + 1),
        &[json!(at + 1)],
        &[json!(at), json!(at as f64), json!(at + 2)],
    );
    admits(&json!(at), &[json!(at), json!(at as f64)], &[json!(at + 1)]);
    admits(
        &json!(u64::MAX),
        &[json!(u64::MAX)],
        &[json!(u64::MAX - 1), parsed("18446744073709551616")],
    );
    admits(
        &json!(i64::MIN),
        &[json!(i64::MIN), json!(i64::MIN as f64)],
        &[json!(i64::MIN + 1)],
    );
    admits(
        &parsed("1e300"),
        &[parsed("1e300"), parsed("10e299")],
        &[parsed("1e301"), json!(u64::MAX)],
    );
    admits(
        &parsed("-1e300"),
        &[parsed("-1e300")],
        &[json!(i64::MIN), parsed("1e300")],
    );
}

#[test]
fn fractions_are_told_apart_to_the_last_bit() {
    admits(
        &parsed("31.245270191439438"),
        &[parsed("31.245270191439438"), parsed("3.1245270191439438e1")],
        &[parsed("31.24527019143944"), parsed("31.245270191439434")],
    );
}

#[test]
fn objects_are_closed_unless_they_say_otherwise() {
    let closed = json!({"a": 1, "b": [2]});
    admits(
        &closed,
        &[json!({"a": 1, "b": [2]}), json!({"b": [2.0], "a": 1})],
        &[
            json!({"a": 1}),
            json!({"a": 1, "b": [2], "c": 3}),
            json!({"a": 1, "b": [2, 3]}),
            json!([]),
        ],
    );
    admits(
        &json!({"a": 1, "...": 0}),
        &[json!({"a": 1}), json!({"b": 2, "a": 1})],
        &[json!({}), json!({"a": 2}), json!(["a", 1])],
    );
    admits(&json!({}), &[json!({})], &[json!({"a": null}), json!([])]);
    admits(
        &json!({"...": 0}),
        &[json!({}), json!({"a": 1})],
        &[json!([]), json!(null)],
    );
}

#[test]
fn a_rest_stands_for_any_number_or_exactly_so_many() {
    let any = json!([1, "...", 3]);
    admits(
        &any,
        &[json!([1, 3]), json!([1, 2, 3]), json!([1, 3, 1, 3])],
        &[
            json!([1]),
            json!([3]),
            json!([1, 2]),
            json!([3, 1]),
            json!([1, 3, 2]),
        ],
    );
    // The item before `...` and the one after it are never the same.
    admits(
        &json!([1, "...", 1]),
        &[json!([1, 1]), json!([1, 2, 1])],
        &[json!([1])],
    );
    admits(
        &json!([1, "... x2", 3]),
        &[json!([1, 9, 9, 3])],
        &[json!([1, 3]), json!([1, 9, 3]), json!([1, 9, 9, 9, 3])],
    );
    admits(&json!(["..."]), &[json!([]), json!([1])], &[json!({})]);
    admits(&json!(["... x0"]), &[json!([])], &[json!([1])]);
    admits(&json!(["... x18446744073709551615"]), &[], &[json!([])]);
}

#[test]
fn unordered_items_are_matched_in_any_order_each_once() {
    let two = json!({"@unordered": [1, {"@hole": "number"}]});
    admits(
        &two,
        &[json!([1, 2]), json!([2, 1]), json!([1, 1])],
        &[
            json!([1]),
            json!([2, 2]),
            json!([1, 2, 3]),
            json!([]),
            json!({}),
        ],
    );
    admits(
        &json!({"@unordered": [{"a": 1, "...": 0}, {"b": 1, "...": 0}, "..."]}),
        &[
            json!([{"b": 1}, 0, {"a": 1}]),
            json!([{"a": 1, "b": 1}, {"a": 1}]),
        ],
        &[json!([{"a": 1, "b": 1}]), json!([{"a": 1}, {"a": 1}])],
    );
    admits(
        &json!({"@unordered": ["... x1", 1]}),
        &[json!([1, 1]), json!([5, 1])],
        &[json!([1]), json!([5, 5]), json!([1, 2, 3])],
    );
}

#[test]
fn ranges_include_both_ends_and_fractions() {
    admits(
        &json!({"@range": [1, 100]}),
        &[json!(1), json!(100), json!(1.0), json!(33.333)],
        &[json!(0.999), json!(100.001), json!("50"), json!(null)],
    );
    admits(
        &json!({"@range": [-0.5, 0.5]}),
        &[json!(0), json!(-0.5), json!(0.5)],
        &[json!(1), json!(-1)],
    );
    let comparison = |operator: &str| json!({operator: 100});
    admits(
        &comparison("@>"),
        &[json!(100.5), json!(u64::MAX)],
        &[json!(100), json!("101")],
    );
    admits(
        &comparison("@>="),
        &[json!(100), json!(101)],
        &[json!(99.9)],
    );
    admits(
        &comparison("@<"),
        &[json!(99.9), json!(i64::MIN)],
        &[json!(100)],
    );
    admits(&comparison("@<="), &[json!(100.0)], &[json!(100.1)]);
}

#[test]
fn holes_stand_for_values_of_their_kind() {
    let all = [
        json!(null),
        json!(true),
        json!(1),
        json!(1.5),
        json!("s"),
        json!([]),
        json!({}),
    ];
    admits(&hole("any"), &all, &[]);
    let only = |name: &str, indices: &[usize]| {
        let (yes, no): (Vec<_>, Vec<_>) = all
            .iter()
            .enumerate()
            .partition(|(at, _)| indices.contains(at));
        let values = |part: Vec<(usize, &Json)>| {
            part.into_iter().map(|(_, v)| v.clone()).collect::<Vec<_>>()
        };
        admits(&hole(name), &values(yes), &values(no));
    };
    only("boolean", &[1]);
    only("number", &[2, 3]);
    only("integer", &[2]);
    only("string", &[4]);
    admits(
        &hole("integer"),
        &[json!(1.0), json!(-7), json!(u64::MAX), parsed("1e300")],
        &[json!("1")],
    );
}

#[test]
fn a_timestamp_is_that_of_rfc_3339() {
    let yes = [
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1990-12-31T23:59:60Z",
        "1937-01-01T12:00:27.87+00:20",
        "2026-11-23T00:00:00.123456789Z",
    ];
    let no = [
        "",
        "2026-11-23",
        "2026-11-23T10:00:00",
        "2026-13-23T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T10:00Z",
        "2026-11-23T10:00:00+0100",
        "2026-11-23T10:00:00\u{2212}01:00",
        "2026-11-23T10:00:00.Z",
        "26-11-23T10:00:00Z",
        " 2026-11-23T10:00:00Z",
        "1763892000",
    ];
    admits(
        &hole("timestamp"),
        &yes.map(Json::from),
        &no.map(Json::from),
    );
    admits(&hole("timestamp"), &[], &[json!(1_763_892_000)]);
}

#[test]
fn a_uuid_is_that_of_rfc_9562() {
    let yes = [
        "919108f7-52d1-4320-9bac-f847db4148a8",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ];
    let no = [
        "",
        "919108f752d143209bacf847db4148a8",
        "{919108f7-52d1-4320-9bac-f847db4148a8}",
        "919108f7-52d1-4320-9bac-f847db4148a",
        "919108f7-52d1-4320-9bac-f847db4148ag",
        "919108f7-52d1-43209-bac-f847db4148a8",
        "é19108f7-52d1-4320-9bac-f847db4148a",
    ];
    admits(&hole("uuid"), &yes.map(Json::from), &no.map(Json::from));
}

#[test]
fn a_regex_is_unanchored_and_for_strings_only() {
    admits(
        &json!({"@regex": "priv(ate)?"}),
        &[json!("a private message"), json!("priv")],
        &[json!("public"), json!(["private"]), json!(null)],
    );
    admits(
        &json!({"@regex": "^[0-9]+$"}),
        &[json!("12")],
        &[json!("12a"), json!(12)],
    );
}

#[test]
fn a_choice_admits_what_any_of_its_branches_admits() {
    admits(
        &json!({"@or": ["AB", "BA"]}),
        &[json!("AB"), json!("BA")],
        &[json!("ABBA"), json!(null)],
    );
    let nested = json!([{"@or": [1, {"@hole": "string"}]}, {"@or": [null, {"a": 1}]}]);
    admits(
        &nested,
        &[json!([1, null]), json!(["x", {"a": 1}])],
        &[json!([2, null]), json!([1, {}])],
    );
}

#[test]
fn a_bound_variable_admits_what_is_equal_to_it() {
    let bindings = bound(&json!({"x": {"id": 1, "tags": ["a"]}, "n": 5}));
    admits_given(
        &json!("$x"),
        &bindings,
        &[json!({"tags": ["a"], "id": 1.0})],
        &[
            json!({"id": 1}),
            json!({"id": 1, "tags": ["b"]}),
            json!(null),
        ],
    );
    admits_given(
        &json!("$n"),
        &bindings,
        &[json!(5), json!(5.0)],
        &[json!("5"), json!(6)],
    );
}

#[test]
fn a_variable_that_holds_bytes_is_equal_to_no_json() {
    let bindings = Bindings::from([("f".to_owned(), Value::Bytes(Bytes::from_static(b"a")))]);
    admits_given(
        &json!("$f"),
        &bindings,
        &[],
        &[json!("a"), json!([97]), json!(null)],
    );
    admits_given(&json!("${f}"), &bindings, &[], &[json!("a"), json!("${f}")]);
    admits_given(&json!({"${f}": 1}), &bindings, &[], &[json!({"a": 1})]);
}

#[test]
fn variables_in_text_stand_for_what_they_hold() {
    let bindings = bound(&json!({"s": "é", "n": 7, "b": [true]}));
    admits_given(
        &json!("<${s} ${n} ${b}>"),
        &bindings,
        &[json!("<é 7 [true]>")],
        &[json!("<${s} ${n} ${b}>"), json!("<é 7.0 [true]>")],
    );
    admits_given(
        &json!({"user-${n}": "${s}"}),
        &bindings,
        &[json!({"user-7": "é"})],
        &[json!({"user-8": "é"})],
    );
}
