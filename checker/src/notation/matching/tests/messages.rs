//! Messages of every kind.

use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::build::{at_no_place, bound, pattern, regex, text};
use crate::notation::ast::{
    BytesSource, Frame, FramePayload, MessagePattern, Opcode, TextPattern, TextSource,
};
use crate::notation::matching::{Incoming, explain_message, is_visible, message_solutions};
use crate::notation::value::{Bindings, Value};

fn json_pattern(source: &Json) -> MessagePattern {
    MessagePattern::Json(pattern(source))
}

fn exactly(source: &str) -> MessagePattern {
    let source = match source.strip_prefix('$') {
        Some(name) if !name.starts_with('{') => TextSource::Variable(at_no_place(name.to_owned())),
        _ => TextSource::Text(text(source)),
    };
    MessagePattern::Text(at_no_place(TextPattern::Exactly(source)))
}

fn like(source: &str) -> MessagePattern {
    MessagePattern::Text(at_no_place(TextPattern::Regex(regex(source))))
}

fn bytes(source: BytesSource) -> MessagePattern {
    MessagePattern::Bytes(at_no_place(source))
}

fn bytes_of(name: &str) -> MessagePattern {
    bytes(BytesSource::Variable(at_no_place(name.to_owned())))
}

fn frame(opcode: Opcode, payload: FramePayload) -> MessagePattern {
    MessagePattern::Frame(at_no_place(Frame {
        opcode,
        more: false,
        rsv: None,
        unmasked: false,
        claims: None,
        payload,
    }))
}

fn holding(name: &str, bytes: &'static [u8]) -> Bindings {
    Bindings::from([(name.to_owned(), Value::Bytes(Bytes::from_static(bytes)))])
}

fn plain(text: &str) -> Incoming<'_> {
    Incoming::Text { text, json: None }
}

/// What holds after the first match.
fn first(
    pattern: &MessagePattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
) -> Option<Bindings> {
    let mut first = None;
    let accepted = message_solutions(pattern, incoming, bindings, &mut |bindings| {
        first = Some(bindings.clone());
        true
    });
    assert_eq!(accepted, Ok(first.is_some()));
    assert_eq!(
        explain_message(pattern, incoming, bindings).is_none(),
        first.is_some()
    );
    first
}

#[track_caller]
fn matches(pattern: &MessagePattern, incoming: Incoming<'_>) -> bool {
    first(pattern, incoming, &Bindings::new()).is_some()
}

#[test]
fn json_matches_text_that_is_json_and_nothing_else() {
    let one = json!({"a": 1});
    let pattern = json_pattern(&one);
    assert!(matches(
        &pattern,
        Incoming::Text {
            text: r#"{"a":1}"#,
            json: Some(&one)
        }
    ));
    assert!(!matches(&pattern, plain("{not json")));
    assert!(!matches(&pattern, Incoming::Binary(br#"{"a":1}"#)));
    assert!(!matches(
        &json_pattern(&json!({"@hole": "any"})),
        Incoming::Pong(b"1")
    ));
}

#[test]
fn text_is_compared_as_it_came() {
    let quoted = json!("a");
    assert!(matches(
        &exactly("\"a\""),
        Incoming::Text {
            text: "\"a\"",
            json: Some(&quoted)
        }
    ));
    assert!(!matches(
        &exactly("a"),
        Incoming::Text {
            text: "\"a\"",
            json: Some(&quoted)
        }
    ));
    assert!(matches(&like("^😀+$"), plain("😀😀")));
    assert!(!matches(&like("^😀+$"), plain("😀 ")));
    assert!(!matches(&exactly("a"), Incoming::Binary(b"a")));
    let bindings = bound(&json!({"x": "mira", "n": 1}));
    assert!(first(&exactly("${x} ${n}"), plain("mira 1"), &bindings).is_some());
    assert!(first(&exactly("${x} ${y}"), plain("mira 1"), &bindings).is_none());
    assert!(first(&exactly("$n"), plain("1"), &bindings).is_none());
}

#[test]
fn an_unbound_variable_takes_the_message() {
    let text = first(&exactly("$x"), plain("{not json"), &Bindings::new()).unwrap();
    assert_eq!(text["x"], Value::Json("{not json".into()));
    assert!(first(&exactly("$x"), plain("{not json"), &text).is_some());
    assert!(first(&exactly("$x"), plain("other"), &text).is_none());
    let bytes = first(
        &bytes_of("f"),
        Incoming::Binary(b"\xff\0"),
        &Bindings::new(),
    )
    .unwrap();
    assert_eq!(bytes, holding("f", b"\xff\0"));
    assert!(first(&bytes_of("f"), Incoming::Binary(b"\xff"), &bytes).is_none());
    let variable = || FramePayload::Variable(at_no_place("p".to_owned()));
    let pong = first(
        &frame(Opcode::Pong, variable()),
        Incoming::Pong(b"hi"),
        &Bindings::new(),
    );
    assert_eq!(pong, Some(holding("p", b"hi")));
}

#[test]
fn bytes_and_text_are_never_the_same() {
    assert!(
        first(
            &bytes_of("f"),
            Incoming::Binary(b"a"),
            &bound(&json!({"f": "a"}))
        )
        .is_none()
    );
    assert!(first(&exactly("$f"), plain("a"), &holding("f", b"a")).is_none());
    assert!(matches(
        &bytes(BytesSource::Hex(vec![0xf0, 0x9f])),
        Incoming::Binary(b"\xf0\x9f")
    ));
}

#[test]
fn pings_and_pongs_exist_for_frame_patterns_only() {
    let any_pong = frame(Opcode::Pong, FramePayload::Empty);
    for incoming in [Incoming::Ping(b"x"), Incoming::Pong(b"x")] {
        assert!(is_visible(&any_pong, &incoming));
        for pattern in [json_pattern(&json!("$x")), exactly("$x"), bytes_of("x")] {
            assert!(!is_visible(&pattern, &incoming));
            assert!(!matches(&pattern, incoming));
        }
    }
    assert!(is_visible(&any_pong, &plain("x")));
    assert!(is_visible(&bytes_of("x"), &plain("x")));
}

#[test]
fn a_frame_is_matched_by_kind_and_payload() {
    assert!(matches(
        &frame(Opcode::Pong, FramePayload::Empty),
        Incoming::Pong(b"whatever")
    ));
    assert!(!matches(
        &frame(Opcode::Ping, FramePayload::Empty),
        Incoming::Pong(b"")
    ));
    assert!(!matches(
        &frame(Opcode::Pong, FramePayload::Empty),
        Incoming::Binary(b"")
    ));
    let between = || FramePayload::Text(text("between"));
    assert!(matches(
        &frame(Opcode::Ping, between()),
        Incoming::Ping(b"between")
    ));
    assert!(!matches(
        &frame(Opcode::Ping, between()),
        Incoming::Ping(b"between!")
    ));
    assert!(matches(
        &frame(Opcode::Pong, FramePayload::Hex(vec![255])),
        Incoming::Pong(b"\xff")
    ));
    let held = frame(
        Opcode::Pong,
        FramePayload::Variable(at_no_place("p".to_owned())),
    );
    assert!(first(&held, Incoming::Pong(b"hi"), &bound(&json!({"p": "hi"}))).is_some());
    assert!(first(&held, Incoming::Pong(b"hi"), &holding("p", b"ho")).is_none());
}

#[test]
fn messages_of_the_wrong_kind_are_described() {
    let one = json!({"a": 1});
    let is_json = || Incoming::Text {
        text: r#"{"a": 1}"#,
        json: Some(&one),
    };
    let why = |pattern: &MessagePattern, incoming| {
        explain_message(pattern, incoming, &holding("file", b"0123456789"))
            .unwrap()
            .to_string()
    };
    insta::assert_snapshot!([
        why(&json_pattern(&one), plain("{not json")),
        why(&json_pattern(&one), Incoming::Binary(b"\0")),
        why(&json_pattern(&json!({"a": 2})), is_json()),
        why(&exactly("😀"), plain("😀\n")),
        why(&exactly("😀"), Incoming::Binary(b"12")),
        why(&like("^a+$"), plain("b")),
        why(&exactly("$unbound"), Incoming::Ping(b"")),
        why(&bytes_of("file"), plain("text")),
        why(&bytes_of("file"), is_json()),
        why(&bytes_of("file"), Incoming::Binary(b"01234")),
        why(&bytes_of("file"), Incoming::Binary(b"0123456789ab")),
        why(&bytes_of("file"), Incoming::Binary(b"0123X56789")),
        why(&bytes(BytesSource::Hex(vec![1])), Incoming::Binary(b"")),
        why(&frame(Opcode::Pong, FramePayload::Text(text("hi"))), Incoming::Pong(b"ho")),
        why(&frame(Opcode::Pong, FramePayload::Text(text("hi"))), Incoming::Ping(b"hi")),
        why(&frame(Opcode::Pong, FramePayload::Hex(vec![1, 2])), plain("hi")),
    ].join("\n"), @r#"
    expected {"a":1}, got text "{not json", which is not JSON
    expected {"a":1}, got a binary message of 1 byte
    a: expected 2, got 1
    expected text "😀", got text "😀\n"
    expected text "😀", got a binary message of 2 bytes
    expected text /^a+$/, got text "b"
    expected text $unbound, got a ping with 0 bytes
    expected bytes $file, got text "text"
    expected bytes $file, got {"a": 1}
    expected 10 bytes, got 5 bytes: the first 5 bytes of what was expected
    expected 10 bytes, got 12 bytes: what was expected, and 2 bytes more
    expected 10 bytes, got 10 bytes: at offset 4 it is 0x58 and not 0x34
    expected 1 byte, got 0 bytes
    expected 2 bytes, got 2 bytes: at offset 1 it is 0x6f and not 0x69
    expected frame pong "hi", got a ping with 2 bytes
    expected frame pong hex "0102", got text "hi"
    "#);
}

#[test]
fn a_message_of_the_right_kind_is_closer() {
    let score = |pattern: &MessagePattern, incoming| {
        explain_message(pattern, incoming, &holding("file", b"0123456789"))
            .unwrap()
            .score
    };
    let other = json!(["other"]);
    let json = Incoming::Text {
        text: r#"["other"]"#,
        json: Some(&other),
    };
    let wanted = json_pattern(&json!({"type": "ack"}));
    assert!(score(&wanted, json) > score(&wanted, plain("{not json")));
    assert!(score(&wanted, json) > score(&wanted, Incoming::Binary(b"")));
    assert!(score(&exactly("hello"), plain("help")) > score(&exactly("hello"), plain("bye")));
    assert!(
        score(&exactly("hello"), plain("bye"))
            > score(&exactly("hello"), Incoming::Binary(b"hello"))
    );
    assert!(
        score(&bytes_of("file"), Incoming::Binary(b"012"))
            > score(&bytes_of("file"), Incoming::Binary(b"12"))
    );
}
