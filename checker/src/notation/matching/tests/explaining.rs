//! What a student reads when a message does not match.

use serde_json::{Value as Json, json};

use super::build::{bound, pattern};
use crate::notation::matching::{Mismatch, explain, matches};
use crate::notation::value::Bindings;

fn why(source: &Json, value: &Json) -> Mismatch {
    why_given(source, value, &Bindings::new())
}

fn why_given(source: &Json, value: &Json, bindings: &Bindings) -> Mismatch {
    explain(&pattern(source), value, bindings).unwrap()
}

/// Each pair explained, one on a line.
fn table(pairs: &[(Json, Json)]) -> String {
    pairs
        .iter()
        .map(|(source, value)| format!("{}\n", why(source, value)))
        .collect()
}

#[test]
fn a_value_that_differs_is_shown_with_its_path() {
    insta::assert_snapshot!(table(&[
        (json!("mira"), json!("tomas")),
        (json!({"users": ["tomas", "mira"]}), json!({"users": ["tomas", "zoe"]})),
        (json!({"a": {"b": [{"c": 1}]}}), json!({"a": {"b": [{"c": 2}]}})),
        (json!({"a b": {"": 1}}), json!({"a b": {"": "1"}})),
        (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64)),
        (json!({"a": 1}), json!([1])),
        (json!([1]), json!({"0": 1})),
        (json!(null), json!(false)),
        (json!({"say": "\"é\"\n"}), json!({"say": "\"e\"\n"})),
    ]), @r#"
    expected "mira", got "tomas"
    users[1]: expected "mira", got "zoe"
    a.b[0].c: expected 1, got 2
    ["a b"][""]: expected 1, got "1"
    expected 9007199254740993, got 9007199254740992
    expected {"a":1}, got [1]
    expected [1], got {"0":1}
    expected null, got false
    say: expected "\"é\"\n", got "\"e\"\n"
    "#);
}

#[test]
fn holes_are_named_as_they_are_written() {
    insta::assert_snapshot!(table(&[
        (json!({"at": {"@hole": "timestamp"}}), json!({"at": 1_763_892_000})),
        (json!({"id": {"@hole": "uuid"}}), json!({"id": "7"})),
        (json!({"n": {"@hole": "integer"}}), json!({"n": 1.5})),
        (json!({"n": {"@range": [0, 100]}}), json!({"n": 101})),
        (json!({"n": {"@>=": 0.5}}), json!({"n": "1"})),
        (json!({"type": {"@regex": "^a/b$"}}), json!({"type": "a"})),
        (json!({"text": {"@or": ["AB", "BA"]}}), json!({"text": "ABBA"})),
        (json!({"list": {"@or": [{"@unordered": [1, "... x2"]}, ["...", {"a": 1, "...": 0}], {"...": 0}]}}), json!({"list": 7})),
    ]), @r#"
    at: expected timestamp, got 1763892000
    id: expected uuid, got "7"
    n: expected integer, got 1.5
    n: expected 0..100, got 101
    n: expected >= 0.5, got "1"
    type: expected /^a\/b$/, got "a"
    text: expected "AB" | "BA", got "ABBA"
    list: expected unordered [1, ... x2] | [..., {"a":1, ...}] | {...}, got 7
    "#);
}

#[test]
fn members_that_are_missing_or_not_expected_are_named() {
    insta::assert_snapshot!(table(&[
        (json!({"type": "x", "message": "hi"}), json!({"type": "x"})),
        (json!({"type": "x"}), json!({"type": "x", "extra": [1]})),
        (json!({"users": [{"userId": {"@hole": "any"}}]}), json!({"users": [{"user_id": 1}]})),
        (json!({"username": "a", "...": 0}), json!({"usernane": "a"})),
        (json!({"from": "a", "form": "b"}), json!({"form": "b", "x": 1})),
        (json!([{"a": 1}]), json!([{"a": 1, "b c": 2}])),
        (json!({"...": 0, "id": "$id"}), json!({})),
    ]), @r#"
    message missing
    extra: not expected here (write ... to allow other members)
    users[0].userId missing (there is "user_id")
    username missing (there is "usernane")
    from missing
    [0]["b c"]: not expected here (write ... to allow other members)
    id missing
    "#);
}

#[test]
fn an_array_of_another_length_is_told_by_its_length() {
    insta::assert_snapshot!(table(&[
        (json!([1, 2, 3]), json!([1, 2])),
        (json!({"users": ["$a"]}), json!({"users": []})),
        (json!([1, "...", 2]), json!([1])),
        (json!([1, "... x48", 2]), json!([1, 2])),
        (json!({"@unordered": [1, 2]}), json!([1, 2, 3])),
        (json!({"@unordered": [1, "..."]}), json!([])),
    ]), @"
    expected 3 items, got 2
    users: expected 1 item, got 0
    expected at least 2 items, got 1
    expected 50 items, got 2
    expected 2 items, got 3
    expected at least 1 item, got 0
    ");
}

#[test]
fn an_item_after_the_rest_is_found_from_the_end() {
    insta::assert_snapshot!(table(&[
        (json!(["...", {"id": 60}]), json!([{"id": 58}, {"id": 59}, {"id": 61}])),
        (json!(["... x2", 3, 4]), json!([1, 2, 3, 5])),
    ]), @"
    [2].id: expected 60, got 61
    [3]: expected 4, got 5
    ");
}

#[test]
fn unordered_items_are_paired_with_what_comes_closest() {
    let user = |name: &str| json!({"username": name, "status": "online", "...": 0});
    insta::assert_snapshot!(table(&[
        (
            json!({"users": {"@unordered": [user("mira"), user("tomas")]}}),
            json!({"users": [{"username": "tomas", "status": "away"}, {"username": "mira", "status": "online"}]}),
        ),
        (json!({"@unordered": ["mira", "tomas"]}), json!(["mira", "mira"])),
        (json!({"@unordered": [1, 2, 3]}), json!([3, 4, 1])),
    ]), @r#"
    users[0].status: expected "online", got "away"
    [1]: expected "tomas", got "mira"
    [1]: expected 2, got 4
    "#);
}

#[test]
fn what_is_expected_shows_the_values_of_variables() {
    let bindings = bound(&json!({"alice": "mira", "list": [1, {"a": null}], "n": 7}));
    let pairs = [
        (json!({"from": "$alice"}), json!({"from": "tomas"})),
        (json!({"text": "${alice} ${n}"}), json!({"text": "mira 8"})),
        (json!({"list": "$list"}), json!({"list": []})),
        (json!({"user-${n}": 1}), json!({"user-8": 1})),
        (
            json!({"all": [{"id": "$alice", "new": "$new", "...": 0}]}),
            json!({"all": [null]}),
        ),
    ];
    let shown: String = pairs
        .iter()
        .map(|(source, value)| format!("{}\n", why_given(source, value, &bindings)))
        .collect();
    insta::assert_snapshot!(shown, @r#"
    from: expected "mira", got "tomas"
    text: expected "mira 7", got "mira 8"
    list: expected [1,{"a":null}], got []
    user-7 missing (there is "user-8")
    all[0]: expected {"id":"mira","new":$new, ...}, got null
    "#);
}

#[test]
fn a_variable_that_is_not_equal_to_itself_shows_what_it_was() {
    insta::assert_snapshot!(table(&[
        (json!({"from": "$x", "to": "$x"}), json!({"from": "mira", "to": "tomas"})),
        (json!({"text": "hello ${x}", "name": "$x"}), json!({"text": "hello tomas", "name": "mira"})),
        (json!({"text": "hello ${never}"}), json!({"text": "hello"})),
        (json!({"${x}": 1, "k": "$x"}), json!({"a": 1, "k": "b"})),
        (json!({"${never}": 1}), json!({"a": 1})),
        (json!({"@unordered": [["$x", 1], ["$x", 2]]}), json!([["a", 1], ["b", 2]])),
    ]), @r#"
    to: expected "mira", got "tomas"
    text: expected "hello mira", got "hello tomas"
    text: expected "hello ${never}", got "hello"
    b missing
    expected {"${never}":1}, got {"a":1}
    [0][0]: expected "b", got "a"
    "#);
}

#[test]
fn a_choice_is_explained_by_the_branch_that_comes_closest() {
    let either =
        json!({"@or": [{"type": "ack", "id": 7}, {"type": "error", "code": {"@hole": "string"}}]});
    insta::assert_snapshot!(table(&[
        (either.clone(), json!({"type": "ack", "id": 8})),
        (either.clone(), json!({"type": "error", "code": 5})),
        (either, json!("neither")),
    ]), @r#"
    id: expected 7, got 8
    code: expected string, got 5
    expected {"type":"ack","id":7} | {"type":"error","code":string}, got "neither"
    "#);
}

#[test]
fn a_label_leaves_out_what_the_carets_show() {
    let label = |source: Json, value: Json| why(&source, &value).label();
    assert_eq!(
        label(json!({"username": "tomas"}), json!({"username": "mira"})),
        r#"username: expected "tomas""#
    );
    assert_eq!(label(json!("tomas"), json!("mira")), r#"expected "tomas""#);
    assert_eq!(label(json!({"id": 1}), json!({})), "id missing");
}

#[test]
fn what_matches_is_not_explained() {
    // The first pairing that comes to mind does not work out; another does.
    let source =
        pattern(&json!({"@unordered": [{"id": "$x", "...": 0}, {"id": "$y", "admin": true}]}));
    let value = json!([{"id": 1, "admin": true}, {"id": 2}]);
    assert!(
        matches(&source, &value, &Bindings::new())
            .unwrap()
            .is_some()
    );
    assert_eq!(explain(&source, &value, &Bindings::new()), None);
}

/// Which of the messages comes closest to the pattern.
fn closest(source: &Json, messages: &[Json]) -> usize {
    let score = |at: &usize| why(source, &messages[*at]).score;
    (0..messages.len()).max_by_key(score).unwrap()
}

#[test]
fn the_closest_message_is_of_the_same_type() {
    let wanted =
        json!({"type": "user-joined", "username": "tomas", "room": "r", "at": {"@hole": "string"}});
    let messages = [
        // All but the type agrees.
        json!({"type": "user-left", "username": "tomas", "room": "r", "at": "now"}),
        json!({"type": "user-joined", "username": "mira"}),
        json!("user-joined"),
    ];
    assert_eq!(closest(&wanted, &messages), 1);
}

#[test]
fn among_messages_of_one_type_the_one_with_most_in_common_is_closest() {
    let wanted = json!({"type": "receive-message", "id": {"@hole": "integer"}, "from": {"name": "mira", "id": 1}});
    let messages = [
        json!({"type": "receive-message", "id": 1, "from": {"name": "tomas", "id": 2}}),
        json!({"type": "receive-message", "id": 1, "from": {"name": "mira", "id": 2}}),
        json!({"type": "receive-message", "id": "1", "from": {"name": "mira", "id": 2}}),
        json!({"type": "receive-message", "id": 1, "from": {"name": "mira", "id": 2}, "extra": 1}),
    ];
    assert_eq!(closest(&wanted, &messages), 1);
}

#[test]
fn a_thousand_items_are_explained_in_bounded_time() {
    let items: Vec<Json> = (0..1000)
        .map(|n| json!({"id": n, "name": format!("a{n}")}))
        .collect();
    let values: Vec<Json> = (0..1000)
        .map(|n| json!({"id": n, "name": format!("b{n}")}))
        .collect();
    let mismatch = why(&json!({"@unordered": items}), &json!(values));
    assert_eq!(mismatch.to_string(), r#"[0].name: expected "a0", got "b0""#);
}
