//! Which messages a line waits for.

use bytes::Bytes;
use serde_json::Value as Json;

use super::{SearchLimit, solutions};
use crate::notation::ast::{
    BytesSource, Frame, FramePayload, MessagePattern, Opcode, TextPattern, TextSource,
};
use crate::notation::text::resolve;
use crate::notation::value::{Bindings, Value};

/// A message as it arrived, or the body of an HTTP response.
#[derive(Debug, Clone, Copy)]
pub enum Incoming<'a> {
    /// A text message.
    Text {
        /// As it came.
        text: &'a str,
        /// The same, parsed; `None` when it is not JSON. Parsing is left to the caller, who asks about one message many times.
        json: Option<&'a Json>,
    },
    /// A binary message.
    Binary(&'a [u8]),
    /// A ping frame's payload.
    Ping(&'a [u8]),
    /// A pong frame's payload.
    Pong(&'a [u8]),
}

/// Whether the message exists for this pattern: pings and pongs do for `frame` patterns only.
pub fn is_visible(pattern: &MessagePattern, incoming: &Incoming<'_>) -> bool {
    match incoming {
        Incoming::Text { .. } | Incoming::Binary(_) => true,
        Incoming::Ping(_) | Incoming::Pong(_) => matches!(pattern, MessagePattern::Frame(_)),
    }
}

/// Like [`solutions`], for a message. What is invisible to the pattern does not match it.
///
/// # Errors
/// See [`SearchLimit`].
pub fn message_solutions(
    pattern: &MessagePattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
    accept: &mut dyn FnMut(&Bindings) -> bool,
) -> Result<bool, SearchLimit> {
    let outcome = match (pattern, incoming) {
        (
            MessagePattern::Json(pattern),
            Incoming::Text {
                json: Some(json), ..
            },
        ) => {
            return solutions(pattern, json, bindings, accept);
        }
        (MessagePattern::Text(pattern), Incoming::Text { text, .. }) => {
            match_text(pattern, text, bindings)
        }
        (MessagePattern::Bytes(source), Incoming::Binary(bytes)) => {
            match_bytes(source, bytes, bindings)
        }
        (MessagePattern::Frame(frame), Incoming::Ping(payload)) if frame.opcode == Opcode::Ping => {
            match_payload(frame, payload, bindings)
        }
        (MessagePattern::Frame(frame), Incoming::Pong(payload)) if frame.opcode == Opcode::Pong => {
            match_payload(frame, payload, bindings)
        }
        _ => Outcome::Differs,
    };
    Ok(match outcome {
        Outcome::Differs => false,
        Outcome::Equal => accept(bindings),
        Outcome::Binds(name, value) => {
            let mut bindings = bindings.clone();
            bindings.insert(name.to_owned(), value);
            accept(&bindings)
        }
    })
}

enum Outcome<'a> {
    Differs,
    Equal,
    Binds(&'a str, Value),
}

impl From<bool> for Outcome<'_> {
    fn from(is_equal: bool) -> Self {
        if is_equal { Self::Equal } else { Self::Differs }
    }
}

fn match_text<'a>(pattern: &'a TextPattern, text: &str, bindings: &Bindings) -> Outcome<'a> {
    match pattern {
        TextPattern::Exactly(TextSource::Text(expected)) => resolve(expected, bindings)
            .is_ok_and(|expected| expected == text)
            .into(),
        TextPattern::Exactly(TextSource::Variable(variable)) => {
            match bindings.get(&variable.node) {
                None => Outcome::Binds(&variable.node, Value::Json(text.into())),
                Some(Value::Json(Json::String(expected))) => (expected == text).into(),
                Some(_) => Outcome::Differs,
            }
        }
        TextPattern::Regex(regex) => regex.compiled.is_match(text).into(),
    }
}

fn match_bytes<'a>(source: &'a BytesSource, bytes: &[u8], bindings: &Bindings) -> Outcome<'a> {
    match source {
        BytesSource::Hex(expected) => (expected == bytes).into(),
        BytesSource::Variable(variable) => match bindings.get(&variable.node) {
            None => Outcome::Binds(&variable.node, Value::Bytes(Bytes::copy_from_slice(bytes))),
            Some(Value::Bytes(expected)) => (expected == bytes).into(),
            Some(Value::Json(_)) => Outcome::Differs,
        },
    }
}

fn match_payload<'a>(frame: &'a Frame, payload: &[u8], bindings: &Bindings) -> Outcome<'a> {
    match &frame.payload {
        FramePayload::Empty => Outcome::Equal,
        FramePayload::Text(expected) => resolve(expected, bindings)
            .is_ok_and(|expected| expected.as_bytes() == payload)
            .into(),
        FramePayload::Hex(expected) => (expected == payload).into(),
        FramePayload::Variable(variable) => match bindings.get(&variable.node) {
            None => Outcome::Binds(
                &variable.node,
                Value::Bytes(Bytes::copy_from_slice(payload)),
            ),
            Some(Value::Bytes(expected)) => (expected == payload).into(),
            Some(Value::Json(Json::String(expected))) => (expected.as_bytes() == payload).into(),
            Some(Value::Json(_)) => Outcome::Differs,
        },
    }
}
