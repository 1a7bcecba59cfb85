//! Where in a message's text the carets go.

use serde_json::json;

use super::build::pattern;
use crate::notation::matching::{Path, Step, explain, locate};
use crate::notation::value::Bindings;

/// The raw text with the part that a path leads to marked below.
fn marked(raw: &str, source: &serde_json::Value) -> String {
    let value = serde_json::from_str(raw).unwrap();
    let mismatch = explain(&pattern(source), &value, &Bindings::new()).unwrap();
    let range = mismatch.locate(raw).unwrap();
    let before = raw[..range.start].chars().count();
    let carets = "^".repeat(raw[range].chars().count());
    format!(
        "{raw}\n{}{carets} {}\n",
        " ".repeat(before),
        mismatch.label()
    )
}

#[test]
fn carets_stand_under_what_differs() {
    insta::assert_snapshot!([
        marked(
            r#"{"type":"user-joined","username":"mira"}"#,
            &json!({"type": "user-joined", "username": "tomas", "...": 0}),
        ),
        marked(r#"{ "ü": [ {"a" : 1} , { "a" : 2.50 } ] }"#, &json!({"ü": [{"a": 1}, {"a": 3}]})),
        marked(r#"{"users": [{"id": 1}], "b": 2}"#, &json!({"users": [{"id": 1, "name": "x"}], "b": 2})),
        marked(r#"{"a": 1, "extra" : {"x": "}"}, "b": 2}"#, &json!({"a": 1, "b": 2})),
        marked("[1, 2]", &json!([1])),
        marked(r#" {"a": {}}"#, &json!({"a": {"b": 1}})),
    ].join("\n"), @r#"
    {"type":"user-joined","username":"mira"}
                                     ^^^^^^ username: expected "tomas"

    { "ü": [ {"a" : 1} , { "a" : 2.50 } ] }
                                 ^^^^ ["ü"][1].a: expected 3

    {"users": [{"id": 1}], "b": 2}
                       ^ users[0].name missing

    {"a": 1, "extra" : {"x": "}"}, "b": 2}
             ^^^^^^^^^^^^^^^^^^^^ extra: not expected here (write ... to allow other members)

    [1, 2]
    ^^^^^^ expected 1 item

     {"a": {}}
            ^ a.b missing
    "#);
}

fn member(key: &str) -> Path {
    Path(vec![Step::Member(key.to_owned())])
}

#[test]
fn a_key_is_found_however_it_is_escaped() {
    let raw = r#"{"\u00e9\"\\": 1, "b": 2}"#;
    assert_eq!(
        locate(raw, &member("é\"\\")).map(|range| &raw[range]),
        Some("1")
    );
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let raw = r#"{"a": 1, "a": [2]}"#;
    assert_eq!(
        locate(raw, &member("a")).map(|range| &raw[range]),
        Some("[2]")
    );
}

#[test]
fn a_path_that_leads_elsewhere_is_not_found() {
    assert_eq!(locate("[1]", &member("a")), None);
    assert_eq!(locate(r#"{"a": 1}"#, &Path(vec![Step::Item(0)])), None);
    assert_eq!(locate("[1]", &Path(vec![Step::Item(1)])), None);
    assert_eq!(
        locate(
            r#"{"a": 1}"#,
            &Path(vec![Step::Member("b".into()), Step::Member("c".into())])
        ),
        None
    );
    assert_eq!(locate("", &Path::default()), None);
    assert_eq!(locate("{\"a\": ", &member("a")), None);
}

#[test]
fn deep_nesting_is_passed_over_without_recursion() {
    let raw = format!(
        r#"{{"deep": {}{}, "b": 2}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    assert_eq!(
        locate(&raw, &member("b")).map(|range| raw[range].to_owned()),
        Some("2".to_owned())
    );
}
