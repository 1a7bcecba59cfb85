//! Why a message does not match, of whatever kind it is.

use serde_json::Value as Json;

use super::{event, explain};
use crate::notation::ast::{
    BytesSource, FramePayload, MessagePattern, Opcode, TextPattern, TextSource,
};
use crate::notation::matching::mismatch::{Mismatch, Score};
use crate::notation::matching::{Incoming, message_solutions};
use crate::notation::print::message_pattern_with;
use crate::notation::text::resolve;
use crate::notation::value::{Bindings, Value};

/// Like [`explain()`], for a message; `None` when it matches.
pub fn explain_message(
    pattern: &MessagePattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
) -> Option<Mismatch> {
    if let MessagePattern::Event(event) = pattern {
        return event::explain_event(event, pattern, incoming, bindings);
    }
    let incoming = incoming.content();
    if let (
        MessagePattern::Json(pattern),
        Incoming::Text {
            json: Some(json), ..
        },
    ) = (pattern, incoming)
    {
        return explain(pattern, json, bindings);
    }
    if let Ok(true) = message_solutions(pattern, incoming, bindings, &mut |_| true) {
        return None;
    }
    let payload = match (pattern, incoming) {
        (MessagePattern::Bytes(_), Incoming::Binary(payload)) => Some(payload),
        (MessagePattern::Frame(frame), Incoming::Ping(payload)) => {
            (frame.opcode == Opcode::Ping).then_some(payload)
        }
        (MessagePattern::Frame(frame), Incoming::Pong(payload)) => {
            (frame.opcode == Opcode::Pong).then_some(payload)
        }
        _ => None,
    };
    if let Some(got) = payload
        && let Some(expected) = expected_bytes(pattern, bindings)
    {
        return Some(explain_bytes(&expected, got));
    }
    let is_text = matches!(
        (pattern, incoming),
        (MessagePattern::Text(_), Incoming::Text { .. })
    );
    let mut mismatch = Mismatch::of_message(
        message_pattern_with(pattern, bindings),
        describe_incoming(incoming, pattern),
        is_text || payload.is_some(),
    );
    if let (MessagePattern::Text(pattern), Incoming::Text { text, .. }) = (pattern, incoming) {
        mismatch.score.agree = agreeing_start(pattern, text, bindings);
    }
    Some(mismatch)
}

/// What came, in the words of the notation.
pub(super) fn describe_incoming(incoming: Incoming<'_>, expected: &MessagePattern) -> String {
    match incoming {
        Incoming::Text { text, json } => match (expected, json) {
            (MessagePattern::Json(_), None) => {
                format!("text {}, which is not JSON", Json::from(text))
            }
            (MessagePattern::Text(_), _) | (_, None) => format!("text {}", Json::from(text)),
            (_, Some(_)) => text.to_owned(),
        },
        Incoming::Binary(payload) => format!("a binary message of {}", bytes(payload.len())),
        Incoming::Ping(payload) => format!("a ping with {}", bytes(payload.len())),
        Incoming::Pong(payload) => format!("a pong with {}", bytes(payload.len())),
        Incoming::Event { name, .. } => format!("event {}", Json::from(name)),
    }
}

fn expected_bytes(pattern: &MessagePattern, bindings: &Bindings) -> Option<Vec<u8>> {
    let held = |name: &str| match bindings.get(name)? {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        Value::Json(Json::String(string)) => Some(string.clone().into_bytes()),
        Value::Json(_) => None,
    };
    match pattern {
        MessagePattern::Bytes(source) => match &source.node {
            BytesSource::Hex(expected) => Some(expected.clone()),
            BytesSource::Variable(variable) => match bindings.get(&variable.node)? {
                Value::Bytes(bytes) => Some(bytes.to_vec()),
                Value::Json(_) => None,
            },
        },
        MessagePattern::Frame(frame) => match &frame.payload {
            FramePayload::Empty => None,
            FramePayload::Text(text) => resolve(text, bindings).ok().map(String::into_bytes),
            FramePayload::Hex(expected) => Some(expected.clone()),
            FramePayload::Variable(variable) => held(&variable.node),
        },
        MessagePattern::Json(_) | MessagePattern::Text(_) | MessagePattern::Event(_) => None,
    }
}

/// Long payloads cannot be compared by eye: their lengths are told, and where they part.
fn explain_bytes(expected: &[u8], got: &[u8]) -> Mismatch {
    let agree = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
    let parting = match (expected.get(agree), got.get(agree)) {
        (Some(expected), Some(got)) => {
            format!(": at offset {agree} it is {got:#04x} and not {expected:#04x}")
        }
        (Some(_), None) if agree == 0 => String::new(),
        (Some(_), None) => format!(": the first {} of what was expected", bytes(agree)),
        _ => format!(": what was expected, and {} more", bytes(got.len() - agree)),
    };
    let mut mismatch = Mismatch::of_message(
        bytes(expected.len()),
        format!("{}{parting}", bytes(got.len())),
        true,
    );
    mismatch.score = Score {
        agree: u32::try_from(agree).unwrap_or(u32::MAX),
        ..mismatch.score
    };
    mismatch
}

/// How many characters at the start are as expected.
fn agreeing_start(pattern: &TextPattern, text: &str, bindings: &Bindings) -> u32 {
    let expected = match pattern {
        TextPattern::Exactly(source) => expected_text(source, bindings),
        TextPattern::Regex(_) => None,
    };
    let Some(expected) = expected else { return 0 };
    let agree = expected
        .chars()
        .zip(text.chars())
        .take_while(|(a, b)| a == b)
        .count();
    u32::try_from(agree).unwrap_or(u32::MAX)
}

/// The text that is expected, unless any is.
pub(super) fn expected_text(source: &TextSource, bindings: &Bindings) -> Option<String> {
    match source {
        TextSource::Text(expected) => resolve(expected, bindings).ok(),
        TextSource::Variable(variable) => match bindings.get(&variable.node) {
            Some(Value::Json(Json::String(expected))) => Some(expected.clone()),
            _ => None,
        },
    }
}

fn bytes(count: usize) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        format!("{count} bytes")
    }
}
