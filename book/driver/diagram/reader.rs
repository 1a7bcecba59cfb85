//! A script, flattened to what a diagram shows.

use checker::notation::ast::{
    Client, ClientName, Connect, DurationSource, Ending, Explore, For, Line, List, Receive,
    Request, Response, Script, Statement, TextPattern, Within,
};

use super::labels::{Labels, close_code, kind_of, written_duration, written_within};
use super::steps::{Arrow, Connection, Diagram, Direction, Step, Style, inward, outward};

/// Reads a script.
pub(super) fn read(script: &Script, source: &str) -> Diagram {
    let mut reader = Reader {
        labels: Labels { source },
        diagram: Diagram {
            clients: Vec::new(),
            steps: Vec::new(),
        },
    };
    reader.script(script);
    reader.diagram
}

struct Reader<'a> {
    labels: Labels<'a>,
    diagram: Diagram,
}

impl Reader<'_> {
    fn script(&mut self, script: &Script) {
        for line in &script.lines {
            self.line(line);
        }
    }

    fn line(&mut self, line: &Line) {
        let full_text = self.labels.written(&line.span);
        match &line.statement {
            Statement::Comment(text) => self.note(text.clone(), full_text),
            Statement::Given(check) => {
                self.note(format!("after the lines of “{}”", check.node), full_text)
            }
            Statement::Env(settings) => {
                let names: Vec<_> = settings
                    .iter()
                    .map(|setting| format!("{}={}", setting.name.node, setting.value))
                    .collect();
                self.note(names.join(" "), full_text);
            }
            Statement::Let {
                variable,
                generator,
            } => {
                self.note(
                    format!("${} is {}", variable.node, kind_of(generator)),
                    full_text,
                );
            }
            Statement::Connect(connect) => {
                self.opening(connect, "connects", "101 Switching Protocols", &full_text);
            }
            Statement::Listen(listen) => {
                self.opening(listen, "listens", "200 text/event-stream", &full_text);
            }
            Statement::Send { client, payload } => {
                let label = self.labels.payload(payload);
                self.arrow(client, outward(client), Style::Message, label, full_text);
            }
            Statement::Receive(receive) => self.receive(receive, full_text),
            Statement::Never {
                client,
                pattern,
                scope,
            } => {
                let label = format!("never {}", self.labels.message(pattern));
                match scope {
                    Some(scope) => {
                        self.open("all this while".to_owned(), full_text.clone());
                        self.script(scope);
                        self.arrow(client, inward(client), Style::Forbidden, label, full_text);
                        self.close();
                    }
                    None => {
                        let arrow =
                            self.arrow(client, inward(client), Style::Forbidden, label, full_text);
                        "from here to the end".clone_into(&mut arrow.condition);
                    }
                }
            }
            Statement::InAnyOrder(block) => self.frame("in any order", block, full_text),
            Statement::Together(block) => self.frame("together", block, full_text),
            Statement::For(turns) => self.turns(turns, full_text),
            Statement::Request(request) => self.request(request, &full_text),
            Statement::Close { client, code, .. } => {
                let code = code.as_ref().map(|code| format!(" {}", close_code(code)));
                let label = format!("close{}", code.unwrap_or_default());
                let arrow = self.arrow(client, outward(client), Style::Message, label, full_text);
                arrow.change = Some(Connection::Ended);
            }
            Statement::Drop { client } => {
                let arrow = self.arrow(
                    client,
                    outward(client),
                    Style::Broken,
                    "drops".to_owned(),
                    full_text,
                );
                arrow.change = Some(Connection::Ended);
            }
            Statement::Closed {
                client,
                expected,
                within,
            } => self.closed(client, expected, within.as_ref(), full_text),
            Statement::Stall { client } => self.mark(client, "stops reading", full_text),
            Statement::Resume { client } => self.mark(client, "reads again", full_text),
            Statement::Explore(explore) => {
                let Explore {
                    name,
                    clients,
                    steps,
                } = explore;
                let text = format!(
                    "{clients} clients do {steps} things at random, by the rules of “{}”",
                    name.node
                );
                self.note(text, full_text);
            }
            Statement::Accept { server, within } => {
                self.accept(server, within.as_ref(), &full_text);
            }
            Statement::Down { .. } => self.note("the server is down".to_owned(), full_text),
            Statement::Up { .. } => self.note("the server is up again".to_owned(), full_text),
            Statement::NothingConnects { duration } => {
                let client = under_test();
                let arrow = self.arrow(
                    &client,
                    Direction::ToServer,
                    Style::Forbidden,
                    "never connects".to_owned(),
                    full_text,
                );
                arrow.condition = format!("for {}", written_duration(*duration));
            }
            Statement::Requested(requested) => {
                let path = self.labels.path(&requested.path);
                let label = format!("{} {path}", requested.method.node);
                let arrow = self.arrow(
                    &requested.server,
                    Direction::ToServer,
                    Style::Request,
                    label,
                    full_text,
                );
                arrow.condition = requested
                    .within
                    .as_ref()
                    .map(written_within)
                    .unwrap_or_default();
            }
            Statement::Respond { server, status, .. } => {
                let label = status.node.to_string();
                self.arrow(server, Direction::ToClient, Style::Answer, label, full_text);
            }
            Statement::Type { text } => {
                let text = format!("is given {}", self.labels.text(text));
                self.mark(&under_test(), &text, full_text);
            }
            Statement::Print { pattern, within } => {
                let text = match &pattern.node {
                    TextPattern::Exactly(text) => format!("prints {}", self.labels.text(text)),
                    TextPattern::Regex(regex) => format!("prints /{}/", regex.source),
                };
                let text = with_bounds(text, within.as_ref());
                self.mark(&under_test(), &text, full_text);
            }
            Statement::Exit { status, within } => {
                let text = with_bounds(format!("exits {}", status.node), within.as_ref());
                self.mark(&under_test(), &text, full_text);
            }
            Statement::Wait { duration, reason } => {
                let time = match duration {
                    DurationSource::Literal(duration) => written_duration(*duration),
                    DurationSource::Variable(variable) => format!("${} ms", variable.node),
                };
                let text = format!("{time}: {}", reason.node);
                self.diagram.steps.push(Step::Wait { text, full_text });
            }
            Statement::Ask(request) => {
                self.ask(request, &full_text);
            }
            Statement::Answered(answered) => {
                let within = answered.within.as_ref();
                self.answer(&answered.client, &answered.response, within, full_text);
            }
            Statement::NotAnswered { client, scope } => {
                self.open("all this while".to_owned(), full_text.clone());
                self.script(scope);
                let (to_client, forbidden) = (Direction::ToClient, Style::Forbidden);
                let label = "no answer yet".to_owned();
                self.arrow(client, to_client, forbidden, label, full_text);
                self.close();
            }
            Statement::Measure(measure) => {
                let (name, client) = (&measure.name.node, &measure.client.node);
                let label = format!("measured: {name}, of {client}");
                self.frame(&label, &measure.body, full_text);
            }
        }
    }

    fn opening(&mut self, connect: &Connect, verb: &str, accepted: &str, full_text: &str) {
        let label = format!("{verb} {}", self.labels.path(&connect.path));
        self.arrow(
            &connect.client,
            Direction::ToServer,
            Style::Request,
            label,
            full_text.to_owned(),
        );
        let (style, label, change) = match &connect.refusal {
            Some(refusal) => (Style::Refusal, self.labels.response(refusal), None),
            None => (Style::Answer, accepted.to_owned(), Some(Connection::Opened)),
        };
        let answer = self.arrow(
            &connect.client,
            Direction::ToClient,
            style,
            label,
            full_text.to_owned(),
        );
        answer.change = change;
    }

    fn accept(&mut self, server: &Client, within: Option<&Within>, full_text: &str) {
        let asks = self.arrow(
            server,
            Direction::ToServer,
            Style::Request,
            "connects".to_owned(),
            full_text.to_owned(),
        );
        asks.condition = within.map(written_within).unwrap_or_default();
        let answer = self.arrow(
            server,
            Direction::ToClient,
            Style::Answer,
            "101 Switching Protocols".to_owned(),
            full_text.to_owned(),
        );
        answer.change = Some(Connection::Opened);
    }

    fn ask(&mut self, request: &Request, full_text: &str) {
        let path = self.labels.path(&request.path);
        let label = format!("{} {path}", request.method.node);
        self.arrow(
            &request.client,
            Direction::ToServer,
            Style::Request,
            label,
            full_text.to_owned(),
        );
    }

    fn request(&mut self, request: &Request, full_text: &str) {
        self.ask(request, full_text);
        let any_response = Response {
            statuses: Vec::new(),
            body: None,
        };
        let response = request.response.as_ref().unwrap_or(&any_response);
        let within = request.within.as_ref();
        self.answer(&request.client, response, within, full_text.to_owned());
    }

    fn answer(
        &mut self,
        client: &Client,
        response: &Response,
        within: Option<&Within>,
        full_text: String,
    ) {
        let label = self.labels.response(response);
        let (to_client, style) = (Direction::ToClient, Style::Answer);
        let answer = self.arrow(client, to_client, style, label, full_text);
        answer.condition = within.map(written_within).unwrap_or_default();
    }

    fn receive(&mut self, receive: &Receive, full_text: String) {
        let label = self.labels.message(&receive.pattern);
        let next = receive.next.then(|| "the very next".to_owned());
        let within = receive.within.as_ref().map(written_within);
        let once = receive.exactly_once.then(|| "exactly once".to_owned());
        let conditions: Vec<_> = [next, within, once].into_iter().flatten().collect();
        let arrow = self.arrow(
            &receive.client,
            inward(&receive.client),
            Style::Message,
            label,
            full_text,
        );
        arrow.condition = conditions.join(", ");
    }

    fn closed(
        &mut self,
        client: &Client,
        expected: &[Ending],
        within: Option<&Within>,
        full_text: String,
    ) {
        let only_dropped = expected.iter().all(|ending| *ending == Ending::Dropped);
        let (style, label) = if expected.is_empty() {
            (Style::Message, "close".to_owned())
        } else if only_dropped {
            (Style::Broken, "drops".to_owned())
        } else {
            let endings: Vec<_> = expected
                .iter()
                .map(|ending| match ending {
                    Ending::Closed(code) => format!("close {}", close_code(code)),
                    Ending::Dropped => "drop".to_owned(),
                })
                .collect();
            (Style::Message, endings.join(" or "))
        };
        let arrow = self.arrow(client, inward(client), style, label, full_text);
        arrow.condition = within.map(written_within).unwrap_or_default();
        arrow.change = Some(Connection::Ended);
    }

    fn turns(&mut self, turns: &For, full_text: String) {
        let list = match &turns.list {
            List::Values(values) => match values.len() {
                1 => "1 value".to_owned(),
                count => format!("{count} values"),
            },
            List::Range { from, to } => format!("{from} to {to}"),
            List::Chunks { source, .. } => format!("the chunks of ${}", source.node),
        };
        let within = turns
            .within
            .as_ref()
            .map(|within| format!(", {}", written_within(within)));
        let label = format!(
            "for each ${} of {list}{}",
            turns.variable.node,
            within.unwrap_or_default()
        );
        self.frame(&label, &turns.body, full_text);
    }

    fn frame(&mut self, label: &str, block: &Script, full_text: String) {
        self.open(label.to_owned(), full_text);
        self.script(block);
        self.close();
    }

    fn open(&mut self, label: String, full_text: String) {
        self.diagram.steps.push(Step::Open { label, full_text });
    }

    fn close(&mut self) {
        self.diagram.steps.push(Step::Close);
    }

    fn note(&mut self, text: String, full_text: String) {
        self.diagram.steps.push(Step::Note { text, full_text });
    }

    fn mark(&mut self, client: &Client, text: &str, full_text: String) {
        let client = self.lane_of(client);
        self.diagram.steps.push(Step::Mark {
            client,
            text: text.to_owned(),
            full_text,
        });
    }

    /// Adds an arrow, of which the rest can be filled in.
    fn arrow(
        &mut self,
        client: &Client,
        direction: Direction,
        style: Style,
        label: String,
        full_text: String,
    ) -> &mut Arrow {
        let arrow = Arrow {
            client: self.lane_of(client),
            direction,
            style,
            label,
            condition: String::new(),
            change: None,
            full_text,
        };
        self.diagram.steps.push(Step::Arrow(arrow));
        match self.diagram.steps.last_mut() {
            Some(Step::Arrow(arrow)) => arrow,
            _ => unreachable!("an arrow was just added"),
        }
    }

    fn lane_of(&mut self, client: &Client) -> usize {
        // The server's lines are about the one client, which has no name.
        let name = match client.node.is_server() {
            true => under_test().node,
            false => client.node.clone(),
        };
        let clients = &mut self.diagram.clients;
        match clients.iter().position(|known| *known == name) {
            Some(lane) => lane,
            None => {
                clients.push(name);
                clients.len() - 1
            }
        }
    }
}

/// The client under test, as its lane is called.
fn under_test() -> Client {
    let name = ClientName {
        user: "client".to_owned(),
        device: None,
    };
    Client::new(name, 0..0)
}

fn with_bounds(text: String, within: Option<&Within>) -> String {
    match within {
        Some(within) => format!("{text} {}", written_within(within)),
        None => text,
    }
}
