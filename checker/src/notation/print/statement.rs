//! The line of each kind of statement.

use super::Printer;
use super::layout::{Doc, Rows};
use super::value::hex;
use crate::notation::ast::{
    Client, CloseCode, Connect, Duration, DurationSource, DurationUnit, Ending, EnvSetting, For,
    Frame, FramePayload, Generator, JwtSigning, List, ListItem, NumberSource, Offset, Opcode,
    Payload, Receive, Request, Requested, Response, Size, Statement, Text, Variable, Within,
};

impl Printer<'_> {
    /// The statement's own line, without its block.
    pub(super) fn head(&self, statement: &Statement) -> Rows {
        match statement {
            Statement::Comment(text) => Rows::new(Doc::text(comment(text))),
            Statement::Given(id) => words(["given", &id.node]),
            Statement::Env(settings) => {
                let mut rows = words(["env"]);
                settings
                    .iter()
                    .for_each(|setting| rows.word(env_setting(setting)));
                rows
            }
            Statement::Let {
                variable,
                generator,
            } => self.binding(variable, generator),
            Statement::Connect(connect) => self.opening(connect, "connects"),
            Statement::Send { client, payload } => {
                let mut rows = client_line(client, "->");
                rows.push(self.payload(payload));
                rows
            }
            Statement::Receive(receive) => self.receive(receive),
            Statement::Never {
                client,
                pattern,
                scope,
            } => {
                let mut rows = client_line(client, "never");
                rows.word("<-");
                rows.push(self.message_pattern(pattern));
                if scope.is_some() {
                    rows.word("while:");
                }
                rows
            }
            Statement::InAnyOrder(_) => words(["in", "any", "order:"]),
            Statement::Together(_) => words(["together:"]),
            Statement::For(each) => self.for_each(each),
            Statement::Explore(explore) => words([
                "explore",
                &explore.name.node,
                "with",
                &explore.clients.to_string(),
                "clients",
                "for",
                &explore.steps.to_string(),
                "steps",
            ]),
            Statement::Request(request) => self.request(request),
            Statement::Close {
                client,
                code,
                reason,
            } => {
                let mut rows = client_line(client, "closes");
                if let Some(code) = code {
                    rows.push(self.close_code(code));
                }
                if let Some(reason) = reason {
                    rows.push(self.string(reason));
                }
                rows
            }
            Statement::Drop { client } => client_line(client, "drops"),
            Statement::Stall { client } => client_line(client, "stalls"),
            Statement::Resume { client } => client_line(client, "resumes"),
            Statement::Closed {
                client,
                expected,
                within,
            } => self.closed(client, expected, within.as_ref()),
            Statement::Accept {
                server,
                within: bounds,
            } => {
                let mut rows = client_line(server, "accepts");
                within(bounds.as_ref(), &mut rows);
                rows
            }
            Statement::Down { server } => client_line(server, "is down"),
            Statement::Up { server } => client_line(server, "is up"),
            Statement::NothingConnects { duration: time } => {
                words(["nothing", "connects", "for", &duration(*time)])
            }
            Statement::Requested(requested) => self.requested(requested),
            Statement::Respond {
                server,
                status,
                body,
            } => {
                let mut rows = client_line(server, "=>");
                rows.word(status.node.to_string());
                if let Some(body) = body {
                    rows.push(self.payload(body));
                }
                rows
            }
            Statement::Type { text } => {
                let mut rows = words(["client", "types"]);
                rows.push(self.text_source(text));
                rows
            }
            Statement::Print {
                pattern,
                within: bounds,
            } => {
                let mut rows = words(["client", "prints"]);
                rows.push(self.text_pattern(&pattern.node));
                within(bounds.as_ref(), &mut rows);
                rows
            }
            Statement::Exit {
                status,
                within: bounds,
            } => {
                let mut rows = words(["client", "exits", &status.node.to_string()]);
                within(bounds.as_ref(), &mut rows);
                rows
            }
            Statement::Wait {
                duration: time,
                reason,
            } => {
                let mut rows = words(["wait"]);
                rows.push(match time {
                    DurationSource::Literal(time) => Doc::text(duration(*time)),
                    DurationSource::Variable(variable) => {
                        let time = self.variable(variable).flat();
                        // What it holds, if that is to be shown, is in milliseconds.
                        let unit = if time.starts_with('$') { "" } else { "ms" };
                        Doc::text(format!("{time}{unit}"))
                    }
                });
                rows.push(self.string(&literal(&reason.node)));
                rows
            }
            Statement::Ask(request) => self.ask(request),
            Statement::Answered(answered) => self.answered(answered),
            Statement::NotAnswered { client, .. } => {
                let mut rows = client_line(client, "is");
                rows.word("not answered while:");
                rows
            }
            Statement::Listen(listen) => self.opening(listen, "listens"),
            Statement::Measure(measure) => self.measure(measure),
        }
    }

    fn binding(&self, variable: &Variable, generator: &Generator) -> Rows {
        let mut rows = words(["let", &format!("${}", variable.node), "="]);
        match generator {
            Generator::Text { size: None } => rows.word("text"),
            Generator::Text { size: Some(bytes) } => rows.word(format!("text {}", size(*bytes))),
            Generator::Word => rows.word("word"),
            Generator::Number { from, to } => rows.word(format!("number {from}..{to}")),
            Generator::Bytes { size: bytes } => rows.word(format!("bytes {}", size(*bytes))),
            Generator::Sha256(source) => {
                rows.word("sha256");
                rows.push(self.variable(source));
            }
            Generator::Slice { source, from, to } => {
                let [from, to] = [from, to].map(|offset| self.offset(offset.as_ref()));
                rows.push(Doc::Joined(vec![
                    self.variable(source),
                    Doc::text(format!("[{from}..{to}]")),
                ]));
            }
            Generator::Jwt {
                claims,
                expires_in,
                signing,
            } => {
                rows.word("jwt");
                rows.push(self.template(claims));
                if let Some(time) = expires_in {
                    rows.word(format!("expires in {}", duration(*time)));
                }
                match signing {
                    JwtSigning::Secret => {}
                    JwtSigning::Key(key) => {
                        rows.word("key");
                        rows.push(self.string(key));
                    }
                    JwtSigning::None => rows.word("alg none"),
                }
            }
        }
        rows
    }

    fn offset(&self, offset: Option<&Offset>) -> String {
        match offset {
            None => String::new(),
            Some(Offset::Size(bytes)) => size(*bytes),
            Some(Offset::Variable(variable)) => self.variable(variable).flat(),
        }
    }

    fn opening(&self, connect: &Connect, verb: &str) -> Rows {
        let mut rows = client_line(&connect.client, verb);
        rows.push(self.path(&connect.path));
        self.headers(&connect.headers, &mut rows);
        self.response(connect.refusal.as_ref(), &mut rows);
        rows
    }

    fn request(&self, request: &Request) -> Rows {
        let mut rows = client_line(&request.client, &request.method);
        self.rest_of_request(request, &mut rows);
        rows
    }

    /// What stands behind the method.
    pub(super) fn rest_of_request(&self, request: &Request, rows: &mut Rows) {
        rows.push(self.path(&request.path));
        if let Some(body) = &request.body {
            rows.push(self.payload(body));
        }
        self.headers(&request.headers, rows);
        self.response(request.response.as_ref(), rows);
        within(request.within.as_ref(), rows);
    }

    fn headers(&self, headers: &[Text], rows: &mut Rows) {
        for header in headers {
            rows.word("with header");
            rows.push(self.string(header));
        }
    }

    fn response(&self, response: Option<&Response>, rows: &mut Rows) {
        let Some(response) = response else {
            return;
        };
        rows.row(Doc::text(format!("=> {}", statuses(response))));
        if let Some(body) = &response.body {
            rows.push(self.message_pattern(body));
        }
    }

    fn requested(&self, requested: &Requested) -> Rows {
        let mut rows = client_line(&requested.server, "<-");
        rows.word(&requested.method.node);
        rows.push(self.path(&requested.path));
        if let Some(body) = &requested.body {
            rows.push(self.message_pattern(body));
        }
        within(requested.within.as_ref(), &mut rows);
        rows
    }

    fn receive(&self, receive: &Receive) -> Rows {
        let mut rows = client_line(&receive.client, "<-");
        if receive.next {
            rows.word("next");
        }
        rows.push(self.message_pattern(&receive.pattern));
        within(receive.within.as_ref(), &mut rows);
        if receive.exactly_once {
            rows.word("exactly once");
        }
        rows
    }

    fn closed(&self, client: &Client, expected: &[Ending], bounds: Option<&Within>) -> Rows {
        let mut rows = client_line(client, "is");
        match expected {
            [] => rows.word("closed"),
            [Ending::Dropped] => rows.word("dropped"),
            _ => {
                let endings: Vec<_> = expected
                    .iter()
                    .map(|ending| match ending {
                        Ending::Closed(code) => self.close_code(code).flat(),
                        Ending::Dropped => "dropped".to_owned(),
                    })
                    .collect();
                rows.word(format!("closed with {}", endings.join(" | ")));
            }
        }
        within(bounds, &mut rows);
        rows
    }

    fn close_code(&self, code: &CloseCode) -> Doc {
        match code {
            CloseCode::Literal(code) => Doc::text(code.to_string()),
            CloseCode::Variable(variable) => self.variable(variable),
        }
    }

    fn for_each(&self, each: &For) -> Rows {
        let mut rows = words(["for", &format!("${}", each.variable.node), "in"]);
        match &each.list {
            List::Values(values) => rows.push(self.brackets(
                "[",
                values.iter().map(|value| match &value.node {
                    ListItem::Json(template) => self.template(template),
                    ListItem::Hex(bytes) => Doc::text(hex(bytes)),
                }),
                ']',
            )),
            List::Range { from, to } => rows.word(format!("{from}..{to}")),
            List::Chunks {
                source,
                size: bytes,
            } => {
                rows.push(self.variable(source));
                rows.word(format!("by {}", size(*bytes)));
            }
        }
        within(each.within.as_ref(), &mut rows);
        rows.attach(":");
        rows
    }

    fn payload(&self, payload: &Payload) -> Doc {
        match payload {
            Payload::Json(template) => self.template(template),
            Payload::Text(source) => {
                Doc::Joined(vec![Doc::text("text "), self.text_source(source)])
            }
            Payload::Bytes(source) => {
                Doc::Joined(vec![Doc::text("bytes "), self.bytes_source(source)])
            }
            Payload::Frame(frame) => self.frame(frame),
        }
    }

    pub(super) fn frame(&self, frame: &Frame) -> Doc {
        let opcode = match &frame.opcode {
            Opcode::Continuation => "continuation".to_owned(),
            Opcode::Text => "text".to_owned(),
            Opcode::Binary => "binary".to_owned(),
            Opcode::Close => "close".to_owned(),
            Opcode::Ping => "ping".to_owned(),
            Opcode::Pong => "pong".to_owned(),
            Opcode::Number(number) => self.small_number(number),
        };
        let mut words = vec!["frame".to_owned(), opcode];
        words.extend(frame.more.then(|| "more".to_owned()));
        words.extend(
            frame
                .rsv
                .as_ref()
                .map(|bit| format!("rsv {}", self.small_number(bit))),
        );
        words.extend(frame.unmasked.then(|| "unmasked".to_owned()));
        words.extend(frame.claims.map(|bytes| format!("claims {}", size(bytes))));
        match &frame.payload {
            FramePayload::Empty => {}
            FramePayload::Text(text) => words.push(self.string(text).flat()),
            FramePayload::Hex(bytes) => words.push(hex(bytes)),
            FramePayload::Variable(variable) => words.push(self.variable(variable).flat()),
        }
        Doc::text(words.join(" "))
    }

    fn small_number(&self, number: &NumberSource) -> String {
        match number {
            NumberSource::Literal(number) => number.to_string(),
            NumberSource::Variable(variable) => self.variable(variable).flat(),
        }
    }
}

/// `# text`.
pub(super) fn comment(text: &str) -> String {
    format!("# {text}").trim_end().to_owned()
}

/// `400 | 422`.
pub(super) fn statuses(response: &Response) -> String {
    let statuses = response.statuses.iter();
    let statuses: Vec<_> = statuses.map(|status| status.node.to_string()).collect();
    statuses.join(" | ")
}

pub(super) fn words<const N: usize>(words: [&str; N]) -> Rows {
    let mut rows = Rows::default();
    words.into_iter().for_each(|word| rows.word(word));
    rows
}

pub(super) fn client_line(client: &Client, verb: &str) -> Rows {
    words([&client.node.to_string(), verb])
}

pub(super) fn literal(text: &str) -> Text {
    let parts = if text.is_empty() {
        Vec::new()
    } else {
        vec![crate::notation::ast::TextPart::Literal(text.to_owned())]
    };
    Text { parts, span: 0..0 }
}

/// In quotes where it could not be read back without them.
fn env_setting(setting: &EnvSetting) -> String {
    let EnvSetting { name, value } = setting;
    let plain =
        !value.starts_with('"') && !value.chars().any(|c| c.is_whitespace() || c.is_control());
    if plain {
        format!("{}={value}", name.node)
    } else {
        format!("{}={}", name.node, serde_json::Value::from(value.as_str()))
    }
}

pub(super) fn within(bounds: Option<&Within>, rows: &mut Rows) {
    match bounds {
        None => {}
        Some(Within { from: None, to }) => rows.word(format!("within {}", duration(*to))),
        Some(Within {
            from: Some(from),
            to,
        }) => rows.word(format!("within {}..{}", duration(*from), duration(*to))),
    }
}

fn duration(duration: Duration) -> String {
    let unit = match duration.unit {
        DurationUnit::Milliseconds => "ms",
        DurationUnit::Seconds => "s",
    };
    format!("{}{unit}", duration.count)
}

fn size(size: Size) -> String {
    format!("{}{}", size.count, size.unit.suffix())
}
