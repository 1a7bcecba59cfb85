//! What a line sends, made from what its variables hold.

use bytes::Bytes;

use super::player::Stop;
use super::{show, values};
use crate::actor::{FrameSpec, Outgoing};
use crate::notation::ast::{
    BytesSource, CloseCode, Frame, FramePayload, NumberSource, Opcode, Payload, Text, TextSource,
    Variable,
};
use crate::notation::text::{self, ResolveError};
use crate::notation::value::{Bindings, Value};

/// The code of a close frame.
pub(super) fn close_code(code: &CloseCode, bindings: &Bindings) -> Result<u16, Stop> {
    match code {
        CloseCode::Literal(code) => Ok(*code),
        CloseCode::Variable(variable) => number(variable, bindings),
    }
}

/// The small number that a variable holds.
fn number<N: TryFrom<u64>>(variable: &Variable, bindings: &Bindings) -> Result<N, Stop> {
    let value = held(variable, bindings)?;
    let number = match value {
        Value::Json(json) => json.as_u64(),
        Value::Bytes(_) => None,
    };
    number
        .and_then(|n| N::try_from(n).ok())
        .ok_or_else(|| wrong_kind(variable, "a number that fits here", value))
}

/// What goes out, and how it stands in the transcript if not as the page has it.
pub(super) fn outgoing(
    payload: &Payload,
    bindings: &Bindings,
) -> Result<(Outgoing, Option<String>), Stop> {
    Ok(match payload {
        Payload::Json(template) => {
            let json = values::template(template, bindings)?.to_string();
            let shown = show::long(&json, "JSON");
            (Outgoing::Text(json), Some(shown))
        }
        Payload::Text(source) => {
            let text = text_of(source, bindings)?;
            let shown = format!("text {}", show::quoted(&text));
            (Outgoing::Text(text), Some(shown))
        }
        Payload::Bytes(source) => {
            let bytes = source_bytes(source, bindings)?;
            let shown = format!("bytes ({})", show::byte_count(bytes.len()));
            (Outgoing::Binary(bytes), Some(shown))
        }
        Payload::Frame(frame) => (Outgoing::Frame(frame_spec(frame, bindings)?), None),
    })
}

fn frame_spec(frame: &Frame, bindings: &Bindings) -> Result<FrameSpec, Stop> {
    let opcode = match &frame.opcode {
        Opcode::Continuation => 0,
        Opcode::Text => 1,
        Opcode::Binary => 2,
        Opcode::Close => 8,
        Opcode::Ping => 9,
        Opcode::Pong => 10,
        Opcode::Number(source) => small(source, bindings)?,
    };
    let rsv = match &frame.rsv {
        Some(source) => 0b1000_u8 >> small::<u8>(source, bindings)?.min(4),
        None => 0,
    };
    let payload = match &frame.payload {
        FramePayload::Empty => Bytes::new(),
        FramePayload::Text(text) => resolved(text::resolve(text, bindings))?.into(),
        FramePayload::Hex(bytes) => Bytes::copy_from_slice(bytes),
        FramePayload::Variable(variable) => match bindings.get(&variable.node) {
            Some(Value::Json(serde_json::Value::String(text))) => Bytes::from(text.clone()),
            _ => bytes_of(variable, bindings)?,
        },
    };
    Ok(FrameSpec {
        fin: !frame.more,
        rsv,
        opcode,
        masked: !frame.unmasked,
        claimed_len: frame.claims.map(|size| size.bytes()),
        payload,
    })
}

fn small<N: TryFrom<u64> + From<u8>>(
    source: &NumberSource,
    bindings: &Bindings,
) -> Result<N, Stop> {
    match source {
        NumberSource::Literal(number) => Ok(N::from(*number)),
        NumberSource::Variable(variable) => number(variable, bindings),
    }
}

/// The text that a source stands for.
pub(super) fn text_of(source: &TextSource, bindings: &Bindings) -> Result<String, Stop> {
    match source {
        TextSource::Text(text) => resolved(text::resolve(text, bindings)),
        TextSource::Variable(variable) => match held(variable, bindings)? {
            Value::Json(serde_json::Value::String(text)) => Ok(text.clone()),
            other => Err(wrong_kind(variable, "a string", other)),
        },
    }
}

/// The bytes that a source stands for.
pub(super) fn source_bytes(source: &BytesSource, bindings: &Bindings) -> Result<Bytes, Stop> {
    match source {
        BytesSource::Variable(variable) => bytes_of(variable, bindings),
        BytesSource::Hex(bytes) => Ok(Bytes::copy_from_slice(bytes)),
    }
}

/// `Name: value` lines, apart.
pub(super) fn headers(
    headers: &[Text],
    bindings: &Bindings,
) -> Result<Vec<(String, String)>, Stop> {
    headers
        .iter()
        .map(|header| {
            let line = resolved(text::resolve(header, bindings))?;
            match line.split_once(':') {
                Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
                None => Err(Stop::Inconclusive(format!(
                    "header {line:?} is not of the form `Name: value`"
                ))),
            }
        })
        .collect()
}

pub(super) fn resolved(text: Result<String, text::ResolveError>) -> Result<String, Stop> {
    text.map_err(|error| Stop::Inconclusive(error.to_string()))
}

/// The bytes that a variable holds.
pub(super) fn bytes_of(variable: &Variable, bindings: &Bindings) -> Result<Bytes, Stop> {
    match held(variable, bindings)? {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        other => Err(wrong_kind(variable, "bytes", other)),
    }
}

fn held<'b>(variable: &Variable, bindings: &'b Bindings) -> Result<&'b Value, Stop> {
    let unbound = || ResolveError::Unbound(variable.node.clone());
    bindings
        .get(&variable.node)
        .ok_or_else(|| Stop::Inconclusive(unbound().to_string()))
}

fn wrong_kind(variable: &Variable, wanted: &str, held: &Value) -> Stop {
    Stop::Unusable(format!(
        "`${}` must hold {wanted}, but holds {}",
        variable.node,
        show::value(held)
    ))
}
