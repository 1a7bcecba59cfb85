//! What stands on lines: values, patterns, texts, numbers.

use std::collections::HashSet;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::Number;

use crate::notation::ast::*;

/// A value that can be sent.
pub(crate) fn template() -> BoxedStrategy<Template> {
    let leaf = prop_oneof![
        Just(TemplateNode::Null),
        any::<bool>().prop_map(TemplateNode::Bool),
        number().prop_map(TemplateNode::Number),
        string().prop_map(TemplateNode::String),
        name().prop_map(TemplateNode::Variable),
    ];
    leaf.prop_map(at)
        .prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(TemplateNode::Array),
                members(inner).prop_map(TemplateNode::Object),
            ]
            .prop_map(at)
        })
        .boxed()
}

/// A value that is expected.
pub(crate) fn pattern() -> BoxedStrategy<Pattern> {
    let hole = prop::sample::select(vec![
        Hole::Any,
        Hole::String,
        Hole::Number,
        Hole::Integer,
        Hole::Boolean,
        Hole::Timestamp,
        Hole::Uuid,
    ]);
    let operator = prop::sample::select(vec![
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
    ]);
    let leaf = prop_oneof![
        Just(PatternNode::Null),
        any::<bool>().prop_map(PatternNode::Bool),
        number().prop_map(PatternNode::Number),
        string().prop_map(PatternNode::String),
        name().prop_map(PatternNode::Variable),
        hole.prop_map(PatternNode::Hole),
        (number(), number()).prop_map(|(a, b)| {
            let (from, to) = if a.as_f64() > b.as_f64() {
                (b, a)
            } else {
                (a, b)
            };
            PatternNode::Range { from, to }
        }),
        (operator, number())
            .prop_map(|(operator, bound)| PatternNode::Comparison { operator, bound }),
        regex().prop_map(PatternNode::Regex),
    ];
    leaf.prop_map(at)
        .prop_recursive(3, 24, 5, |inner| {
            let choices = vec(inner.clone(), 2..4).prop_map(|choices| {
                let flat: Vec<_> = choices
                    .into_iter()
                    .flat_map(|choice| match choice.node {
                        PatternNode::OneOf(inner) => inner,
                        node => vec![at(node)],
                    })
                    .collect();
                PatternNode::OneOf(flat)
            });
            prop_oneof![
                array(inner.clone()).prop_map(PatternNode::Array),
                array(inner.clone()).prop_map(PatternNode::Unordered),
                (members(inner), any::<bool>()).prop_map(|(members, open)| PatternNode::Object(
                    ObjectPattern { members, open }
                )),
                choices,
            ]
            .prop_map(at)
        })
        .boxed()
}

pub(super) fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, 0..0)
}

pub(super) fn spanned<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Spanned<T>> {
    strategy.prop_map(at)
}

pub(super) fn array(
    item: impl Strategy<Value = Pattern> + Clone,
) -> impl Strategy<Value = ArrayPattern> {
    let rest = option::of(option::of(0..100_u64));
    (vec(item.clone(), 0..3), rest, vec(item, 0..3)).prop_map(|(before, rest, after)| {
        let after = if rest.is_some() { after } else { Vec::new() };
        ArrayPattern {
            before,
            rest: rest.map(|count| Rest { count }),
            after,
        }
    })
}

pub(super) fn members<T: std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<(Text, T)>> {
    vec((string(), value), 0..4).prop_map(|mut members| {
        let mut keys = HashSet::new();
        members.retain(|(key, _)| {
            key.as_literal()
                .is_none_or(|key| keys.insert(key.to_owned()))
        });
        members
    })
}

pub(super) fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        (-100..100_i64).prop_map(Number::from),
        any::<f64>().prop_filter_map("JSON has finite numbers", Number::from_f64),
        (-8..8_i32).prop_filter_map("finite", |quarters| Number::from_f64(
            f64::from(quarters) / 4.0
        )),
    ]
}

pub(super) fn name() -> impl Strategy<Value = Variable> {
    spanned("[a-z][a-z0-9_]{0,6}")
}

pub(super) fn client() -> impl Strategy<Value = Client> {
    let user = "[a-z][a-z0-9_]{0,6}".prop_filter("a keyword", |name| {
        !matches!(
            name.as_str(),
            "server"
                | "client"
                | "link"
                | "let"
                | "in"
                | "for"
                | "together"
                | "given"
                | "wait"
                | "env"
                | "explore"
                | "nothing"
        )
    });
    let device = option::of("[a-z][a-z0-9_]{0,6}");
    spanned((user, device).prop_map(|(user, device)| ClientName { user, device }))
}

/// Text as ugly as it comes.
pub(super) fn ugly() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,12}",
        "[$ {}\"\\\\#/x:|\\[\\],\n\r\t]{0,10}",
        any::<String>(),
        "[ -~é😀\u{a0}\u{2028}]{90,120}",
    ]
}

/// Adjacent literals merged, none empty, as the parser makes them.
pub(super) fn text_of(literal: impl Strategy<Value = String>) -> impl Strategy<Value = Text> {
    let part = prop_oneof![
        3 => literal.prop_map(TextPart::Literal),
        1 => name().prop_map(TextPart::Variable),
    ];
    vec(part, 0..4).prop_map(|parts| {
        let mut merged: Vec<TextPart> = Vec::new();
        for part in parts {
            match (merged.last_mut(), part) {
                (_, TextPart::Literal(literal)) if literal.is_empty() => {}
                (Some(TextPart::Literal(last)), TextPart::Literal(literal)) => *last += &literal,
                (_, part) => merged.push(part),
            }
        }
        Text {
            parts: merged,
            span: 0..0,
        }
    })
}

pub(super) fn string() -> impl Strategy<Value = Text> {
    text_of(ugly())
}

pub(super) fn path() -> impl Strategy<Value = Text> {
    text_of("[a-zA-Z0-9._~:/?\\[\\]@!$&'()*+,;=%-]{0,8}").prop_map(|text| prefixed("/", text))
}

pub(super) fn header() -> impl Strategy<Value = Text> {
    text_of("[ -~é]{0,12}").prop_map(|text| prefixed("Origin: ", text))
}

pub(super) fn prefixed(prefix: &str, mut text: Text) -> Text {
    match text.parts.first_mut() {
        Some(TextPart::Literal(first)) => first.insert_str(0, prefix),
        _ => text.parts.insert(0, TextPart::Literal(prefix.to_owned())),
    }
    text
}

pub(super) fn regex() -> impl Strategy<Value = Regex> {
    let source = prop::sample::select(vec![
        "private",
        "^/api/[a-z]+$",
        r"\d+ # \d",
        r"a\\/b",
        r"\\\\",
        "\"quoted\" {2}",
        r"\$\{x\}|é",
    ]);
    source.prop_map(|source| Regex {
        source: source.to_owned(),
        compiled: regex_lite::Regex::new(source).expect("the list holds only regular expressions"),
    })
}

pub(super) fn size() -> impl Strategy<Value = Size> {
    let unit = prop::sample::select(vec![
        SizeUnit::Bytes,
        SizeUnit::KiB,
        SizeUnit::MiB,
        SizeUnit::GiB,
    ]);
    (0..100_000_u64, unit).prop_map(|(count, unit)| Size { count, unit })
}

pub(super) fn duration_source() -> impl Strategy<Value = DurationSource> {
    prop_oneof![
        duration().prop_map(DurationSource::Literal),
        name().prop_map(DurationSource::Variable),
    ]
}

pub(super) fn duration() -> impl Strategy<Value = Duration> {
    let unit = prop::sample::select(vec![DurationUnit::Milliseconds, DurationUnit::Seconds]);
    (any::<u64>(), unit).prop_map(|(count, unit)| Duration { count, unit })
}

pub(super) fn within() -> impl Strategy<Value = Option<Within>> {
    option::of(
        (option::of(duration()), duration()).prop_map(|(from, to)| match from {
            Some(from) if std::time::Duration::from(from) > to.into() => Within {
                from: Some(to),
                to: from,
            },
            from => Within { from, to },
        }),
    )
}

pub(super) fn ordered(range: Range<i64>) -> impl Strategy<Value = (i64, i64)> {
    (range.clone(), range).prop_map(|(a, b)| (a.min(b), a.max(b)))
}
