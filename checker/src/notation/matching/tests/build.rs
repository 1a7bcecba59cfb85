//! Patterns written as JSON, so that these tests need no parser.
//!
//! A string `$x` is a variable and `${x}` in one is a hole; the key or item `...` (`... x2`) allows others; an object with
//! one key that begins with `@` is the pattern of that name.

use serde_json::{Map, Value as Json};

use crate::notation::ast::{
    ArrayPattern, Comparison, Hole, ObjectPattern, Pattern, PatternNode, Regex, Rest, Spanned,
    Text, TextPart,
};
use crate::notation::value::{Bindings, Value};

/// The pattern that the JSON stands for.
pub(super) fn pattern(json: &Json) -> Pattern {
    at_no_place(match json {
        Json::String(string) => match string.strip_prefix('$') {
            Some(name) if !name.starts_with('{') => variable(name),
            _ => PatternNode::String(text(string)),
        },
        Json::Array(items) => PatternNode::Array(array(items)),
        Json::Object(members) => match members.iter().next() {
            Some((key, argument)) if key.starts_with('@') => special(key, argument),
            _ => PatternNode::Object(object(members)),
        },
        _ => return literal(json),
    })
}

/// The pattern that is the value itself.
pub(super) fn literal(json: &Json) -> Pattern {
    at_no_place(match json {
        Json::Null => PatternNode::Null,
        Json::Bool(boolean) => PatternNode::Bool(*boolean),
        Json::Number(number) => PatternNode::Number(number.clone()),
        Json::String(string) => PatternNode::String(plain_text(string)),
        Json::Array(items) => PatternNode::Array(ArrayPattern {
            before: items.iter().map(literal).collect(),
            rest: None,
            after: Vec::new(),
        }),
        Json::Object(members) => PatternNode::Object(ObjectPattern {
            members: members
                .iter()
                .map(|(key, value)| (plain_text(key), literal(value)))
                .collect(),
            open: false,
        }),
    })
}

pub(super) fn at_no_place<T>(node: T) -> Spanned<T> {
    Spanned::new(node, 0..0)
}

pub(super) fn variable(name: &str) -> PatternNode {
    PatternNode::Variable(at_no_place(name.to_owned()))
}

pub(super) fn plain_text(string: &str) -> Text {
    let parts = if string.is_empty() {
        vec![]
    } else {
        vec![TextPart::Literal(string.to_owned())]
    };
    Text { parts, span: 0..0 }
}

pub(super) fn text(string: &str) -> Text {
    let mut parts = Vec::new();
    let mut rest = string;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap();
        if !before.is_empty() {
            parts.push(TextPart::Literal(before.to_owned()));
        }
        parts.push(TextPart::Variable(at_no_place(name.to_owned())));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(TextPart::Literal(rest.to_owned()));
    }
    Text { parts, span: 0..0 }
}

pub(super) fn regex(source: &str) -> Regex {
    Regex {
        source: source.to_owned(),
        compiled: regex_lite::Regex::new(source).unwrap(),
    }
}

pub(super) fn bound(bindings: &Json) -> Bindings {
    let members = bindings.as_object().unwrap();
    members
        .iter()
        .map(|(name, json)| (name.clone(), Value::Json(json.clone())))
        .collect()
}

fn array(items: &[Json]) -> ArrayPattern {
    let rest = |item: &Json| {
        let count = item.as_str()?.strip_prefix("...")?.strip_prefix(" x");
        Some(Rest {
            count: count.map(|count| count.parse().unwrap()),
        })
    };
    let at = items.iter().position(|item| rest(item).is_some());
    let (before, after) = items.split_at(at.unwrap_or(items.len()));
    ArrayPattern {
        before: before.iter().map(pattern).collect(),
        rest: at.and_then(|at| rest(&items[at])),
        after: after.iter().skip(1).map(pattern).collect(),
    }
}

fn object(members: &Map<String, Json>) -> ObjectPattern {
    ObjectPattern {
        members: members
            .iter()
            .filter(|(key, _)| *key != "...")
            .map(|(key, value)| (text(key), pattern(value)))
            .collect(),
        open: members.contains_key("..."),
    }
}

fn special(name: &str, argument: &Json) -> PatternNode {
    let number = |json: &Json| json.as_number().unwrap().clone();
    let compared = |operator| PatternNode::Comparison {
        operator,
        bound: number(argument),
    };
    match name {
        "@unordered" => PatternNode::Unordered(array(argument.as_array().unwrap())),
        "@or" => PatternNode::OneOf(argument.as_array().unwrap().iter().map(pattern).collect()),
        "@range" => PatternNode::Range {
            from: number(&argument[0]),
            to: number(&argument[1]),
        },
        "@regex" => PatternNode::Regex(regex(argument.as_str().unwrap())),
        "@>" => compared(Comparison::Greater),
        "@>=" => compared(Comparison::GreaterOrEqual),
        "@<" => compared(Comparison::Less),
        "@<=" => compared(Comparison::LessOrEqual),
        "@hole" => PatternNode::Hole(match argument.as_str().unwrap() {
            "any" => Hole::Any,
            "string" => Hole::String,
            "number" => Hole::Number,
            "integer" => Hole::Integer,
            "boolean" => Hole::Boolean,
            "timestamp" => Hole::Timestamp,
            "uuid" => Hole::Uuid,
            other => panic!("no hole {other}"),
        }),
        other => panic!("no pattern {other}"),
    }
}
