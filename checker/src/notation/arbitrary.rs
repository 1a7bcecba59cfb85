//! Any script that can be written, for tests of what holds of all of them.

use std::collections::HashSet;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::Number;

use super::ast::*;

/// A whole check: what belongs to its head stands there.
pub(crate) fn script() -> impl Strategy<Value = Script> {
    let given = option::of(spanned("[a-z0-9][a-z0-9_-]{0,8}").prop_map(Statement::Given));
    let head =
        (given, vec(env(), 0..3)).prop_map(|(given, env)| given.into_iter().chain(env).collect());
    let head = head.prop_flat_map(|statements: Vec<Statement>| {
        let lines: Vec<_> = statements
            .into_iter()
            .map(|statement| line(Just(statement)))
            .collect();
        lines
    });
    (head, vec(any_line(2), 0..6)).prop_map(|(head, lines)| Script {
        lines: head.into_iter().chain(lines).collect(),
    })
}

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

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, 0..0)
}

fn spanned<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Spanned<T>> {
    strategy.prop_map(at)
}

fn array(item: impl Strategy<Value = Pattern> + Clone) -> impl Strategy<Value = ArrayPattern> {
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

fn members<T: std::fmt::Debug>(
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

fn number() -> impl Strategy<Value = Number> {
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

fn name() -> impl Strategy<Value = Variable> {
    spanned("[a-z][a-z0-9_]{0,6}")
}

fn client() -> impl Strategy<Value = Client> {
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
fn ugly() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,12}",
        "[$ {}\"\\\\#/x:|\\[\\],\n\r\t]{0,10}",
        any::<String>(),
        "[ -~é😀\u{a0}\u{2028}]{90,120}",
    ]
}

/// Adjacent literals merged, none empty, as the parser makes them.
fn text_of(literal: impl Strategy<Value = String>) -> impl Strategy<Value = Text> {
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

fn string() -> impl Strategy<Value = Text> {
    text_of(ugly())
}

fn path() -> impl Strategy<Value = Text> {
    text_of("[a-zA-Z0-9._~:/?\\[\\]@!$&'()*+,;=%-]{0,8}").prop_map(|text| prefixed("/", text))
}

fn header() -> impl Strategy<Value = Text> {
    text_of("[ -~é]{0,12}").prop_map(|text| prefixed("Origin: ", text))
}

fn prefixed(prefix: &str, mut text: Text) -> Text {
    match text.parts.first_mut() {
        Some(TextPart::Literal(first)) => first.insert_str(0, prefix),
        _ => text.parts.insert(0, TextPart::Literal(prefix.to_owned())),
    }
    text
}

fn regex() -> impl Strategy<Value = Regex> {
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

fn size() -> impl Strategy<Value = Size> {
    let unit = prop::sample::select(vec![
        SizeUnit::Bytes,
        SizeUnit::KiB,
        SizeUnit::MiB,
        SizeUnit::GiB,
    ]);
    (0..100_000_u64, unit).prop_map(|(count, unit)| Size { count, unit })
}

fn duration() -> impl Strategy<Value = Duration> {
    let unit = prop::sample::select(vec![DurationUnit::Milliseconds, DurationUnit::Seconds]);
    (any::<u64>(), unit).prop_map(|(count, unit)| Duration { count, unit })
}

fn within() -> impl Strategy<Value = Option<Within>> {
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

fn ordered(range: Range<i64>) -> impl Strategy<Value = (i64, i64)> {
    (range.clone(), range).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn hex() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..5)
}

fn text_source() -> impl Strategy<Value = TextSource> {
    prop_oneof![
        string().prop_map(TextSource::Text),
        name().prop_map(TextSource::Variable)
    ]
}

fn bytes_source() -> impl Strategy<Value = BytesSource> {
    prop_oneof![
        hex().prop_map(BytesSource::Hex),
        name().prop_map(BytesSource::Variable)
    ]
}

fn small_number(range: std::ops::RangeInclusive<u8>) -> impl Strategy<Value = NumberSource> {
    prop_oneof![
        range.prop_map(NumberSource::Literal),
        name().prop_map(NumberSource::Variable)
    ]
}

fn frame_payload() -> impl Strategy<Value = FramePayload> {
    prop_oneof![
        Just(FramePayload::Empty),
        string().prop_map(FramePayload::Text),
        hex().prop_map(FramePayload::Hex),
        name().prop_map(FramePayload::Variable),
    ]
}

fn frame() -> impl Strategy<Value = Frame> {
    let opcode = prop_oneof![
        Just(Opcode::Continuation),
        Just(Opcode::Text),
        Just(Opcode::Binary),
        Just(Opcode::Close),
        Just(Opcode::Ping),
        Just(Opcode::Pong),
        small_number(0..=15).prop_map(Opcode::Number),
    ];
    let rsv = option::of(small_number(1..=3));
    (
        opcode,
        any::<bool>(),
        rsv,
        any::<bool>(),
        option::of(size()),
        frame_payload(),
    )
        .prop_map(|(opcode, more, rsv, unmasked, claims, payload)| Frame {
            opcode,
            more,
            rsv,
            unmasked,
            claims,
            payload,
        })
}

fn body() -> impl Strategy<Value = Payload> {
    prop_oneof![
        template().prop_map(Payload::Json),
        text_source().prop_map(Payload::Text),
        bytes_source().prop_map(Payload::Bytes),
    ]
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![3 => body(), 1 => frame().prop_map(Payload::Frame)]
}

fn message_pattern() -> BoxedStrategy<MessagePattern> {
    let text = prop_oneof![
        text_source().prop_map(TextPattern::Exactly),
        regex().prop_map(TextPattern::Regex),
    ];
    let frame = (any::<bool>(), frame_payload()).prop_map(|(ping, payload)| Frame {
        opcode: if ping { Opcode::Ping } else { Opcode::Pong },
        more: false,
        rsv: None,
        unmasked: false,
        claims: None,
        payload,
    });
    prop_oneof![
        4 => pattern().prop_map(MessagePattern::Json),
        1 => spanned(text).prop_map(MessagePattern::Text),
        1 => spanned(bytes_source()).prop_map(MessagePattern::Bytes),
        1 => spanned(frame).prop_map(MessagePattern::Frame),
    ]
    .boxed()
}

fn response() -> impl Strategy<Value = Response> {
    (
        vec(spanned(100..=599_u16), 1..4),
        option::of(message_pattern()),
    )
        .prop_map(|(statuses, body)| Response { statuses, body })
}

fn env() -> impl Strategy<Value = Statement> {
    let value = ugly().prop_filter("no variables", |value| !value.contains("${"));
    let setting = (spanned("[A-Z][A-Z0-9_]{0,6}"), value)
        .prop_map(|(name, value)| EnvSetting { name, value });
    vec(setting, 1..4).prop_map(|mut settings| {
        let mut names = HashSet::new();
        settings.retain(|setting| names.insert(setting.name.node.clone()));
        Statement::Env(settings)
    })
}

fn generator() -> impl Strategy<Value = Generator> {
    let claims = members(template()).prop_map(|members| at(TemplateNode::Object(members)));
    let signing = prop_oneof![
        Just(JwtSigning::Secret),
        string().prop_map(JwtSigning::Key),
        Just(JwtSigning::None),
    ];
    let offset = || {
        option::of(prop_oneof![
            size().prop_map(Offset::Size),
            name().prop_map(Offset::Variable)
        ])
    };
    prop_oneof![
        option::of(size()).prop_map(|size| Generator::Text { size }),
        Just(Generator::Word),
        ordered(i64::MIN..i64::MAX).prop_map(|(from, to)| Generator::Number { from, to }),
        size().prop_map(|size| Generator::Bytes { size }),
        name().prop_map(Generator::Sha256),
        (name(), offset(), offset()).prop_map(|(source, from, to)| match (&from, &to) {
            (Some(Offset::Size(a)), Some(Offset::Size(b))) if a.bytes() > b.bytes() => {
                Generator::Slice {
                    source,
                    from: to,
                    to: from,
                }
            }
            _ => Generator::Slice { source, from, to },
        }),
        (claims, signing).prop_map(|(claims, signing)| Generator::Jwt { claims, signing }),
    ]
}

fn list() -> impl Strategy<Value = List> {
    let item = prop_oneof![
        4 => template().prop_map(ListItem::Json),
        1 => hex().prop_map(ListItem::Hex),
    ];
    prop_oneof![
        vec(spanned(item), 1..6).prop_map(List::Values),
        ordered(-50_000..50_000).prop_map(|(from, to)| List::Range { from, to }),
        (name(), size())
            .prop_filter("no bytes would never end", |(_, size)| size.bytes() > 0)
            .prop_map(|(source, size)| List::Chunks { source, size }),
    ]
}

fn receive() -> impl Strategy<Value = Receive> {
    (
        client(),
        any::<bool>(),
        message_pattern(),
        within(),
        any::<bool>(),
    )
        .prop_map(|(client, next, pattern, within, exactly_once)| Receive {
            client,
            next,
            pattern,
            within,
            exactly_once,
        })
}

fn request() -> impl Strategy<Value = Request> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "HEAD", "DELETE", "PROPFIND"]);
    let method = spanned(method.prop_map(str::to_owned));
    (
        client(),
        method,
        path(),
        option::of(body()),
        vec(header(), 0..3),
        option::of(response()),
        within(),
    )
        .prop_map(
            |(client, method, path, mut body, headers, mut response, mut within)| {
                if matches!(method.as_str(), "GET" | "HEAD") {
                    body = None;
                }
                if let ("HEAD", Some(response)) = (method.as_str(), &mut response) {
                    response.body = None;
                }
                if method.as_str() != "GET" || response.is_none() {
                    within = None;
                }
                Request {
                    client,
                    method,
                    path,
                    body,
                    headers,
                    response,
                    within,
                }
            },
        )
}

fn closed() -> impl Strategy<Value = Statement> {
    let ending = prop_oneof![
        2 => close_code().prop_map(Ending::Closed),
        1 => Just(Ending::Dropped),
    ];
    (client(), vec(ending, 0..4), within()).prop_map(|(client, expected, within)| {
        Statement::Closed {
            client,
            expected,
            within,
        }
    })
}

fn close_code() -> impl Strategy<Value = CloseCode> {
    prop_oneof![
        any::<u16>().prop_map(CloseCode::Literal),
        name().prop_map(CloseCode::Variable)
    ]
}

/// A comment's text: one line, trimmed.
fn comment() -> impl Strategy<Value = String> {
    ugly().prop_map(|text| text.replace('\n', " ").trim().to_owned())
}

fn line(statement: impl Strategy<Value = Statement> + 'static) -> BoxedStrategy<Line> {
    (statement, option::weighted(0.2, comment()))
        .prop_map(|(statement, comment)| Line {
            statement,
            comment,
            span: 0..0,
        })
        .boxed()
}

fn comment_line() -> BoxedStrategy<Line> {
    comment()
        .prop_map(|text| Line {
            statement: Statement::Comment(text),
            comment: None,
            span: 0..0,
        })
        .boxed()
}

/// A block: comments, and at least one statement.
fn block(line: BoxedStrategy<Line>) -> impl Strategy<Value = Script> {
    let lines = vec(prop_oneof![4 => line.clone(), 1 => comment_line()], 0..3);
    (lines.clone(), line, lines).prop_map(|(mut lines, line, after)| {
        lines.push(line);
        lines.extend(after);
        Script { lines }
    })
}

fn any_line(depth: u32) -> BoxedStrategy<Line> {
    let simple = prop_oneof![
        (name(), generator()).prop_map(|(variable, generator)| Statement::Let {
            variable,
            generator
        }),
        (
            client(),
            path(),
            vec(header(), 0..3),
            option::of(response())
        )
            .prop_map(
                |(client, path, headers, refusal)| Statement::Connect(Connect {
                    client,
                    path,
                    headers,
                    refusal
                })
            ),
        (client(), payload()).prop_map(|(client, payload)| Statement::Send { client, payload }),
        receive().prop_map(Statement::Receive),
        (client(), message_pattern()).prop_map(|(client, pattern)| Statement::Never {
            client,
            pattern,
            scope: None
        }),
        request().prop_map(Statement::Request),
        (client(), option::of((close_code(), option::of(string())))).prop_map(|(client, close)| {
            let (code, reason) = close.map_or((None, None), |(code, reason)| (Some(code), reason));
            Statement::Close {
                client,
                code,
                reason,
            }
        }),
        client().prop_map(|client| Statement::Drop { client }),
        client().prop_map(|client| Statement::Stall { client }),
        client().prop_map(|client| Statement::Resume { client }),
        closed(),
        (duration(), ugly())
            .prop_filter("a reason says something", |(_, reason)| !reason
                .trim()
                .is_empty())
            .prop_map(|(duration, reason)| Statement::Wait {
                duration,
                reason: at(reason)
            }),
    ];
    let simple = prop_oneof![9 => line(simple), 1 => comment_line()].boxed();
    if depth == 0 {
        return simple;
    }
    let inner = || {
        block(
            any_line(depth - 1)
                .prop_filter("a statement", is_statement)
                .boxed(),
        )
    };
    let received = receive().prop_map(|receive| {
        Statement::Receive(Receive {
            next: false,
            ..receive
        })
    });
    let blocks = prop_oneof![
        block(line(received)).prop_map(Statement::InAnyOrder),
        inner().prop_map(Statement::Together),
        (client(), message_pattern(), inner()).prop_map(|(client, pattern, scope)| {
            Statement::Never {
                client,
                pattern,
                scope: Some(scope),
            }
        }),
        (name(), list(), within(), inner()).prop_map(|(variable, list, within, body)| {
            Statement::For(For {
                variable,
                list,
                within,
                body,
            })
        }),
    ];
    prop_oneof![4 => simple, 1 => line(blocks)].boxed()
}

fn is_statement(line: &Line) -> bool {
    !matches!(line.statement, Statement::Comment(_))
}
