//! What stands where in a transcript, as far as its syntax tree knows.

use std::ops::Range;

use checker::notation::ast::{
    ArrayPattern, BytesSource, Client, CloseCode, DurationSource, Ending, Frame, FramePayload,
    Generator, JwtSigning, Line, List, ListItem, MessagePattern, NumberSource, Offset, Opcode,
    Pattern, PatternNode, Payload, Response, Script, Statement, Template, TemplateNode, Text,
    TextPart, TextPattern, TextSource, Variable,
};

/// What a piece of a transcript is; the style sheet has a colour for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Client,
    Keyword,
    Arrow,
    String,
    Key,
    Number,
    Variable,
    Hole,
    Comment,
}

impl Class {
    /// In the style sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Client => "t-client",
            Self::Keyword => "t-keyword",
            Self::Arrow => "t-arrow",
            Self::String => "t-string",
            Self::Key => "t-key",
            Self::Number => "t-number",
            Self::Variable => "t-variable",
            Self::Hole => "t-hole",
            Self::Comment => "t-comment",
        }
    }
}

/// A place of the source and what stands there.
pub(super) type Mark = (Range<usize>, Class);

/// What a script's tree knows of its source, from the beginning to the end. No two overlap.
pub(super) fn of(script: &Script) -> Vec<Mark> {
    let mut marks = Marks::default();
    marks.script(script);
    marks.0.sort_by_key(|(span, _)| span.start);
    marks.0
}

#[derive(Default)]
struct Marks(Vec<Mark>);

impl Marks {
    fn mark(&mut self, span: &Range<usize>, class: Class) {
        if !span.is_empty() {
            self.0.push((span.clone(), class));
        }
    }

    fn script(&mut self, script: &Script) {
        for line in &script.lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &Line) {
        match &line.statement {
            Statement::Comment(_) => self.mark(&line.span, Class::Comment),
            Statement::Given(check) => self.mark(&check.span, Class::String),
            Statement::Env(settings) => {
                for setting in settings {
                    self.mark(&setting.name.span, Class::Variable);
                }
            }
            Statement::Let {
                variable,
                generator,
            } => {
                self.variable(variable);
                self.generator(generator);
            }
            Statement::Connect(connect) | Statement::Listen(connect) => {
                self.client(&connect.client);
                self.text(&connect.path);
                self.texts(&connect.headers);
                self.response(connect.refusal.as_ref());
            }
            Statement::Send { client, payload } => {
                self.client(client);
                self.payload(payload);
            }
            Statement::Receive(receive) => {
                self.client(&receive.client);
                self.message(&receive.pattern);
            }
            Statement::Never {
                client,
                pattern,
                scope,
            } => {
                self.client(client);
                self.message(pattern);
                if let Some(scope) = scope {
                    self.script(scope);
                }
            }
            Statement::InAnyOrder(block) | Statement::Together(block) => self.script(block),
            Statement::For(turns) => {
                self.variable(&turns.variable);
                self.list(&turns.list);
                self.script(&turns.body);
            }
            Statement::Request(request) | Statement::Ask(request) => {
                self.client(&request.client);
                self.text(&request.path);
                if let Some(body) = &request.body {
                    self.payload(body);
                }
                self.texts(&request.headers);
                self.response(request.response.as_ref());
            }
            Statement::Close {
                client,
                code,
                reason,
            } => {
                self.client(client);
                if let Some(CloseCode::Variable(variable)) = code {
                    self.variable(variable);
                }
                self.texts(reason);
            }
            Statement::Closed {
                client, expected, ..
            } => {
                self.client(client);
                for ending in expected {
                    if let Ending::Closed(CloseCode::Variable(variable)) = ending {
                        self.variable(variable);
                    }
                }
            }
            Statement::Drop { client }
            | Statement::Stall { client }
            | Statement::Resume { client } => {
                self.client(client);
            }
            Statement::Accept { server, .. }
            | Statement::Down { server }
            | Statement::Up { server } => self.client(server),
            Statement::Requested(requested) => {
                self.client(&requested.server);
                self.text(&requested.path);
                if let Some(body) = &requested.body {
                    self.message(body);
                }
            }
            Statement::Respond { server, body, .. } => {
                self.client(server);
                if let Some(body) = body {
                    self.payload(body);
                }
            }
            Statement::Type { text } => self.text_source(text),
            Statement::Print { pattern, .. } => match &pattern.node {
                TextPattern::Exactly(source) => self.text_source(source),
                TextPattern::Regex(_) => self.mark(&pattern.span, Class::Hole),
            },
            Statement::NothingConnects { .. } | Statement::Exit { .. } => {}
            Statement::Answered(answered) => {
                self.client(&answered.client);
                self.response(Some(&answered.response));
            }
            Statement::NotAnswered { client, scope } => {
                self.client(client);
                self.script(scope);
            }
            Statement::Measure(measure) => {
                self.mark(&measure.name.span, Class::String);
                self.client(&measure.client);
                self.script(&measure.body);
            }
            Statement::Wait { duration, reason } => {
                if let DurationSource::Variable(variable) = duration {
                    self.variable(variable);
                }
                self.mark(&reason.span, Class::String);
            }
            Statement::Explore(explore) => self.mark(&explore.name.span, Class::String),
        }
    }

    fn client(&mut self, client: &Client) {
        self.mark(&client.span, Class::Client);
    }

    fn variable(&mut self, variable: &Variable) {
        self.mark(&variable.span, Class::Variable);
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a Text>) {
        for text in texts {
            self.text(text);
        }
    }

    /// The pieces between the variables, and the variables.
    fn text(&mut self, text: &Text) {
        let mut start = text.span.start;
        for part in &text.parts {
            if let TextPart::Variable(variable) = part {
                // The tree has the name; `${` and `}` belong to it here.
                let place =
                    variable.span.start.saturating_sub("${".len())..variable.span.end + "}".len();
                self.mark(&(start..place.start), Class::String);
                self.mark(&place, Class::Variable);
                start = place.end;
            }
        }
        self.mark(&(start..text.span.end), Class::String);
    }

    fn generator(&mut self, generator: &Generator) {
        match generator {
            Generator::Sha256(source) => self.variable(source),
            Generator::Slice { source, from, to } => {
                self.variable(source);
                for offset in [from, to].into_iter().flatten() {
                    if let Offset::Variable(variable) = offset {
                        self.variable(variable);
                    }
                }
            }
            Generator::Jwt {
                claims, signing, ..
            } => {
                self.template(claims);
                if let JwtSigning::Key(key) = signing {
                    self.text(key);
                }
            }
            Generator::Text { .. }
            | Generator::Word
            | Generator::Number { .. }
            | Generator::Bytes { .. } => {}
        }
    }

    fn list(&mut self, list: &List) {
        match list {
            List::Values(values) => {
                for value in values {
                    if let ListItem::Json(template) = &value.node {
                        self.template(template);
                    }
                }
            }
            List::Chunks { source, .. } => self.variable(source),
            List::Range { .. } => {}
        }
    }

    fn payload(&mut self, payload: &Payload) {
        match payload {
            Payload::Json(template) => self.template(template),
            Payload::Text(source) => self.text_source(source),
            Payload::Bytes(source) => self.bytes_source(source),
            Payload::Frame(frame) => self.frame(frame),
        }
    }

    fn text_source(&mut self, source: &TextSource) {
        match source {
            TextSource::Text(text) => self.text(text),
            TextSource::Variable(variable) => self.variable(variable),
        }
    }

    fn bytes_source(&mut self, source: &BytesSource) {
        if let BytesSource::Variable(variable) = source {
            self.variable(variable);
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let opcode = match &frame.opcode {
            Opcode::Number(source) => Some(source),
            _ => None,
        };
        for source in [opcode, frame.rsv.as_ref()].into_iter().flatten() {
            if let NumberSource::Variable(variable) = source {
                self.variable(variable);
            }
        }
        match &frame.payload {
            FramePayload::Text(text) => self.text(text),
            FramePayload::Variable(variable) => self.variable(variable),
            FramePayload::Empty | FramePayload::Hex(_) => {}
        }
    }

    fn template(&mut self, template: &Template) {
        match &template.node {
            TemplateNode::Null | TemplateNode::Bool(_) | TemplateNode::Number(_) => {
                self.mark(&template.span, Class::Number);
            }
            TemplateNode::String(text) => self.text(text),
            TemplateNode::Array(items) => items.iter().for_each(|item| self.template(item)),
            TemplateNode::Object(members) => {
                for (key, value) in members {
                    self.mark(&key.span, Class::Key);
                    self.template(value);
                }
            }
            TemplateNode::Variable(variable) => self.variable(variable),
        }
    }

    fn response(&mut self, response: Option<&Response>) {
        let Some(response) = response else { return };
        for status in &response.statuses {
            self.mark(&status.span, Class::Number);
        }
        if let Some(body) = &response.body {
            self.message(body);
        }
    }

    fn message(&mut self, pattern: &MessagePattern) {
        match pattern {
            MessagePattern::Json(pattern) => self.pattern(pattern),
            MessagePattern::Text(text) => match &text.node {
                TextPattern::Exactly(source) => self.text_source(source),
                TextPattern::Regex(_) => {}
            },
            MessagePattern::Bytes(source) => self.bytes_source(&source.node),
            MessagePattern::Frame(frame) => self.frame(&frame.node),
            MessagePattern::Event(event) => {
                for source in [&event.name, &event.id].into_iter().flatten() {
                    self.text_source(source);
                }
                if let Some(data) = &event.data {
                    self.message(data);
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.node {
            PatternNode::Null | PatternNode::Bool(_) | PatternNode::Number(_) => {
                self.mark(&pattern.span, Class::Number);
            }
            PatternNode::Hole(_)
            | PatternNode::Range { .. }
            | PatternNode::Comparison { .. }
            | PatternNode::Regex(_) => self.mark(&pattern.span, Class::Hole),
            PatternNode::String(text) => self.text(text),
            PatternNode::Array(array) | PatternNode::Unordered(array) => self.array(array),
            PatternNode::Object(object) => {
                for (key, value) in &object.members {
                    self.mark(&key.span, Class::Key);
                    self.pattern(value);
                }
            }
            PatternNode::Variable(variable) => self.variable(variable),
            PatternNode::OneOf(patterns) => {
                patterns.iter().for_each(|pattern| self.pattern(pattern))
            }
        }
    }

    fn array(&mut self, array: &ArrayPattern) {
        array
            .before
            .iter()
            .chain(&array.after)
            .for_each(|pattern| self.pattern(pattern));
    }
}
