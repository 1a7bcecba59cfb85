//! Equality of JSON values, in which numbers are compared by value, and what follows from it.
//!
//! Integers of 64 bits are compared exactly. Beyond them `serde_json` reads doubles, so integers there are equal when the
//! nearest doubles are, as they are in JavaScript.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Number, Value};

/// 2^127: the first double whose whole part does not fit an `i128`.
const I128_END: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

/// Which number is greater, exactly: no integer is rounded to a double on the way.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_whole(a, double(b)),
        (None, Some(b)) => compare_whole(b, double(a)).reverse(),
        (None, None) => double(a).total_cmp(&double(b)),
    }
}

/// Whether the number has no fraction; `1.0` has none.
pub(crate) fn is_integer(number: &Number) -> bool {
    whole(number).is_some() || double(number).fract() == 0.0
}

/// The number's value when it has no fraction and is not beyond ±2^127.
pub(crate) fn whole(number: &Number) -> Option<i128> {
    if let Some(integer) = number.as_i128() {
        return Some(integer);
    }
    let double = double(number);
    (double.fract() == 0.0 && double.abs() < I128_END).then_some(double as i128)
}

fn double(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

/// Compares a whole number with a double that has a fraction or is beyond ±2^127.
fn compare_whole(whole: i128, double: f64) -> Ordering {
    if double >= I128_END {
        return Ordering::Less;
    }
    if double <= -I128_END {
        return Ordering::Greater;
    }
    let floor = double.floor() as i128;
    // The fraction lies above the floor.
    if whole <= floor {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

/// Whether two values are the same: numbers by value, objects whatever the order of their members.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b).is_eq(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Compact JSON that is the same for all values that are [`equal`]: `1.0` is written `1`, members are sorted.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match whole(number) {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            let members: Vec<String> = members
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

/// A hash that is the same for all values that are [`equal`].
pub(crate) fn fingerprint(value: &Value) -> u64 {
    match value {
        Value::Null => fingerprint_of(&0_u8),
        Value::Bool(boolean) => fingerprint_of(boolean),
        Value::Number(number) => fingerprint_number(number),
        Value::String(string) => fingerprint_of(string.as_str()),
        Value::Array(items) => fingerprint_items(items.iter().map(fingerprint)),
        Value::Object(members) => fingerprint_members(
            members
                .iter()
                .map(|(key, value)| (key.as_str(), fingerprint(value))),
        ),
    }
}

pub(crate) fn fingerprint_number(number: &Number) -> u64 {
    match whole(number) {
        Some(whole) => fingerprint_of(&whole),
        None => fingerprint_of(&double(number).to_bits()),
    }
}

pub(crate) fn fingerprint_items(items: impl Iterator<Item = u64>) -> u64 {
    fingerprint_of(&items.collect::<Vec<_>>())
}

/// The sum over the members does not depend on their order.
pub(crate) fn fingerprint_members<'k>(members: impl Iterator<Item = (&'k str, u64)>) -> u64 {
    members.fold(1, |sum, member| sum.wrapping_add(fingerprint_of(&member)))
}

pub(crate) fn fingerprint_of<T: Hash + ?Sized>(part: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    part.hash(&mut hasher);
    hasher.finish()
}
