//! Part two: the laws that operations obey, whatever the text and whoever was first.

mod any;

use std::ops::RangeInclusive;

use ot::compose::compose;
use ot::operation::{Component, Operation};
use ot::transform::{Bias, transform, transform_cursor};
use ot::wire;
use proptest::prelude::*;
use serde_json::json;

/// What it means to be canonical.
fn is_canonical(operation: &Operation) -> bool {
    let kind = |component: &Component| match component {
        Component::Retain(_) => 0,
        Component::Insert(_) => 1,
        Component::Delete(_) => 2,
    };
    let empty = |component: &Component| match component {
        Component::Retain(count) | Component::Delete(count) => *count == 0,
        Component::Insert(text) => text.is_empty(),
    };
    let components = operation.components();
    let kinds: Vec<_> = components.iter().map(kind).collect();
    let in_order = kinds
        .windows(2)
        .all(|pair| pair[0] != pair[1] && pair != [2, 1]);
    in_order && !components.iter().any(empty)
}

/// Where the ranges begin and end that an operation deletes.
fn deleted_ranges(operation: &Operation) -> Vec<RangeInclusive<u64>> {
    let mut ranges = Vec::new();
    let mut position = 0;
    for component in operation.components() {
        match component {
            Component::Retain(count) => position += count,
            Component::Insert(_) => {}
            Component::Delete(count) => {
                ranges.push(position..=position + count);
                position += count;
            }
        }
    }
    ranges
}

/// The operation without what it inserts in these ranges, or at an end of one.
fn without_inserts_at(ranges: &[RangeInclusive<u64>], operation: &Operation) -> Operation {
    let mut rest = Operation::new();
    for component in operation.components() {
        let done = match component {
            Component::Retain(count) => rest.retain(*count),
            Component::Insert(text) => {
                let position = rest.base_length();
                let touches = ranges.iter().any(|range| range.contains(&position));
                rest.insert(if touches { "" } else { text })
            }
            Component::Delete(count) => rest.delete(*count),
        };
        done.expect("it is no longer than it was");
    }
    rest
}

proptest! {
    #[graded::test]
    fn what_is_built_is_canonical(operation in any::any_operation()) {
        prop_assert!(is_canonical(&operation), "{operation:?}");
        let read_back = wire::operation(&json!(operation));
        prop_assert_eq!(read_back, Ok(operation));
    }

    #[graded::test]
    fn an_operation_leaves_as_many_characters_as_it_says((text, a, _) in any::concurrent()) {
        prop_assert_eq!(a.base_length(), any::length(&text));
        let result = a.apply(&text).expect("it fits");
        prop_assert_eq!(a.target_length(), any::length(&result));
    }

    #[graded::test]
    fn an_inverse_undoes((text, a, _) in any::concurrent()) {
        let inverse = a.invert(&text).expect("it fits");
        let result = a.apply(&text).expect("it fits");
        prop_assert_eq!(inverse.apply(&result), Ok(text));
        prop_assert!(is_canonical(&inverse), "{inverse:?}");
    }

    #[graded::test]
    fn the_inverse_of_the_inverse_is_the_operation((text, a, _) in any::concurrent()) {
        let inverse = a.invert(&text).expect("it fits");
        let result = a.apply(&text).expect("it fits");
        prop_assert_eq!(inverse.invert(&result), Ok(a));
    }

    /// `apply(compose(a, b)) = apply(b) ∘ apply(a)`
    #[graded::test]
    fn composing_is_applying_one_after_the_other((text, a, b) in any::consecutive()) {
        let both = compose(&a, &b).expect("they are consecutive");
        let in_turn = b.apply(&a.apply(&text).expect("it fits"));
        prop_assert_eq!(both.apply(&text), in_turn);
        prop_assert!(is_canonical(&both), "{both:?}");
    }

    #[graded::test]
    fn composing_is_associative((text, a, b) in any::consecutive(), seed in any::<prop::sample::Index>()) {
        let end = b.target_length();
        let mut c = Operation::new();
        let cut = seed.index(any::length(&text) as usize + 1) as u64;
        let cut = cut.min(end);
        c.retain(cut).expect("it is short");
        c.insert("🎈").expect("it is short");
        c.delete(end - cut).expect("it is short");
        let left = compose(&compose(&a, &b).expect("consecutive"), &c).expect("consecutive");
        let right = compose(&a, &compose(&b, &c).expect("consecutive")).expect("consecutive");
        prop_assert_eq!(left.apply(&text), right.apply(&text));
    }

    /// TP1: `a` then what becomes of `b` is `b` then what becomes of `a`.
    #[graded::test]
    fn concurrent_operations_converge((text, a, b) in any::concurrent()) {
        let (a_after, b_after) = transform(&a, &b).expect("they are concurrent");
        let one = b_after.apply(&a.apply(&text).expect("it fits")).expect("it still fits");
        let other = a_after.apply(&b.apply(&text).expect("it fits")).expect("it still fits");
        prop_assert_eq!(one, other);
        prop_assert!(is_canonical(&a_after), "{a_after:?}");
        prop_assert!(is_canonical(&b_after), "{b_after:?}");
        prop_assert_eq!(
            compose(&a, &b_after).map(|both| both.apply(&text)),
            compose(&b, &a_after).map(|both| both.apply(&text))
        );
    }

    /// Transforming two operations at once over a third, or one after the other: the same, as long
    /// as the third inserts nothing where the two delete. Composed, they no longer know on which
    /// side of the deleted text each of their inserts stood; the chapter has an example.
    #[graded::test]
    fn composing_commutes_with_transforming(
        (text, a, b, c) in any::consecutive().prop_flat_map(|(text, a, b)| {
            let c = any::operation(any::length(&text));
            (Just(text), Just(a), Just(b), c)
        })
    ) {
        let both = compose(&a, &b).expect("they are consecutive");
        let c = without_inserts_at(&deleted_ranges(&both), &c);
        let (both_after, c_at_once) = transform(&both, &c).expect("they are concurrent");
        let (a_after, c_after_a) = transform(&a, &c).expect("they are concurrent");
        let (b_after, c_in_turn) = transform(&b, &c_after_a).expect("they are concurrent");
        let in_turn = compose(&a_after, &b_after).expect("they are consecutive");
        prop_assert_eq!(&both_after, &in_turn, "on {:?}", text);
        prop_assert_eq!(c_at_once, c_in_turn, "on {:?}", text);
    }

    #[graded::test]
    fn a_cursor_stays_in_the_text(
        (_, a, _) in any::concurrent(),
        at in any::<prop::sample::Index>()
    ) {
        let cursor = at.index(a.base_length() as usize + 1) as u64;
        let left = transform_cursor(cursor, &a, Bias::Left).expect("it is in the text");
        let right = transform_cursor(cursor, &a, Bias::Right).expect("it is in the text");
        prop_assert!(left <= right, "{left} is to the right of {right}");
        prop_assert!(right <= a.target_length(), "{right} is outside");
    }

    /// An insert is a cursor that brings text: what moves it moves the other.
    #[graded::test]
    fn a_cursor_moves_like_an_insert_of_its_own(
        (_, a, _) in any::concurrent(),
        at in any::<prop::sample::Index>()
    ) {
        let cursor = at.index(a.base_length() as usize + 1) as u64;
        let mut mark = Operation::new();
        mark.retain(cursor).expect("it is short");
        mark.insert("|").expect("it is short");
        mark.retain(a.base_length() - cursor).expect("it is short");
        let place = |operation: &Operation| match operation.components() {
            [Component::Retain(before), ..] => *before,
            _ => 0,
        };
        let (first, _) = transform(&mark, &a).expect("they are concurrent");
        let (_, second) = transform(&a, &mark).expect("they are concurrent");
        prop_assert_eq!(transform_cursor(cursor, &a, Bias::Left), Ok(place(&first)));
        prop_assert_eq!(transform_cursor(cursor, &a, Bias::Right), Ok(place(&second)));
    }

    #[graded::test]
    fn no_operation_panics(
        a in any::any_operation(),
        b in any::any_operation(),
        text in any::<String>(),
        cursor in any::<u64>()
    ) {
        // What it gives, or that it does not fit; either will do.
        drop(a.apply(&text));
        drop(a.invert(&text));
        drop(compose(&a, &b));
        drop(transform(&a, &b));
        drop(transform(&a, &a));
        let _ = transform_cursor(cursor, &a, Bias::Right);
        prop_assert!(a.base_length() <= ot::error::MAX_LENGTH);
        prop_assert!(a.target_length() <= ot::error::MAX_LENGTH);
    }
}
