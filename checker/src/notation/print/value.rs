//! Templates, patterns and texts.

use super::Printer;
use super::layout::Doc;
use crate::notation::ast::{
    ArrayPattern, BytesSource, Comparison, Hole, MessagePattern, Pattern, PatternNode, Regex,
    Template, TemplateNode, Text, TextPart, TextPattern, TextSource, Variable,
};
use crate::notation::text::{percent_encode, value_text};
use crate::notation::value::Value;

/// A longer text stays a variable, so that the line can be read.
const LONGEST_TEXT: usize = 200;

impl Printer<'_> {
    pub(super) fn template(&self, template: &Template) -> Doc {
        match &template.node {
            TemplateNode::Null => Doc::text("null"),
            TemplateNode::Bool(value) => Doc::text(value.to_string()),
            TemplateNode::Number(number) => Doc::text(number.to_string()),
            TemplateNode::String(text) => self.string(text),
            TemplateNode::Variable(variable) => self.variable(variable),
            TemplateNode::Array(items) => {
                self.brackets("[", items.iter().map(|item| self.template(item)), ']')
            }
            TemplateNode::Object(members) => self.brackets(
                "{",
                members
                    .iter()
                    .map(|(key, value)| self.member(key, self.template(value))),
                '}',
            ),
        }
    }

    pub(super) fn message_pattern(&self, pattern: &MessagePattern) -> Doc {
        match pattern {
            MessagePattern::Json(pattern) => self.pattern(pattern),
            MessagePattern::Text(text) => {
                Doc::Joined(vec![Doc::text("text "), self.text_pattern(&text.node)])
            }
            MessagePattern::Bytes(bytes) => {
                Doc::Joined(vec![Doc::text("bytes "), self.bytes_source(&bytes.node)])
            }
            MessagePattern::Frame(frame) => self.frame(&frame.node),
            MessagePattern::Event(event) => self.event(&event.node),
        }
    }

    pub(super) fn text_pattern(&self, pattern: &TextPattern) -> Doc {
        match pattern {
            TextPattern::Exactly(source) => self.text_source(source),
            TextPattern::Regex(regex) => self.regex(regex),
        }
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> Doc {
        match &pattern.node {
            PatternNode::Null => Doc::text("null"),
            PatternNode::Bool(value) => Doc::text(value.to_string()),
            PatternNode::Number(number) => Doc::text(number.to_string()),
            PatternNode::String(text) => self.string(text),
            PatternNode::Variable(variable) => self.variable(variable),
            PatternNode::Hole(hole) => Doc::text(match hole {
                Hole::Any => "any",
                Hole::String => "string",
                Hole::Number => "number",
                Hole::Integer => "integer",
                Hole::Boolean => "boolean",
                Hole::Timestamp => "timestamp",
                Hole::Uuid => "uuid",
            }),
            PatternNode::Range { from, to } => Doc::text(format!("{from}..{to}")),
            PatternNode::Comparison { operator, bound } => {
                let operator = match operator {
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                };
                Doc::text(format!("{operator} {bound}"))
            }
            PatternNode::Regex(regex) => self.regex(regex),
            PatternNode::Array(array) => self.array("[", array),
            PatternNode::Unordered(array) => self.array("unordered [", array),
            PatternNode::Object(object) => {
                let members = object
                    .members
                    .iter()
                    .map(|(key, value)| self.member(key, self.pattern(value)));
                self.brackets(
                    "{",
                    members.chain(object.open.then(|| Doc::text("..."))),
                    '}',
                )
            }
            PatternNode::OneOf(choices) => {
                let mut docs = Vec::with_capacity(choices.len() * 2);
                for choice in choices {
                    if !docs.is_empty() {
                        docs.push(Doc::text(" | "));
                    }
                    docs.push(self.pattern(choice));
                }
                Doc::Joined(docs)
            }
        }
    }

    fn array(&self, open: &str, array: &ArrayPattern) -> Doc {
        let rest = array.rest.as_ref().map(|rest| match rest.count {
            Some(count) => Doc::text(format!("... x{count}")),
            None => Doc::text("..."),
        });
        let before = array.before.iter().map(|item| self.pattern(item));
        self.brackets(
            open,
            before
                .chain(rest)
                .chain(array.after.iter().map(|item| self.pattern(item))),
            ']',
        )
    }

    pub(super) fn brackets(
        &self,
        open: &str,
        items: impl Iterator<Item = Doc>,
        close: char,
    ) -> Doc {
        let separator = if self.is_compact() { "," } else { ", " };
        Doc::Brackets {
            open: open.to_owned(),
            items: items.collect(),
            separator,
            close,
        }
    }

    fn member(&self, key: &Text, value: Doc) -> Doc {
        let colon = if self.is_compact() { ":" } else { ": " };
        Doc::Joined(vec![self.string(key), Doc::text(colon), value])
    }

    fn regex(&self, regex: &Regex) -> Doc {
        let mut escaped = String::with_capacity(regex.source.len() + 2);
        let mut characters = regex.source.chars();
        escaped.push('/');
        while let Some(c) = characters.next() {
            match c {
                '/' => escaped += "\\/",
                '\\' => {
                    escaped.push('\\');
                    escaped.extend(characters.next());
                }
                _ => escaped.push(c),
            }
        }
        escaped.push('/');
        Doc::text(escaped)
    }

    pub(super) fn text_source(&self, source: &TextSource) -> Doc {
        match source {
            TextSource::Text(text) => self.string(text),
            TextSource::Variable(variable) => self.variable(variable),
        }
    }

    pub(super) fn bytes_source(&self, source: &BytesSource) -> Doc {
        match source {
            BytesSource::Variable(variable) => self.variable(variable),
            BytesSource::Hex(bytes) => Doc::text(hex(bytes)),
        }
    }

    /// `$x`, or its value.
    pub(super) fn variable(&self, variable: &Variable) -> Doc {
        match self.value(variable) {
            Some(value) => Doc::text(value.to_string()),
            None => Doc::text(format!("${}", variable.node)),
        }
    }

    /// The JSON that stands in the place of a variable.
    fn value(&self, variable: &Variable) -> Option<&serde_json::Value> {
        match self.bindings?.get(&variable.node)? {
            Value::Json(serde_json::Value::String(text)) if text.chars().count() > LONGEST_TEXT => {
                None
            }
            Value::Json(value) => Some(value),
            Value::Bytes(_) => None,
        }
    }

    /// In double quotes.
    pub(super) fn string(&self, text: &Text) -> Doc {
        let content = self.text(text, |value| value, json_escape);
        Doc::text(format!("\"{content}\""))
    }

    /// Its variables' values percent-encoded.
    pub(super) fn path(&self, text: &Text) -> Doc {
        Doc::text(self.text(text, |value| percent_encode(&value), str::to_owned))
    }

    fn text(
        &self,
        text: &Text,
        encode_value: impl Fn(String) -> String,
        escape: impl Fn(&str) -> String,
    ) -> String {
        let mut written = String::new();
        let mut literal = String::new();
        for part in &text.parts {
            match part {
                TextPart::Literal(part) => literal += part,
                TextPart::Variable(variable) => match self.value(variable) {
                    Some(value) => literal += &encode_value(value_text(value)),
                    None => {
                        written += &escape(&double_dollars(&literal, true));
                        literal.clear();
                        written += &format!("${{{}}}", variable.node);
                    }
                },
            }
        }
        written += &escape(&double_dollars(&literal, false));
        written
    }
}

/// Doubles the dollar signs that would make a variable of what follows them: those before a `{`, and, where a
/// variable follows, those at the end.
fn double_dollars(literal: &str, variable_follows: bool) -> String {
    let mut doubled = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let behind = from.trim_start_matches('$');
        let run = &from[..from.len() - behind.len()];
        doubled += before;
        doubled += run;
        if behind.starts_with('{') || (behind.is_empty() && variable_follows) {
            doubled += run;
        }
        rest = behind;
    }
    doubled + rest
}

/// What stands between the quotes of a JSON string.
fn json_escape(text: &str) -> String {
    let mut quoted = serde_json::Value::from(text).to_string();
    quoted.pop();
    quoted.split_off(1)
}

/// `hex "f09f"`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("hex \"{digits}\"")
}
