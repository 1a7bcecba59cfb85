//! Which messages a line waits for.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value as Json;

use super::{SearchLimit, solutions};
use crate::notation::ast::{
    BytesSource, EventPattern, Frame, FramePayload, MessagePattern, Opcode, TextPattern, TextSource,
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
    /// A server-sent event.
    Event {
        /// Its kind, `message` unless the server named one.
        name: &'a str,
        /// The last event id, perhaps empty.
        id: &'a str,
        /// Its data.
        text: &'a str,
        /// The same, parsed; `None` when it is not JSON.
        json: Option<&'a Json>,
    },
}

impl<'a> Incoming<'a> {
    /// What patterns without `event` see of it: of an event its data.
    pub(super) fn content(self) -> Self {
        match self {
            Self::Event { text, json, .. } => Self::Text { text, json },
            other => other,
        }
    }
}

/// Whether the message exists for this pattern: pings and pongs do for `frame` patterns only.
pub fn is_visible(pattern: &MessagePattern, incoming: &Incoming<'_>) -> bool {
    match incoming {
        Incoming::Text { .. } | Incoming::Binary(_) | Incoming::Event { .. } => true,
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
    if let MessagePattern::Event(event) = pattern {
        return event_solutions(event, incoming, bindings, accept);
    }
    let outcome = match (pattern, incoming.content()) {
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
    Ok(match outcome.bindings(bindings) {
        None => false,
        Some(bindings) => accept(&bindings),
    })
}

/// The data first: a string in the name or the id may hold a variable that the data binds.
fn event_solutions(
    pattern: &EventPattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
    accept: &mut dyn FnMut(&Bindings) -> bool,
) -> Result<bool, SearchLimit> {
    let Incoming::Event { name, id, .. } = incoming else {
        return Ok(false);
    };
    let mut accept_head = |bindings: &Bindings| {
        let outcome = match_text_source_if_any(pattern.name.as_ref(), name, bindings);
        let Some(bindings) = outcome.bindings(bindings) else {
            return false;
        };
        let outcome = match_text_source_if_any(pattern.id.as_ref(), id, &bindings);
        let Some(bindings) = outcome.bindings(&bindings) else {
            return false;
        };
        accept(&bindings)
    };
    match &pattern.data {
        None => Ok(accept_head(bindings)),
        Some(data) => message_solutions(data, incoming.content(), bindings, &mut accept_head),
    }
}

fn match_text_source_if_any<'a>(
    source: Option<&'a TextSource>,
    text: &str,
    bindings: &Bindings,
) -> Outcome<'a> {
    source.map_or(Outcome::Equal, |source| {
        match_text_source(source, text, bindings)
    })
}

enum Outcome<'a> {
    Differs,
    Equal,
    Binds(&'a str, Value),
}

impl Outcome<'_> {
    /// What is bound afterwards, if it matches.
    fn bindings<'b>(self, before: &'b Bindings) -> Option<Cow<'b, Bindings>> {
        match self {
            Self::Differs => None,
            Self::Equal => Some(Cow::Borrowed(before)),
            Self::Binds(name, value) => {
                let mut bindings = before.clone();
                bindings.insert(name.to_owned(), value);
                Some(Cow::Owned(bindings))
            }
        }
    }
}

impl From<bool> for Outcome<'_> {
    fn from(is_equal: bool) -> Self {
        if is_equal { Self::Equal } else { Self::Differs }
    }
}

fn match_text<'a>(pattern: &'a TextPattern, text: &str, bindings: &Bindings) -> Outcome<'a> {
    match pattern {
        TextPattern::Exactly(source) => match_text_source(source, text, bindings),
        TextPattern::Regex(regex) => regex.compiled.is_match(text).into(),
    }
}

fn match_text_source<'a>(source: &'a TextSource, text: &str, bindings: &Bindings) -> Outcome<'a> {
    match source {
        TextSource::Text(expected) => resolve(expected, bindings)
            .is_ok_and(|expected| expected == text)
            .into(),
        TextSource::Variable(variable) => match bindings.get(&variable.node) {
            None => Outcome::Binds(&variable.node, Value::Json(text.into())),
            Some(Value::Json(Json::String(expected))) => (expected == text).into(),
            Some(_) => Outcome::Differs,
        },
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
