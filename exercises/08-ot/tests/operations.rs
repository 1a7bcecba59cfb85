//! Part two: operations over the whole text, by example.

mod any;

use ot::compose::compose;
use ot::error::{MAX_LENGTH, OtError};
use ot::operation::{Component, Operation};
use ot::transform::{Bias, transform, transform_cursor};
use ot::wire;
use serde_json::{Value, json};

fn op(json: Value) -> Operation {
    wire::operation(&json).unwrap_or_else(|problem| panic!("{json}: {problem}"))
}

fn json(operation: &Operation) -> Value {
    json!(operation)
}

#[graded::test]
fn building_joins_neighbours_and_leaves_nothing_empty() {
    let mut operation = Operation::new();
    for count in [0, 2, 0, 3] {
        operation.retain(count).expect("it is short");
    }
    for text in ["", "a", "", "😀"] {
        operation.insert(text).expect("it is short");
    }
    for count in [0, 1, 2] {
        operation.delete(count).expect("it is short");
    }
    let expected = [
        Component::Retain(5),
        Component::Insert("a😀".to_owned()),
        Component::Delete(3),
    ];
    assert_eq!(operation.components(), expected);
    assert_eq!((operation.base_length(), operation.target_length()), (8, 7));
}

#[graded::test]
fn an_insert_stands_before_the_delete_beside_it() {
    for (steps, canonical) in [
        (json!([-2, "a"]), json!(["a", -2])),
        (json!([-2, "a", -1, "b"]), json!(["ab", -3])),
        (json!(["a", -2, "b"]), json!(["ab", -2])),
        (json!([1, -2, 0, "", "a", 1]), json!([1, "a", -2, 1])),
        (json!([1, 2, "a", "b", -1, -1]), json!([3, "ab", -2])),
        (json!([0, "", 0]), json!([])),
    ] {
        let operation = op(steps.clone());
        assert_eq!(json(&operation), canonical, "{steps}");
        assert_eq!(operation, op(canonical), "{steps}");
    }
}

#[graded::test]
fn lengths_are_bounded() {
    let mut operation = op(json!([MAX_LENGTH - 1]));
    assert_eq!(operation.retain(2), Err(OtError::TooLong));
    assert_eq!(operation.insert("ab"), Err(OtError::TooLong));
    assert_eq!(operation.delete(u64::MAX), Err(OtError::TooLong));
    assert_eq!(json(&operation), json!([MAX_LENGTH - 1]), "it is as it was");
    operation.insert("a").expect("one more there may be");
    assert_eq!(
        operation.retain(1),
        Err(OtError::TooLong),
        "it would leave too many"
    );
    operation.delete(1).expect("that leaves no more");
    assert_eq!(
        operation.delete(1),
        Err(OtError::TooLong),
        "it would span too many"
    );
    assert_eq!(operation.base_length(), MAX_LENGTH);
    assert_eq!(operation.target_length(), MAX_LENGTH);
}

#[graded::test]
fn an_operation_is_applied_to_the_whole_text() {
    for (text, operation, expected) in [
        ("", json!([]), ""),
        ("", json!(["a"]), "a"),
        ("abc", json!([3]), "abc"),
        ("abc", json!([1, "x", -1, 1]), "axc"),
        ("a😀b", json!([2, "!", 1]), "a😀!b"),
        ("a😀b", json!([1, -1, 1]), "ab"),
        ("e\u{301}", json!([1, -1]), "e"),
        ("héllo", json!(["😀", -5]), "😀"),
    ] {
        let result = op(operation.clone()).apply(text);
        assert_eq!(result.as_deref(), Ok(expected), "{operation} on {text:?}");
    }
}

#[graded::test]
fn an_operation_that_spans_less_or_more_is_refused() {
    for (text, operation, expected) in [
        ("abc", json!([2]), 2),
        ("abc", json!([]), 0),
        ("abc", json!([3, -1]), 4),
        ("a😀", json!([3]), 3), // as many as JavaScript counts
        ("é", json!([2]), 2),   // as many as there are bytes
        ("a", json!([MAX_LENGTH]), MAX_LENGTH),
    ] {
        let found = any::length(text);
        let error = Err(OtError::BaseLength { expected, found });
        assert_eq!(
            op(operation.clone()).apply(text),
            error,
            "{operation} on {text:?}"
        );
    }
}

#[graded::test]
fn an_inverse_puts_back_what_was_deleted() {
    let operation = op(json!([1, "xy", -2, 1]));
    let inverse = operation.invert("a😀éb").expect("it fits");
    assert_eq!(json(&inverse), json!([1, "😀é", -2, 1]));
    let (expected, found) = (4, 3);
    let error = OtError::BaseLength { expected, found };
    assert_eq!(operation.invert("a😀é"), Err(error));
}

#[graded::test]
fn operations_are_composed() {
    for (first, second, both) in [
        (json!([]), json!([]), json!([])),
        (json!(["a"]), json!([1, "b"]), json!(["ab"])),
        (json!(["ac"]), json!([1, "b", 1]), json!(["abc"])),
        (json!([2, "x"]), json!([1, -1, 1]), json!([1, "x", -1])),
        (json!(["abc"]), json!([-3]), json!([])),
        (json!(["a😀c"]), json!([1, -1, 1]), json!(["ac"])),
        (json!([-2]), json!(["new"]), json!(["new", -2])),
        (
            json!([1, -1, 1]),
            json!([1, "x", 1]),
            json!([1, "x", -1, 1]),
        ),
    ] {
        let composed = compose(&op(first.clone()), &op(second.clone()));
        assert_eq!(
            composed.as_ref().map(json),
            Ok(both),
            "{first} and {second}"
        );
    }
}

#[graded::test]
fn only_operations_that_follow_each_other_are_composed() {
    let error = OtError::NotConsecutive {
        first: 2,
        second: 3,
    };
    assert_eq!(compose(&op(json!([1, "x"])), &op(json!([3]))), Err(error));
}

#[graded::test]
fn concurrent_operations_are_transformed() {
    for (a, b, a_after, b_after) in [
        (json!([]), json!([]), json!([]), json!([])),
        // A tie: the text of the first stands first.
        (json!(["A"]), json!(["B"]), json!(["A", 1]), json!([1, "B"])),
        (
            json!([1, "A", 1]),
            json!([1, "B", 1]),
            json!([1, "A", 2]),
            json!([2, "B", 1]),
        ),
        // Behind an insert, and behind a delete.
        (
            json!(["😀", 2]),
            json!([2, "b"]),
            json!(["😀", 3]),
            json!([3, "b"]),
        ),
        (
            json!([-2, 1]),
            json!([3, "b"]),
            json!([-2, 2]),
            json!([1, "b"]),
        ),
        // Deletes that overlap, enclose, and are the same.
        (
            json!([1, -3, 2]),
            json!([2, -3, 1]),
            json!([1, -1, 1]),
            json!([1, -1, 1]),
        ),
        (json!([-4]), json!([1, -2, 1]), json!([-2]), json!([])),
        (json!([1, -1]), json!([1, -1]), json!([1]), json!([1])),
        // An insert in a range that goes, and at both ends of it.
        (
            json!([-3]),
            json!([1, "b", 2]),
            json!([-1, 1, -2]),
            json!(["b"]),
        ),
        (json!([-3]), json!(["b", 3]), json!([1, -3]), json!(["b"])),
        (json!([-3]), json!([3, "b"]), json!([-3, 1]), json!(["b"])),
        // Both replace the same.
        (
            json!(["A", -2]),
            json!(["B", -2]),
            json!(["A", 1]),
            json!([1, "B"]),
        ),
    ] {
        let transformed = transform(&op(a.clone()), &op(b.clone())).expect("they are concurrent");
        let transformed = (json(&transformed.0), json(&transformed.1));
        assert_eq!(transformed, (a_after, b_after), "{a} and {b}");
    }
}

#[graded::test]
fn only_operations_on_the_same_text_are_transformed() {
    let error = OtError::NotConcurrent {
        first: 2,
        second: 3,
    };
    assert_eq!(transform(&op(json!([2])), &op(json!([3]))), Err(error));
}

#[graded::test]
fn sums_that_no_text_is_long_enough_for_are_refused() {
    let almost = op(json!([MAX_LENGTH - 1, "a"]));
    assert_eq!(transform(&almost, &almost), Err(OtError::TooLong));
    let shorter = op(json!([-2, MAX_LENGTH - 2]));
    let longer = op(json!([MAX_LENGTH - 2, "ab"]));
    assert!(
        compose(&shorter, &longer).is_ok(),
        "it is as long as before"
    );
}

#[graded::test]
fn a_cursor_moves_with_the_text() {
    for (cursor, operation, left, right) in [
        (0, json!([]), 0, 0),
        (2, json!(["😀", 3]), 3, 3),
        (2, json!([2, "ab", 1]), 2, 4),
        (2, json!([3, "ab"]), 2, 2),
        (3, json!([1, -1, 2]), 2, 2),
        (2, json!([1, -2]), 1, 1),
        (3, json!([1, -2]), 1, 1),
        (1, json!([1, -2]), 1, 1),
        // What stands around it is replaced: it is behind what has come.
        (2, json!([1, "new", -2]), 4, 4),
        (1, json!([1, "new", -2]), 1, 4),
        (3, json!([3, "end"]), 3, 6),
    ] {
        let parsed = op(operation.clone());
        let moved = transform_cursor(cursor, &parsed, Bias::Left);
        assert_eq!(moved, Ok(left), "{cursor} through {operation}, left");
        let moved = transform_cursor(cursor, &parsed, Bias::Right);
        assert_eq!(moved, Ok(right), "{cursor} through {operation}, right");
    }
    let outside = Err(OtError::OutsideText {
        position: 3,
        length: 2,
    });
    assert_eq!(transform_cursor(3, &op(json!([2])), Bias::Left), outside);
}
