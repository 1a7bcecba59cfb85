//! Any script that can be written, for tests of what holds of all of them.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use self::client_page::client_page;
use self::parts::*;
pub(crate) use self::parts::{pattern, template};
use self::values::{generator, list};
use crate::notation::ast::*;

mod client_page;
mod parts;
mod values;

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
    let script = (head, vec(any_line(2), 0..6)).prop_map(|(head, lines)| Script {
        lines: head.into_iter().chain(lines).collect(),
    });
    prop_oneof![9 => script, 1 => exploration()]
}

/// A check that explores: there is nothing else in it.
fn exploration() -> impl Strategy<Value = Script> {
    let explore = ("[a-z][a-z0-9_]{0,6}", Explore::CLIENTS, Explore::STEPS).prop_map(
        |(name, clients, steps)| {
            Statement::Explore(Explore {
                name: at(name),
                clients,
                steps,
            })
        },
    );
    let head = vec(prop_oneof![line(env()), comment_line()], 0..3);
    (head, line(explore), option::of(comment_line())).prop_map(|(mut lines, explore, comment)| {
        lines.push(explore);
        lines.extend(comment);
        Script { lines }
    })
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
        1 => spanned(event()).prop_map(MessagePattern::Event),
    ]
    .boxed()
}

fn event() -> impl Strategy<Value = EventPattern> {
    let text = prop_oneof![
        text_source().prop_map(TextPattern::Exactly),
        regex().prop_map(TextPattern::Regex),
    ];
    let data = prop_oneof![
        pattern().prop_map(MessagePattern::Json),
        spanned(text).prop_map(MessagePattern::Text),
    ];
    let head = (option::of(text_source()), option::of(text_source()));
    (head, option::of(data)).prop_map(|((name, id), data)| {
        // A string or a variable right behind `event` is its name.
        let begins_with_name = |data: &MessagePattern| {
            matches!(data, MessagePattern::Json(pattern) if starts_with_text(pattern))
        };
        let takes_data_for_name = id.is_none() && name.is_none();
        let data = data.filter(|data| !(takes_data_for_name && begins_with_name(data)));
        EventPattern {
            name,
            id,
            data: data.map(Box::new),
        }
    })
}

/// Whether the first word of a pattern is a string or a variable.
fn starts_with_text(pattern: &Pattern) -> bool {
    match &pattern.node {
        PatternNode::String(_) | PatternNode::Variable(_) => true,
        PatternNode::OneOf(choices) => choices.first().is_some_and(starts_with_text),
        _ => false,
    }
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

fn opening() -> impl Strategy<Value = Connect> {
    let headers = vec(header(), 0..3);
    (client(), path(), headers, option::of(response())).prop_map(
        |(client, path, headers, refusal)| Connect {
            client,
            path,
            headers,
            refusal,
        },
    )
}

fn measure(body: impl Strategy<Value = Script>) -> impl Strategy<Value = Statement> {
    let name = ugly().prop_filter("names something", |name| !name.trim().is_empty());
    let counts = (1..=u32::MAX, option::of(1..=u32::MAX));
    (name, client(), counts, body).prop_map(|(name, client, (messages, at_most), body)| {
        Statement::Measure(Measure {
            name: at(name),
            client,
            messages,
            at_most,
            body,
        })
    })
}

fn any_line(depth: u32) -> BoxedStrategy<Line> {
    let simple = prop_oneof![
        (name(), generator()).prop_map(|(variable, generator)| Statement::Let {
            variable,
            generator
        }),
        opening().prop_map(Statement::Connect),
        opening().prop_map(Statement::Listen),
        (client(), payload()).prop_map(|(client, payload)| Statement::Send { client, payload }),
        receive().prop_map(Statement::Receive),
        (client(), message_pattern()).prop_map(|(client, pattern)| Statement::Never {
            client,
            pattern,
            scope: None
        }),
        request().prop_map(Statement::Request),
        request().prop_map(|request| {
            Statement::Ask(Request {
                response: None,
                within: None,
                ..request
            })
        }),
        (client(), response(), within()).prop_map(|(client, response, within)| {
            Statement::Answered(Answered {
                client,
                response,
                within,
            })
        }),
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
        client_page(),
        (duration_source(), ugly())
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
        measure(inner()),
        (client(), inner()).prop_map(|(client, scope)| Statement::NotAnswered { client, scope }),
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
