//! Part one: edits at a position.

mod any;

use ot::error::{MAX_LENGTH, OtError};
use ot::positional::{Edit, transform};
use proptest::prelude::*;

fn insert(position: u64, text: &str) -> Edit {
    let text = text.to_owned();
    Edit::Insert { position, text }
}

fn delete(position: u64, length: u64) -> Edit {
    Edit::Delete { position, length }
}

fn apply_all(text: &str, edits: &[Edit]) -> Result<String, OtError> {
    let start = text.to_owned();
    edits.iter().try_fold(start, |text, edit| edit.apply(&text))
}

/// Both ways round: the text after `a` and what became of `b`, which the other way must give too.
fn both_ways(text: &str, a: &Edit, b: &Edit) -> String {
    let (a_after, b_after) = transform(a, b).expect("they are short");
    let one = apply_all(&a.apply(text).expect("it fits"), &b_after).expect("it still fits");
    let other = apply_all(&b.apply(text).expect("it fits"), &a_after).expect("it still fits");
    assert_eq!(
        one, other,
        "{a:?} and {b:?} on {text:?} do not give the same text both ways round"
    );
    one
}

#[graded::test]
fn an_edit_is_applied_at_its_position() {
    assert_eq!(insert(0, "ab").apply("cd").as_deref(), Ok("abcd"));
    assert_eq!(insert(1, "x").apply("cd").as_deref(), Ok("cxd"));
    assert_eq!(insert(2, "ef").apply("cd").as_deref(), Ok("cdef"));
    assert_eq!(delete(1, 2).apply("abcd").as_deref(), Ok("ad"));
    assert_eq!(delete(0, 4).apply("abcd").as_deref(), Ok(""));
    assert_eq!(delete(2, 0).apply("abcd").as_deref(), Ok("abcd"));
}

#[graded::test]
fn positions_count_characters() {
    assert_eq!(insert(2, "!").apply("a😀b").as_deref(), Ok("a😀!b"));
    assert_eq!(delete(1, 1).apply("a😀b").as_deref(), Ok("ab"));
    assert_eq!(delete(0, 1).apply("éa").as_deref(), Ok("a"));
    // Two characters, though they look like one.
    assert_eq!(delete(1, 1).apply("e\u{301}").as_deref(), Ok("e"));
}

#[graded::test]
fn what_lies_outside_is_refused() {
    let outside = |position, length| Err(OtError::OutsideText { position, length });
    assert_eq!(insert(3, "x").apply("a😀"), outside(3, 2));
    assert_eq!(delete(1, 2).apply("a😀"), outside(3, 2));
    assert_eq!(delete(3, 0).apply("a😀"), outside(3, 2));
    assert_eq!(insert(MAX_LENGTH, "x").apply(""), outside(MAX_LENGTH, 0));
    for edit in [
        insert(MAX_LENGTH + 1, "x"),
        delete(MAX_LENGTH, 1),
        delete(u64::MAX, u64::MAX),
    ] {
        assert_eq!(edit.apply("ab"), Err(OtError::TooLong), "{edit:?}");
    }
}

#[graded::test]
fn what_no_text_is_long_enough_for_is_not_transformed() {
    for edit in [
        insert(MAX_LENGTH + 1, "x"),
        delete(MAX_LENGTH, 1),
        delete(u64::MAX, u64::MAX),
    ] {
        assert_eq!(transform(&edit, &delete(0, 1)), Err(OtError::TooLong));
        assert_eq!(transform(&delete(0, 1), &edit), Err(OtError::TooLong));
    }
}

#[graded::test]
fn at_the_same_position_the_text_of_the_first_stands_first() {
    let (a, b) = (insert(1, "A"), insert(1, "B"));
    assert_eq!(both_ways("xy", &a, &b), "xABy");
    assert_eq!(both_ways("xy", &b, &a), "xBAy");
}

#[graded::test]
fn inserts_move_what_stands_behind_them() {
    assert_eq!(
        both_ways("xyz", &insert(1, "😀😀"), &insert(2, "b")),
        "x😀😀ybz"
    );
    assert_eq!(both_ways("xyz", &insert(0, "a"), &delete(1, 2)), "ax");
    assert_eq!(both_ways("xyz", &insert(3, "a"), &delete(0, 2)), "za");
}

#[graded::test]
fn an_insert_in_a_deleted_range_stays() {
    assert_eq!(
        both_ways("vwxyz", &delete(1, 3), &insert(2, "new")),
        "vnewz"
    );
    let (deletes, _) = transform(&delete(1, 3), &insert(2, "new")).expect("they are short");
    assert_eq!(
        deletes,
        [delete(1, 1), delete(4, 2)],
        "it becomes two deletes"
    );
    // At the ends of the range nothing is divided.
    assert_eq!(
        both_ways("vwxyz", &delete(1, 3), &insert(1, "new")),
        "vnewz"
    );
    assert_eq!(
        both_ways("vwxyz", &insert(4, "new"), &delete(1, 3)),
        "vnewz"
    );
}

#[graded::test]
fn what_both_delete_goes_once() {
    assert_eq!(both_ways("uvwxyz", &delete(1, 3), &delete(2, 3)), "uz");
    assert_eq!(both_ways("uvwxyz", &delete(1, 4), &delete(2, 1)), "uz");
    assert_eq!(both_ways("uvwxyz", &delete(2, 1), &delete(2, 1)), "uvxyz");
    assert_eq!(both_ways("uvwxyz", &delete(0, 2), &delete(4, 2)), "wx");
    let (none, rest) = transform(&delete(2, 1), &delete(1, 4)).expect("they are short");
    assert_eq!((none, rest), (vec![], vec![delete(1, 3)]));
}

proptest! {
    #[graded::test]
    fn edits_converge((text, a, b) in any::concurrent_edits()) {
        both_ways(&text, &a, &b);
    }

    #[graded::test]
    fn edits_keep_what_was_inserted((text, a, b) in any::concurrent_edits()) {
        let result = both_ways(&text, &a, &b);
        for edit in [a, b] {
            if let Edit::Insert { text, .. } = edit {
                prop_assert!(result.contains(&text), "{text:?} is not in {result:?}");
            }
        }
    }

    #[graded::test]
    fn no_edit_panics(text in any::<String>(), a in any::any_edit(), b in any::any_edit()) {
        // What it gives, or that it does not fit; either will do.
        drop(a.apply(&text));
        drop(transform(&a, &b));
        drop(transform(&b, &a));
    }
}
