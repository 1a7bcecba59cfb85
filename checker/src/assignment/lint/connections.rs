//! What a client does needs a connection, and a connection is opened once.

mod played_server;

use std::collections::BTreeMap;

use super::{Played, follow, turns};
use crate::notation::ast::{Client, ClientName, Measure, Script, Span, Statement};
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

/// Clients that have connected or tried to.
type Clients = BTreeMap<ClientName, Connection>;

/// Who is connected; and where the script plays the server, what that is doing.
#[derive(Clone, Default)]
struct Stage {
    clients: Clients,
    /// Down since the line at this place.
    down: Option<Span>,
    /// A request has come that was not answered.
    has_request: bool,
}

#[derive(Clone)]
struct Connection {
    state: State,
    stalled: Option<Span>,
    /// Of an event stream: where it was opened.
    one_way: Option<Span>,
}

#[derive(Clone)]
enum State {
    /// Since the line at this place.
    Open(Span),
    /// The client has sent its close frame; the server's may come.
    Closing(Span),
    /// Both sides know that it is over.
    Over(Span),
    /// A mistake has been reported; what follows from it is not.
    Reported,
}

pub(super) fn lint(checks: &[Played<'_>], diagnostics: &mut Vec<Diagnostic>) {
    follow(checks, |check, stage: &mut Stage| {
        let mut walk = Walk {
            check,
            stage,
            diagnostics,
        };
        walk.script(&check.draft.check.script);
    });
}

struct Walk<'a> {
    check: &'a Played<'a>,
    stage: &'a mut Stage,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn script(&mut self, script: &Script) {
        for line in &script.lines {
            self.statement(&line.statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Connect(connect) => {
                self.connects(&connect.client, connect.refusal.is_some());
            }
            Statement::Listen(listen) => {
                let client = &listen.client;
                self.connects(client, listen.refusal.is_some());
                if listen.refusal.is_none()
                    && let Some(connection) = self.stage.clients.get_mut(&client.node)
                {
                    connection.one_way = Some(client.span.clone());
                }
            }
            Statement::Send { client, .. } => {
                if self.needs_open(client, "sends") {
                    self.needs_both_ways(client, "sends");
                }
            }
            Statement::Receive(receive) => self.listens(&receive.client),
            Statement::Never { client, scope, .. } => {
                // It may be written before its client connects, but not of one that never does.
                if !connects_in(&self.check.draft.check.script, &client.node) {
                    self.listens(client);
                }
                if let Some(scope) = scope {
                    self.script(scope);
                }
            }
            Statement::Close { client, .. } => {
                if self.needs_open(client, "closes") && self.needs_both_ways(client, "closes") {
                    self.set(client, State::Closing(client.span.clone()));
                }
            }
            Statement::Drop { client } if client.is_server() && self.stage.has_request => {
                self.stage.has_request = false;
            }
            Statement::Drop { client } => {
                if self.needs_connection(client, "drops") {
                    self.set(client, State::Over(client.span.clone()));
                }
            }
            Statement::Closed { client, .. } => {
                if self.needs_connection(client, "waits to be closed") {
                    self.set(client, State::Over(client.span.clone()));
                }
            }
            Statement::Accept { server, .. } => self.accepts(server),
            Statement::Requested(requested) => {
                self.is_up(&requested.server, "receives");
                self.stage.has_request = true;
            }
            Statement::Respond { server, .. } => self.responds(server),
            Statement::Down { server } => self.goes_down(server),
            Statement::Up { server } => self.comes_up(server),
            Statement::Stall { client } => self.stalls(client),
            Statement::Resume { client } => self.resumes(client),
            Statement::InAnyOrder(block)
            | Statement::Together(block)
            | Statement::NotAnswered { scope: block, .. }
            | Statement::Measure(Measure { body: block, .. }) => self.script(block),
            Statement::For(repeat) => {
                for _ in 0..turns(repeat) {
                    self.script(&repeat.body);
                }
            }
            Statement::Comment(_)
            | Statement::Given(_)
            | Statement::Env(_)
            | Statement::Let { .. }
            | Statement::Request(_)
            | Statement::Ask(_)
            | Statement::Answered(_)
            | Statement::Explore(_)
            | Statement::NothingConnects { .. }
            | Statement::Type { .. }
            | Statement::Print { .. }
            | Statement::Exit { .. }
            | Statement::Wait { .. } => {}
        }
    }

    fn connects(&mut self, client: &Client, is_refused: bool) {
        if let Some(State::Open(since)) = self.state(client) {
            let since = since.clone();
            let name = &client.node;
            let user = &client.user;
            let message = match client.is_server() {
                true => "the client is connected already".to_owned(),
                false => format!("`{name}` is connected already"),
            };
            self.report(
                client,
                if since == client.span {
                    let label = match client.is_server() {
                        true => "accepts again in the next turn",
                        false => "connects again in the next turn",
                    };
                    Diagnostic::error(message, since, label)
                        .help(format!("end the connection in each turn: `{name} drops`, say"))
                } else if client.is_server() {
                    Diagnostic::error(message, client.span.clone(), "accepts a second connection")
                        .note(since, "connected here")
                        .help("end the first: `server drops`, or `server is closed` if the client does")
                } else {
                    Diagnostic::error(message, client.span.clone(), "connects a second time")
                        .note(since, "connected here")
                        .help(format!(
                            "write `{user}/phone connects` for a second connection of the same user, \
                             or end the first: `{name} drops`"
                        ))
                },
            );
        } else if !is_refused {
            self.set(client, State::Open(client.span.clone()));
        }
    }

    fn listens(&mut self, client: &Client) {
        if self.state(client).is_none() {
            self.not_yet(client, "listens");
        }
    }

    fn stalls(&mut self, client: &Client) {
        if !self.needs_connection(client, "stalls") {
            return;
        }
        let Some(connection) = self.stage.clients.get_mut(&client.node) else {
            return;
        };
        if let Some(since) = connection.stalled.replace(client.span.clone()) {
            self.diagnostics.push(
                Diagnostic::error(
                    format!("`{}` stalls already", client.node),
                    client.span.clone(),
                    "stalls a second time",
                )
                .note(since, "since here")
                .help(format!(
                    "remove it, or write `{} resumes` above",
                    client.node
                )),
            );
        }
    }

    fn resumes(&mut self, client: &Client) {
        if !self.needs_connection(client, "resumes") {
            return;
        }
        let stalled = self
            .stage
            .clients
            .get_mut(&client.node)
            .and_then(|connection| connection.stalled.take());
        if stalled.is_none() && !self.is_doubtful(client) {
            self.diagnostics.push(
                Diagnostic::error(
                    format!("`{}` does not stall", client.node),
                    client.span.clone(),
                    "has nothing to resume",
                )
                .help(format!(
                    "write `{} stalls` above, or remove this line",
                    client.node
                )),
            );
        }
    }

    /// Whether the connection is open; if not, that is reported.
    fn needs_open(&mut self, client: &Client, does: &str) -> bool {
        match self.state(client) {
            None => self.not_yet(client, does),
            Some(State::Open(_)) => return true,
            Some(State::Closing(since) | State::Over(since)) => {
                let since = since.clone();
                self.no_more(client, does, since);
            }
            Some(State::Reported) => {}
        }
        false
    }

    /// Like [`Self::needs_open`]; a connection that is being closed will do.
    fn needs_connection(&mut self, client: &Client, does: &str) -> bool {
        match self.state(client) {
            Some(State::Closing(_)) => true,
            _ => self.needs_open(client, does),
        }
    }

    /// Whether the connection is a WebSocket; if not, that is reported.
    fn needs_both_ways(&mut self, client: &Client, does: &str) -> bool {
        let connection = self.stage.clients.get(&client.node);
        let Some(since) = connection.and_then(|connection| connection.one_way.clone()) else {
            return true;
        };
        let name = &client.node;
        self.report(
            client,
            Diagnostic::error(
                format!("`{name}` only listens"),
                client.span.clone(),
                format!("{does} on a stream that goes one way"),
            )
            .note(since, "listens since here")
            .help(format!(
                "write a request, `{name} POST …`, or to end the stream `{name} drops`"
            )),
        );
        false
    }

    fn not_yet(&mut self, client: &Client, does: &str) {
        let connected: Vec<String> = self.stage.clients.keys().map(ToString::to_string).collect();
        let connected: Vec<&str> = connected.iter().map(String::as_str).collect();
        let name = client.node.to_string();
        let help = match suggest::one_nearest(&name, &connected) {
            Some(meant) => format!("write `{meant}`, or `{}` above", opening(client)),
            None => format!("write `{}` above", opening(client)),
        };
        self.report(
            client,
            Diagnostic::error(
                match client.is_server() {
                    true => "the client is not connected yet".to_owned(),
                    false => format!("`{name}` is not connected yet"),
                },
                client.span.clone(),
                match client.is_server() {
                    true => format!("{does} before the client connects"),
                    false => format!("{does} before it connects"),
                },
            )
            .help(help),
        );
    }

    fn no_more(&mut self, client: &Client, does: &str, since: Span) {
        let name = &client.node;
        let message = match client.is_server() {
            true => "the client is not connected any more".to_owned(),
            false => format!("`{name}` is not connected any more"),
        };
        self.report(
            client,
            if since == client.span {
                Diagnostic::error(message, since, format!("{does} again in the next turn"))
                    .help(format!("write `{}` in each turn", opening(client)))
            } else {
                let label = match client.is_server() {
                    true => format!("{does} after the connection ended"),
                    false => format!("{does} after its connection ended"),
                };
                Diagnostic::error(message, client.span.clone(), label)
                    .note(since, "ended here")
                    .help(format!(
                        "write `{}` in between, or remove this line",
                        opening(client)
                    ))
            },
        );
    }

    /// Reports the first mistake with a client, and no other that follows from it.
    fn report(&mut self, client: &Client, diagnostic: Diagnostic) {
        if !self.is_doubtful(client) {
            self.diagnostics.push(diagnostic);
        }
        self.set(client, State::Reported);
    }

    fn is_doubtful(&self, client: &Client) -> bool {
        self.check.doubt.covers(&client.user)
    }

    fn state(&self, client: &Client) -> Option<&State> {
        self.stage
            .clients
            .get(&client.node)
            .map(|connection| &connection.state)
    }

    fn set(&mut self, client: &Client, state: State) {
        let stalled = match (&state, self.stage.clients.get(&client.node)) {
            (State::Closing(_) | State::Reported, Some(before)) => before.stalled.clone(),
            _ => None,
        };
        let one_way = match (&state, self.stage.clients.get(&client.node)) {
            (State::Open(_), _) | (_, None) => None,
            (_, Some(before)) => before.one_way.clone(),
        };
        let connection = Connection {
            state,
            stalled,
            one_way,
        };
        self.stage.clients.insert(client.node.clone(), connection);
    }
}

/// The line that opens a connection.
fn opening(client: &Client) -> String {
    match client.is_server() {
        true => "server accepts".to_owned(),
        false => format!("{} connects /ws", client.node),
    }
}

fn connects_in(script: &Script, client: &ClientName) -> bool {
    script.lines.iter().any(|line| match &line.statement {
        Statement::Connect(connect) | Statement::Listen(connect) => connect.client.node == *client,
        Statement::Accept { server, .. } => server.node == *client,
        statement => statement
            .block()
            .is_some_and(|block| connects_in(block, client)),
    })
}
