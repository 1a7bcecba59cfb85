//! Bytes into server-sent events (WHATWG HTML, section 9.2.6), whatever the pieces in which they arrive.

use super::MESSAGE_LIMIT;
use super::inbox::TextMessage;

/// A server-sent event.
#[derive(Debug, Default)]
pub struct ServerSentEvent {
    /// Its kind: `message` unless the server named one.
    pub name: String,
    /// The last event id that the server gave, with this event or before; empty if it gave none.
    pub id: String,
    /// The lines of its data, joined.
    pub data: TextMessage,
}

/// Reads the lines of one stream.
#[derive(Debug, Default)]
pub(super) struct EventParser {
    /// The line that has begun.
    line: Vec<u8>,
    /// The last byte was a CR: an LF right after it belongs to the same end of line.
    after_cr: bool,
    /// A line has been read: only before the first one a byte order mark is none of the text.
    begun: bool,
    name: String,
    data: String,
    id: String,
}

/// An event is longer than the checker keeps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl EventParser {
    /// Takes what came and gives the events that it completes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<ServerSentEvent>, TooLong> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while let [first, behind @ ..] = rest {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                rest = behind;
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (piece, behind) = rest.split_at(end.unwrap_or(rest.len()));
            if (self.line.len() + self.data.len() + piece.len()) as u64 > MESSAGE_LIMIT {
                return Err(TooLong);
            }
            self.line.extend_from_slice(piece);
            if let [end, behind @ ..] = behind {
                self.after_cr = *end == b'\r';
                events.extend(self.end_line());
                rest = behind;
            } else {
                break;
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<ServerSentEvent> {
        let bytes = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.begun, true);
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if first => rest,
            _ => &bytes,
        };
        if bytes.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(bytes);
        // A comment is a field without a name.
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            // `retry` is for one who reconnects by itself; what is unknown is ignored.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<ServerSentEvent> {
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return None;
        }
        data.pop();
        Some(ServerSentEvent {
            name: if name.is_empty() {
                "message".to_owned()
            } else {
                name
            },
            id: self.id.clone(),
            data: TextMessage::new(data),
        })
    }
}
