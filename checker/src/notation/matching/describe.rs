//! A pattern in words that a student can compare with a message: what its variables hold stands in their place.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::scope::Scope;
use crate::notation::ast::{
    ArrayPattern, BytesSource, Comparison, Frame, FramePayload, Hole, MessagePattern, Opcode,
    Pattern, PatternNode, Text, TextPart, TextPattern, TextSource, Variable,
};
use crate::notation::json;
use crate::notation::text::ValueRef;
use crate::notation::value::Bindings;

/// The pattern with the bound variables replaced by what they hold; the others keep their names.
pub fn describe(pattern: &Pattern, bindings: &Bindings) -> String {
    describe_in(&Scope::new(bindings), pattern)
}

/// Like [`describe`], for a message. Bytes are given as their number.
pub fn describe_message(pattern: &MessagePattern, bindings: &Bindings) -> String {
    let scope = Scope::new(bindings);
    match pattern {
        MessagePattern::Json(pattern) => describe_in(&scope, pattern),
        MessagePattern::Text(pattern) => match &pattern.node {
            TextPattern::Exactly(TextSource::Text(text)) => {
                format!("text {}", string(&scope, text))
            }
            TextPattern::Exactly(TextSource::Variable(name)) => {
                format!("text {}", variable(&scope, name))
            }
            TextPattern::Regex(regex) => format!("text {}", slashed(&regex.source)),
        },
        MessagePattern::Bytes(source) => match &source.node {
            BytesSource::Variable(name) => format!("bytes {}", variable(&scope, name)),
            BytesSource::Hex(bytes) => format!("bytes {}", hex(bytes)),
        },
        MessagePattern::Frame(frame) => describe_frame(&scope, frame),
    }
}

fn describe_frame(scope: &Scope<'_>, frame: &Frame) -> String {
    let opcode = match frame.opcode {
        Opcode::Ping => "ping",
        Opcode::Pong => "pong",
        _ => "of another kind",
    };
    match &frame.payload {
        FramePayload::Empty => format!("frame {opcode}"),
        FramePayload::Text(text) => format!("frame {opcode} {}", string(scope, text)),
        FramePayload::Hex(bytes) => format!("frame {opcode} {}", hex(bytes)),
        FramePayload::Variable(name) => format!("frame {opcode} {}", variable(scope, name)),
    }
}

pub(super) fn describe_in(scope: &Scope<'_>, pattern: &Pattern) -> String {
    let mut out = String::new();
    write_pattern(scope, pattern, &mut out);
    out
}

fn write_pattern(scope: &Scope<'_>, pattern: &Pattern, out: &mut String) {
    match &pattern.node {
        PatternNode::Null => out.push_str("null"),
        PatternNode::Bool(boolean) => push(out, boolean),
        PatternNode::Number(number) => push(out, number),
        PatternNode::String(text) => out.push_str(&string(scope, text)),
        PatternNode::Array(items) => write_items(scope, items, out),
        PatternNode::Unordered(items) => {
            out.push_str("unordered ");
            write_items(scope, items, out);
        }
        PatternNode::Object(object) => {
            out.push('{');
            for (at, (key, pattern)) in object.members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push(out, format_args!("{}:", string(scope, key)));
                write_pattern(scope, pattern, out);
            }
            if object.open {
                out.push_str(if object.members.is_empty() {
                    "..."
                } else {
                    ", ..."
                });
            }
            out.push('}');
        }
        PatternNode::Variable(name) => out.push_str(&variable(scope, name)),
        PatternNode::Hole(hole) => out.push_str(match hole {
            Hole::Any => "any",
            Hole::String => "string",
            Hole::Number => "number",
            Hole::Integer => "integer",
            Hole::Boolean => "boolean",
            Hole::Timestamp => "timestamp",
            Hole::Uuid => "uuid",
        }),
        PatternNode::Range { from, to } => push(out, format_args!("{from}..{to}")),
        PatternNode::Comparison { operator, bound } => {
            let operator = match operator {
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
            };
            push(out, format_args!("{operator} {bound}"));
        }
        PatternNode::Regex(regex) => out.push_str(&slashed(&regex.source)),
        PatternNode::OneOf(branches) => {
            for (at, branch) in branches.iter().enumerate() {
                if at > 0 {
                    out.push_str(" | ");
                }
                write_pattern(scope, branch, out);
            }
        }
    }
}

fn write_items(scope: &Scope<'_>, items: &ArrayPattern, out: &mut String) {
    out.push('[');
    let mut separator = "";
    for item in &items.before {
        out.push_str(separator);
        write_pattern(scope, item, out);
        separator = ", ";
    }
    if let Some(rest) = &items.rest {
        out.push_str(separator);
        out.push_str("...");
        if let Some(count) = rest.count {
            push(out, format_args!(" x{count}"));
        }
        separator = ", ";
    }
    for item in &items.after {
        out.push_str(separator);
        write_pattern(scope, item, out);
        separator = ", ";
    }
    out.push(']');
}

fn variable(scope: &Scope<'_>, variable: &Variable) -> String {
    match scope.lookup(&variable.node) {
        Some(ValueRef::Json(value)) => value.to_string(),
        Some(ValueRef::Bytes(bytes)) => format!("${} ({} bytes)", variable.node, bytes.len()),
        None => format!("${}", variable.node),
    }
}

fn string(scope: &Scope<'_>, text: &Text) -> String {
    let mut resolved = String::new();
    for part in &text.parts {
        match part {
            TextPart::Literal(literal) => resolved.push_str(literal),
            TextPart::Variable(variable) => match scope.lookup(&variable.node) {
                Some(ValueRef::Json(Json::String(string))) => resolved.push_str(string),
                Some(ValueRef::Json(value)) => resolved.push_str(&json::canonical(value)),
                Some(ValueRef::Bytes(_)) | None => {
                    push(&mut resolved, format_args!("${{{}}}", variable.node));
                }
            },
        }
    }
    Json::String(resolved).to_string()
}

fn slashed(regex: &str) -> String {
    format!("/{}/", regex.replace('/', "\\/"))
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::from("hex \"");
    for byte in bytes {
        push(&mut out, format_args!("{byte:02x}"));
    }
    out.push('"');
    out
}

fn push(out: &mut String, part: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{part}");
}
