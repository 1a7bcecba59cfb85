//! Texts, edits and operations for the property tests. They hold what goes wrong: characters of
//! one, two, three and four bytes, of one and two UTF-16 units, and combining marks.

#![allow(dead_code, reason = "not every test needs all of it")]

use ot::operation::Operation;
use ot::positional::Edit;
use proptest::prelude::*;

/// Up to 12 characters.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[abé☂\u{301}😀𝒳]{0,12}"
}

fn inserted() -> impl Strategy<Value = String> {
    "[xyzß\u{308}🎈]{1,3}"
}

/// How many characters a text has.
pub(crate) fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

/// An operation that fits a text of this length, in steps that are not yet canonical.
pub(crate) fn operation(length: u64) -> impl Strategy<Value = Operation> {
    let steps = prop::collection::vec((0..5_u64, 0..3_u8, inserted()), 0..10);
    steps.prop_map(move |steps| {
        let mut operation = Operation::new();
        let mut left = length;
        for (count, kind, text) in steps {
            let count = count.min(left);
            match kind {
                0 => {
                    operation.retain(count).expect("it is short");
                    left -= count;
                }
                1 => operation.insert(&text).expect("it is short"),
                _ => {
                    operation.delete(count).expect("it is short");
                    left -= count;
                }
            }
        }
        operation.retain(left).expect("it is short");
        operation
    })
}

/// A text and two operations that were made on it.
pub(crate) fn concurrent() -> impl Strategy<Value = (String, Operation, Operation)> {
    text().prop_flat_map(|text| {
        let length = length(&text);
        (Just(text), operation(length), operation(length))
    })
}

/// A text, an operation on it, and one on what that leaves.
pub(crate) fn consecutive() -> impl Strategy<Value = (String, Operation, Operation)> {
    text().prop_flat_map(|text| {
        let first = operation(length(&text));
        (Just(text), first).prop_flat_map(|(text, first)| {
            let second = operation(first.target_length());
            (Just(text), Just(first), second)
        })
    })
}

/// An edit that fits a text of this length.
pub(crate) fn edit(length: u64) -> impl Strategy<Value = Edit> {
    prop_oneof![
        (0..=length, inserted()).prop_map(|(position, text)| Edit::Insert { position, text }),
        (0..=length, 0..=length).prop_map(|(a, b)| Edit::Delete {
            position: a.min(b),
            length: a.abs_diff(b),
        }),
    ]
}

/// A text and two edits that were made on it.
pub(crate) fn concurrent_edits() -> impl Strategy<Value = (String, Edit, Edit)> {
    text().prop_flat_map(|text| {
        let length = length(&text);
        (Just(text), edit(length), edit(length))
    })
}

/// Any edit whatever, whether there is a text that it fits or not.
pub(crate) fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<u64>(), any::<String>())
            .prop_map(|(position, text)| Edit::Insert { position, text }),
        (any::<u64>(), any::<u64>())
            .prop_map(|(position, length)| Edit::Delete { position, length }),
    ]
}

/// Any operation whatever, also one that no text is long enough for.
pub(crate) fn any_operation() -> impl Strategy<Value = Operation> {
    let count = prop_oneof![0..4_u64, Just(1 << 52), Just((1 << 53) - 2), any::<u64>()];
    let steps = prop::collection::vec((count, 0..3_u8, "[a😀]{0,2}"), 0..6);
    steps.prop_map(|steps| {
        let mut operation = Operation::new();
        for (count, kind, text) in steps {
            let before = operation.clone();
            let done = match kind {
                0 => operation.retain(count),
                1 => operation.insert(&text),
                _ => operation.delete(count),
            };
            if done.is_err() {
                assert_eq!(operation, before, "what was refused changed the operation");
            }
        }
        operation
    })
}
