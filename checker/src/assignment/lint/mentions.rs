//! Which variables a line mentions, and which of them its patterns can bind.

use std::collections::BTreeSet;

use crate::notation::ast::{
    BytesSource, CloseCode, Ending, Frame, FramePayload, Generator, JwtSigning, List, ListItem,
    MessagePattern, NumberSource, Offset, Opcode, Pattern, PatternNode, Payload, Template,
    TemplateNode, Text, TextPart, TextPattern, TextSource, Variable,
};

/// Variables that need a value, in the order of the source.
pub(super) type Uses<'a> = Vec<&'a Variable>;

pub(super) fn in_text<'a>(text: &'a Text, uses: &mut Uses<'a>) {
    for part in &text.parts {
        if let TextPart::Variable(variable) = part {
            uses.push(variable);
        }
    }
}

pub(super) fn in_template<'a>(template: &'a Template, uses: &mut Uses<'a>) {
    match &template.node {
        TemplateNode::Null | TemplateNode::Bool(_) | TemplateNode::Number(_) => {}
        TemplateNode::String(text) => in_text(text, uses),
        TemplateNode::Array(items) => {
            for item in items {
                in_template(item, uses);
            }
        }
        TemplateNode::Object(members) => {
            for (key, value) in members {
                in_text(key, uses);
                in_template(value, uses);
            }
        }
        TemplateNode::Variable(variable) => uses.push(variable),
    }
}

pub(super) fn in_payload<'a>(payload: &'a Payload, uses: &mut Uses<'a>) {
    match payload {
        Payload::Json(template) => in_template(template, uses),
        Payload::Text(source) => in_text_source(source, uses),
        Payload::Bytes(BytesSource::Variable(variable)) => uses.push(variable),
        Payload::Bytes(BytesSource::Hex(_)) => {}
        Payload::Frame(frame) => {
            in_frame_header(frame, uses);
            match &frame.payload {
                FramePayload::Text(text) => in_text(text, uses),
                FramePayload::Variable(variable) => uses.push(variable),
                FramePayload::Empty | FramePayload::Hex(_) => {}
            }
        }
    }
}

pub(super) fn in_text_source<'a>(source: &'a TextSource, uses: &mut Uses<'a>) {
    match source {
        TextSource::Text(text) => in_text(text, uses),
        TextSource::Variable(variable) => uses.push(variable),
    }
}

fn in_frame_header<'a>(frame: &'a Frame, uses: &mut Uses<'a>) {
    if let Opcode::Number(NumberSource::Variable(variable)) = &frame.opcode {
        uses.push(variable);
    }
    if let Some(NumberSource::Variable(variable)) = &frame.rsv {
        uses.push(variable);
    }
}

pub(super) fn in_generator<'a>(generator: &'a Generator, uses: &mut Uses<'a>) {
    match generator {
        Generator::Text { .. }
        | Generator::Word
        | Generator::Number { .. }
        | Generator::Bytes { .. } => {}
        Generator::Sha256(variable) => uses.push(variable),
        Generator::Slice { source, from, to } => {
            uses.push(source);
            for offset in [from, to] {
                if let Some(Offset::Variable(variable)) = offset {
                    uses.push(variable);
                }
            }
        }
        Generator::Jwt {
            claims, signing, ..
        } => {
            in_template(claims, uses);
            if let JwtSigning::Key(key) = signing {
                in_text(key, uses);
            }
        }
    }
}

pub(super) fn in_list<'a>(list: &'a List, uses: &mut Uses<'a>) {
    match list {
        List::Values(items) => {
            for item in items {
                if let ListItem::Json(template) = &item.node {
                    in_template(template, uses);
                }
            }
        }
        List::Range { .. } => {}
        List::Chunks { source, .. } => uses.push(source),
    }
}

pub(super) fn in_close_code<'a>(code: &'a CloseCode, uses: &mut Uses<'a>) {
    if let CloseCode::Variable(variable) = code {
        uses.push(variable);
    }
}

pub(super) fn in_endings<'a>(endings: &'a [Ending], uses: &mut Uses<'a>) {
    for ending in endings {
        if let Ending::Closed(code) = ending {
            in_close_code(code, uses);
        }
    }
}

/// The variables of a pattern.
#[derive(Debug, Default)]
pub(super) struct PatternVariables<'a> {
    /// `$x`, in the order of the source.
    pub(super) values: Vec<&'a Variable>,
    /// `${x}`, which needs a value or another place in the pattern that binds it.
    pub(super) in_strings: Vec<&'a Variable>,
    /// The names that every match binds.
    pub(super) binds: BTreeSet<&'a str>,
}

pub(super) fn of_message(pattern: &MessagePattern) -> PatternVariables<'_> {
    let mut variables = PatternVariables::default();
    match pattern {
        MessagePattern::Json(pattern) => return of_pattern(pattern),
        MessagePattern::Text(text) => match &text.node {
            TextPattern::Exactly(TextSource::Text(text)) => {
                in_text(text, &mut variables.in_strings)
            }
            TextPattern::Exactly(TextSource::Variable(variable)) => variables.bind(variable),
            TextPattern::Regex(_) => {}
        },
        MessagePattern::Bytes(bytes) => {
            if let BytesSource::Variable(variable) = &bytes.node {
                variables.bind(variable);
            }
        }
        MessagePattern::Frame(frame) => match &frame.payload {
            FramePayload::Text(text) => in_text(text, &mut variables.in_strings),
            FramePayload::Variable(variable) => variables.bind(variable),
            FramePayload::Empty | FramePayload::Hex(_) => {}
        },
        MessagePattern::Event(event) => {
            for source in [&event.name, &event.id].into_iter().flatten() {
                match source {
                    TextSource::Text(text) => in_text(text, &mut variables.in_strings),
                    TextSource::Variable(variable) => variables.bind(variable),
                }
            }
            if let Some(data) = &event.data {
                variables.add(of_message(data));
            }
        }
    }
    variables
}

fn of_pattern(pattern: &Pattern) -> PatternVariables<'_> {
    let mut variables = PatternVariables::default();
    match &pattern.node {
        PatternNode::Null
        | PatternNode::Bool(_)
        | PatternNode::Number(_)
        | PatternNode::Hole(_)
        | PatternNode::Range { .. }
        | PatternNode::Comparison { .. }
        | PatternNode::Regex(_) => {}
        PatternNode::String(text) => in_text(text, &mut variables.in_strings),
        PatternNode::Variable(variable) => variables.bind(variable),
        PatternNode::Array(items) | PatternNode::Unordered(items) => {
            for item in items.before.iter().chain(&items.after) {
                variables.add(of_pattern(item));
            }
        }
        PatternNode::Object(object) => {
            for (key, value) in &object.members {
                in_text(key, &mut variables.in_strings);
                variables.add(of_pattern(value));
            }
        }
        PatternNode::OneOf(alternatives) => {
            let mut in_every_one: Option<BTreeSet<&str>> = None;
            for alternative in alternatives {
                let found = of_pattern(alternative);
                in_every_one = Some(match in_every_one {
                    None => found.binds.clone(),
                    Some(names) => names.intersection(&found.binds).copied().collect(),
                });
                variables.add(found);
            }
            variables.binds = in_every_one.unwrap_or_default();
        }
    }
    variables
}

impl<'a> PatternVariables<'a> {
    fn bind(&mut self, variable: &'a Variable) {
        self.values.push(variable);
        self.binds.insert(&variable.node);
    }

    fn add(&mut self, other: Self) {
        self.values.extend(other.values);
        self.in_strings.extend(other.in_strings);
        self.binds.extend(other.binds);
    }
}
