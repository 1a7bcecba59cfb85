//! How values and messages stand in a transcript: whole, or by what they are. Nothing is cut short.

use bytes::Bytes;

use crate::actor::{Event, HttpResponse, RequestError, ServerSentEvent};
use crate::notation::ast::ClientName;
use crate::notation::value::Value;

/// What is longer is described instead, in characters.
const LONGEST: usize = 4_000;

/// A message as it came, or nothing for an event that no message pattern sees.
pub(super) fn event(event: &Event) -> Option<String> {
    match event {
        Event::Text(text) => Some(match text.json() {
            Some(_) => long(&text.text, "JSON"),
            None => format!("text {}", quoted(&text.text)),
        }),
        Event::Binary(bytes) => Some(format!("bytes ({})", byte_count(bytes.len()))),
        Event::Ping(payload) => Some(format!("frame ping {}", payload_text(payload))),
        Event::Pong(payload) => Some(format!("frame pong {}", payload_text(payload))),
        Event::ServerSent(event) => Some(server_sent(event)),
        Event::Answer(_)
        | Event::Close { .. }
        | Event::Ended(_)
        | Event::Violation(_)
        | Event::Overflow { .. } => None,
    }
}

/// `event "post" id "3" {…}`.
fn server_sent(event: &ServerSentEvent) -> String {
    let mut shown = format!("event {}", quoted(&event.name));
    if !event.id.is_empty() {
        shown = format!("{shown} id {}", quoted(&event.id));
    }
    let data = match event.data.json() {
        Some(_) => long(&event.data.text, "JSON"),
        None => format!("text {}", quoted(&event.data.text)),
    };
    format!("{shown} {data}")
}

/// The answer to a request, or why there is none.
pub(super) fn answer(answer: &Result<HttpResponse, RequestError>) -> String {
    match answer {
        Ok(answer) => response(answer.status, &answer.body),
        Err(error) => error.to_string(),
    }
}

/// A text in quotes, or what it is.
pub(super) fn quoted(text: &str) -> String {
    if text.len() > LONGEST {
        return format!("({} characters)", text.chars().count());
    }
    serde_json::Value::from(text).to_string()
}

/// A text as it is, or what it is.
pub(super) fn long(text: &str, kind: &str) -> String {
    if text.len() > LONGEST {
        return format!("({} characters of {kind})", text.chars().count());
    }
    text.to_owned()
}

/// A payload of bytes: as text if it is one, otherwise in hexadecimal.
pub(super) fn payload_text(payload: &Bytes) -> String {
    match std::str::from_utf8(payload) {
        Ok(text) => quoted(text),
        Err(_) if payload.len() <= 125 => format!("hex \"{}\"", hex(payload)),
        Err(_) => format!("({})", byte_count(payload.len())),
    }
}

/// An HTTP body: as it is if it is text, otherwise what it is.
pub(super) fn body(body: &Bytes) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => long(text, "text"),
        Err(_) => format!("bytes ({})", byte_count(body.len())),
    }
}

/// A status and the body behind it, if there is one.
pub(super) fn response(status: u16, body: &Bytes) -> String {
    match self::body(body).trim_end() {
        "" => status.to_string(),
        body => format!("{status} {body}"),
    }
}

/// A variable's value.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Json(json) => long(&json.to_string(), "JSON"),
        Value::Bytes(bytes) => format!("({})", byte_count(bytes.len())),
    }
}

/// `3 MiB`, `1,000 bytes`.
pub(super) fn byte_count(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        n if n >= 1 << 20 && n % (1 << 20) == 0 => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 && n % (1 << 10) == 0 => format!("{} KiB", n >> 10),
        n => format!("{n} bytes"),
    }
}

/// `400 ms`, `2 s`, `1.5 s`.
pub(super) fn duration(duration: std::time::Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds < 1000 {
        format!("{milliseconds} ms")
    } else if milliseconds.is_multiple_of(1000) {
        format!("{} s", milliseconds / 1000)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who is at the other end of a connection.
pub(super) fn peer(name: &ClientName) -> &'static str {
    match name.is_server() {
        true => "the client",
        false => "the server",
    }
}

/// Whose connection it is.
pub(super) fn connection(name: &ClientName) -> String {
    match name.is_server() {
        true => "the connection".to_owned(),
        false => format!("{name}'s connection"),
    }
}
