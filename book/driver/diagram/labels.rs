//! The short form of what is sent and expected: a diagram names a message, the text above it says it in full.

use checker::notation::ast::{
    BytesSource, CloseCode, Duration, DurationUnit, EventPattern, Frame, Generator, MessagePattern,
    Opcode, PatternNode, Payload, Response, Span, TemplateNode, Text, TextPart, TextPattern,
    TextSource, Within,
};

/// A label is not made longer than this many characters by adding members to it.
const ROOM: usize = 40;

/// Makes labels for what stands in a source.
pub(super) struct Labels<'a> {
    pub(super) source: &'a str,
}

impl Labels<'_> {
    /// What stands there, on one line.
    pub(super) fn written(&self, span: &Span) -> String {
        let text = self.source.get(span.clone()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Of what a client sends.
    pub(super) fn payload(&self, payload: &Payload) -> String {
        match payload {
            Payload::Json(template) => match &template.node {
                TemplateNode::Object(members) => self.object(
                    members.iter().map(|(key, value)| (key, &value.span)),
                    members.len(),
                ),
                _ => self.shortened(&template.span, "JSON"),
            },
            Payload::Text(text) => self.text(text),
            Payload::Bytes(bytes) => bytes_label(bytes),
            Payload::Frame(frame) => frame_label(frame),
        }
    }

    /// Of what is expected.
    pub(super) fn message(&self, pattern: &MessagePattern) -> String {
        match pattern {
            MessagePattern::Json(pattern) => match &pattern.node {
                PatternNode::Object(object) => self.object(
                    object.members.iter().map(|(key, value)| (key, &value.span)),
                    object.members.len(),
                ),
                _ => self.shortened(&pattern.span, "JSON"),
            },
            MessagePattern::Text(text) => match &text.node {
                TextPattern::Exactly(text) => self.text(text),
                TextPattern::Regex(regex) => format!("text /{}/", regex.source),
            },
            MessagePattern::Bytes(bytes) => bytes_label(&bytes.node),
            MessagePattern::Frame(frame) => frame_label(&frame.node),
            MessagePattern::Event(event) => self.event(&event.node),
        }
    }

    /// `event post {id, text}`.
    fn event(&self, event: &EventPattern) -> String {
        let mut label = "event".to_owned();
        match &event.name {
            Some(TextSource::Text(name)) => {
                let name = self.written(&name.span);
                label = format!("{label} {}", name.trim_matches('"'));
            }
            Some(TextSource::Variable(name)) => label = format!("{label} ${}", name.node),
            None => {}
        }
        if let Some(data) = &event.data {
            let data = self.message(data);
            if label.len() + data.len() < ROOM {
                label = format!("{label} {data}");
            }
        }
        label
    }

    /// Of an HTTP response.
    pub(super) fn response(&self, response: &Response) -> String {
        let statuses: Vec<_> = response
            .statuses
            .iter()
            .map(|status| status.node.to_string())
            .collect();
        let mut label = if statuses.is_empty() {
            "any answer".to_owned()
        } else {
            statuses.join(" or ")
        };
        if let Some(body) = &response.body {
            let body = self.message(body);
            if label.len() + body.len() < ROOM {
                label.push(' ');
                label.push_str(&body);
            }
        }
        label
    }

    /// Without its query, if that is a token or too long.
    pub(super) fn path(&self, path: &Text) -> String {
        let written = written_text(path);
        match written.split_once('?') {
            Some((path, query)) if query.contains("token") || written.len() > ROOM => {
                path.to_owned()
            }
            _ => written,
        }
    }

    /// Its type, and as many of the other members as there is room for.
    fn object<'t>(
        &self,
        members: impl Iterator<Item = (&'t Text, &'t Span)>,
        count: usize,
    ) -> String {
        let mut label = String::new();
        let mut others = Vec::new();
        for (key, value) in members {
            let key = written_text(key);
            let value = self.written(value);
            if key == "type" {
                label = value.trim_matches('"').to_owned();
            } else {
                others.push(format!("{key}: {value}"));
            }
        }
        for other in others {
            let separator = if label.is_empty() { "" } else { " " };
            if label.chars().count() + other.chars().count() < ROOM {
                label = format!("{label}{separator}{other}");
            }
        }
        match (label.is_empty(), count) {
            (false, _) => label,
            (true, 0) => "{ }".to_owned(),
            (true, 1) => "an object of 1 member".to_owned(),
            (true, count) => format!("an object of {count} members"),
        }
    }

    fn shortened(&self, span: &Span, otherwise: &str) -> String {
        let written = self.written(span);
        if written.chars().count() <= ROOM {
            written
        } else {
            otherwise.to_owned()
        }
    }

    pub(super) fn text(&self, source: &TextSource) -> String {
        match source {
            TextSource::Text(text) => format!("text {}", self.shortened(&text.span, "")),
            TextSource::Variable(variable) => format!("text ${}", variable.node),
        }
    }
}

fn written_text(text: &Text) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            TextPart::Literal(literal) => literal.clone(),
            TextPart::Variable(variable) => format!("${{{}}}", variable.node),
        })
        .collect()
}

fn bytes_label(bytes: &BytesSource) -> String {
    match bytes {
        BytesSource::Variable(variable) => format!("bytes ${}", variable.node),
        BytesSource::Hex(bytes) => match bytes.len() {
            1 => "1 byte".to_owned(),
            count => format!("{count} bytes"),
        },
    }
}

fn frame_label(frame: &Frame) -> String {
    let opcode = match &frame.opcode {
        Opcode::Continuation => "continuation",
        Opcode::Text => "text",
        Opcode::Binary => "binary",
        Opcode::Close => "close",
        Opcode::Ping => "ping",
        Opcode::Pong => "pong",
        Opcode::Number(_) => "hand-made",
    };
    let fragment = if frame.more { ", more to follow" } else { "" };
    format!("{opcode} frame{fragment}")
}

/// What a `let` makes up.
pub(super) fn kind_of(generator: &Generator) -> &'static str {
    match generator {
        Generator::Text { .. } => "a random text",
        Generator::Word => "a random word",
        Generator::Number { .. } => "a random number",
        Generator::Bytes { .. } => "random bytes",
        Generator::Sha256(_) => "a checksum",
        Generator::Slice { .. } => "a part of them",
        Generator::Jwt { .. } => "a token",
    }
}

/// Of a close frame.
pub(super) fn close_code(code: &CloseCode) -> String {
    match code {
        CloseCode::Literal(code) => code.to_string(),
        CloseCode::Variable(variable) => format!("${}", variable.node),
    }
}

/// Bounds on when.
pub(super) fn written_within(within: &Within) -> String {
    let to = written_duration(within.to);
    match within.from {
        Some(from) => format!("{} to {to} later", written_duration(from)),
        None => format!("within {to}"),
    }
}

/// A length of time.
pub(super) fn written_duration(duration: Duration) -> String {
    let unit = match duration.unit {
        DurationUnit::Milliseconds => "ms",
        DurationUnit::Seconds => "s",
    };
    format!("{} {unit}", duration.count)
}
