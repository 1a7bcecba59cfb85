//! Lines about a connection: connects, sends, closes, drops, stalls.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::player::{ClientState, ExchangeId, Frame, Played, Player, Stop, bytes_of};
use super::receive::Deadline;
use super::transcript::{Failure, FailureKind};
use super::{show, values};
use crate::actor::{Connection, Ended, Event, FrameSpec, Opened, Outgoing, SendError};
use crate::notation::ast::{
    BytesSource, Client, CloseCode, Connect, Ending, Frame as FrameLine, FramePayload, Line,
    NumberSource, Opcode, Payload, Text, TextSource, Variable, Within,
};
use crate::notation::text;
use crate::notation::value::{Bindings, Value};

impl Player<'_> {
    pub(super) async fn connect(
        &self,
        line: &Line,
        connect: &Connect,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let (path, headers, inbox) = {
            let mut state = self.state();
            state.last_action = Instant::now();
            let path = resolved(text::resolve_path(&connect.path, &state.bindings))?;
            let headers = headers(&connect.headers, &state.bindings)?;
            let client = state
                .clients
                .entry(connect.client.node.clone())
                .or_insert_with(ClientState::new);
            client.connected_at = client.inbox.len();
            (path, headers, client.inbox.clone())
        };
        let patience = self.conditions.patience();
        let opened =
            Connection::open(&self.conditions.target, &path, &headers, &inbox, patience).await;
        let now = Instant::now();
        match (opened, &connect.refusal) {
            (Ok(Opened::Accepted { connection, took }), None) => {
                let mut state = self.state();
                state.note_round_trip(took);
                if let Some(client) = state.clients.get_mut(&connect.client.node) {
                    client.connection = Some(Arc::new(connection));
                }
                drop(state);
                self.done(exchange, frame, now);
                Ok(())
            }
            (Ok(Opened::Accepted { .. }), Some(_)) => Err(self.fail(
                exchange,
                Failure::new(
                    FailureKind::Missing,
                    "the server accepted the upgrade (101 Switching Protocols)",
                ),
            )),
            (Ok(Opened::Refused(response)), Some(expected)) => {
                self.state().note_round_trip(response.took);
                self.judge_response(exchange, expected, &response)?;
                self.done(exchange, frame, now);
                Ok(())
            }
            (Ok(Opened::Refused(response)), None) => {
                let body = show::payload_text(&response.body);
                Err(self.fail(
                    exchange,
                    Failure::new(
                        FailureKind::Missing,
                        format!("the server refused the upgrade: {} {body}", response.status),
                    ),
                ))
            }
            (Err(error), _) => Err(self.not_sent(exchange, error.to_string())),
        }
    }

    pub(super) async fn send(
        &self,
        line: &Line,
        client: &Client,
        payload: &Payload,
        frame: &mut Frame<'_>,
    ) -> Played {
        let (outgoing, shown) = {
            let state = self.state();
            outgoing(payload, &state.bindings)?
        };
        let exchange = self.begin(line, frame);
        if let Some(shown) = shown {
            self.state().exchange(exchange).text = format!("{} -> {shown}", client.node);
        }
        self.send_now(exchange, client, outgoing, frame).await
    }

    pub(super) async fn close(
        &self,
        line: &Line,
        client: &Client,
        code: Option<&CloseCode>,
        reason: Option<&Text>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let outgoing = {
            let state = self.state();
            let code = code
                .map(|code| close_code(code, &state.bindings))
                .transpose()?;
            let reason = match reason {
                Some(reason) => resolved(text::resolve(reason, &state.bindings))?,
                None => String::new(),
            };
            Outgoing::Close {
                code,
                reason: reason.into(),
            }
        };
        self.send_now(exchange, client, outgoing, frame).await
    }

    async fn send_now(
        &self,
        exchange: ExchangeId,
        client: &Client,
        outgoing: Outgoing,
        frame: &mut Frame<'_>,
    ) -> Played {
        let connection = self.connection(client)?;
        self.state().last_action = Instant::now();
        let patience = self.conditions.patience();
        match connection.send(outgoing, patience).await {
            Ok(at) => self.done(exchange, frame, at),
            // What the line was to bring about decides, not this: a server may end a connection
            // while it is still being spoken to, after half of a message that is too large, say.
            Err(SendError::Ended) => {
                self.done(exchange, frame, Instant::now());
                let mut state = self.state();
                let note = format!("the server had already ended {}'s connection", client.node);
                state.exchange(exchange).notes.push(note);
            }
            Err(error @ SendError::Blocked { .. }) => {
                return Err(self.not_sent(exchange, error.to_string()));
            }
        }
        Ok(())
    }

    pub(super) async fn drop_connection(
        &self,
        line: &Line,
        client: &Client,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let connection = {
            let mut state = self.state();
            state.last_action = Instant::now();
            let client = state.clients.get_mut(&client.node);
            client.and_then(|client| client.connection.take())
        };
        let connection = connection.and_then(Arc::into_inner).ok_or_else(|| {
            Stop::Inconclusive(format!("{} has no connection to drop", client.node))
        })?;
        match connection.drop_tcp(self.conditions.patience()).await {
            Ok(at) => self.done(exchange, frame, at),
            Err(SendError::Ended) => self.done(exchange, frame, Instant::now()),
            Err(error @ SendError::Blocked { .. }) => {
                return Err(self.not_sent(exchange, error.to_string()));
            }
        }
        Ok(())
    }

    pub(super) fn stall(&self, line: &Line, client: &Client, frame: &mut Frame<'_>) -> Played {
        let exchange = self.begin(line, frame);
        self.connection(client)?.stall();
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    pub(super) fn resume(&self, line: &Line, client: &Client, frame: &mut Frame<'_>) -> Played {
        let exchange = self.begin(line, frame);
        self.connection(client)?.resume();
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    /// Waits until the server has ended the connection, in one of the ways expected.
    pub(super) async fn is_closed(
        &self,
        line: &Line,
        client: &Client,
        expected: &[Ending],
        within: Option<&Within>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let deadline = Deadline::new(within, frame.last_event, self.conditions);
        let (at, ending) = loop {
            let seen = self.seen();
            if let Some(found) = self.ending(client, exchange) {
                break found;
            }
            self.find_violated()?;
            if deadline.has_passed() {
                let because = format!("the connection was still open after {}", deadline.shown());
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
            self.news_until(&seen, &deadline).await;
        };
        let right = {
            let state = self.state();
            is_expected(&ending, expected, &state.bindings)?
        };
        if !right {
            let because = format!("{}'s connection {}", client.node, ending);
            return Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)));
        }
        if let Some(within) = within {
            self.judge_bounds(exchange, within, frame.last_event, at)?;
        }
        self.done(exchange, frame, at);
        Ok(())
    }

    /// How the connection of now ended, if it has; reads the inbox up to there.
    fn ending(&self, client: &Client, exchange: ExchangeId) -> Option<(Instant, HowItEnded)> {
        let mut state = self.state();
        let state = &mut *state;
        let client = state.clients.get_mut(&client.node)?;
        let mut index = client.connected_at;
        let (at, ending) = loop {
            let entry = client.inbox.get(index)?;
            if let Some(ending) = HowItEnded::of(&entry.event) {
                break (entry.at, ending);
            }
            index += 1;
        };
        let passed_over: Vec<String> = (client.place..index)
            .filter_map(|i| {
                client
                    .inbox
                    .get(i)
                    .and_then(|entry| show::event(&entry.event))
            })
            .collect();
        client.place = client.place.max(index);
        state.exchange(exchange).passed_over = passed_over;
        Some((at, ending))
    }
}

/// How a connection came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HowItEnded {
    Closed { code: Option<u16>, reason: String },
    Dropped,
    Broken(String),
}

impl HowItEnded {
    /// What an event in the inbox says about it.
    pub(super) fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Close { code, reason } => Some(Self::Closed {
                code: *code,
                reason: reason.clone(),
            }),
            Event::Ended(Ended::Dropped) => Some(Self::Dropped),
            Event::Violation(violation) => Some(Self::Broken(violation.to_string())),
            Event::Overflow { entries, bytes } => Some(Self::Broken(format!(
                "the server sent more than the checker keeps, {entries} messages in {bytes} bytes"
            ))),
            _ => None,
        }
    }
}

impl std::fmt::Display for HowItEnded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed { code: None, .. } => {
                f.write_str("was closed by the server without a code")
            }
            Self::Closed {
                code: Some(code),
                reason,
            } => {
                write!(f, "was closed by the server with {code}")?;
                if reason.is_empty() {
                    Ok(())
                } else {
                    write!(f, " {}", show::quoted(reason))
                }
            }
            Self::Dropped => {
                f.write_str("was dropped by the server: TCP ended without a close frame")
            }
            Self::Broken(violation) => write!(f, "was given up: {violation}"),
        }
    }
}

fn is_expected(
    ending: &HowItEnded,
    expected: &[Ending],
    bindings: &Bindings,
) -> Result<bool, Stop> {
    if expected.is_empty() {
        return Ok(matches!(ending, HowItEnded::Closed { .. }));
    }
    for one in expected {
        let right = match (one, ending) {
            (Ending::Dropped, HowItEnded::Dropped) => true,
            (Ending::Closed(wanted), HowItEnded::Closed { code, .. }) => {
                Some(close_code(wanted, bindings)?) == *code
            }
            _ => false,
        };
        if right {
            return Ok(true);
        }
    }
    Ok(false)
}

fn close_code(code: &CloseCode, bindings: &Bindings) -> Result<u16, Stop> {
    match code {
        CloseCode::Literal(code) => Ok(*code),
        CloseCode::Variable(variable) => number(variable, bindings),
    }
}

/// The small number that a variable holds.
fn number<N: TryFrom<u64>>(variable: &Variable, bindings: &Bindings) -> Result<N, Stop> {
    let number = match bindings.get(&variable.node) {
        Some(Value::Json(json)) => json.as_u64(),
        _ => None,
    };
    number.and_then(|n| N::try_from(n).ok()).ok_or_else(|| {
        Stop::Inconclusive(format!(
            "${} does not hold a number that fits here",
            variable.node
        ))
    })
}

/// What goes out, and how it stands in the transcript if not as the page has it.
fn outgoing(payload: &Payload, bindings: &Bindings) -> Result<(Outgoing, Option<String>), Stop> {
    Ok(match payload {
        Payload::Json(template) => {
            let json = values::template(template, bindings)?.to_string();
            let shown = show::long(&json, "JSON");
            (Outgoing::Text(json), Some(shown))
        }
        Payload::Text(source) => {
            let text = text_of(source, bindings)?;
            let shown = format!("text {}", show::quoted(&text));
            (Outgoing::Text(text), Some(shown))
        }
        Payload::Bytes(source) => {
            let bytes = source_bytes(source, bindings)?;
            let shown = format!("bytes ({})", show::byte_count(bytes.len()));
            (Outgoing::Binary(bytes), Some(shown))
        }
        Payload::Frame(frame) => (Outgoing::Frame(frame_spec(frame, bindings)?), None),
    })
}

fn frame_spec(frame: &FrameLine, bindings: &Bindings) -> Result<FrameSpec, Stop> {
    let opcode = match &frame.opcode {
        Opcode::Continuation => 0,
        Opcode::Text => 1,
        Opcode::Binary => 2,
        Opcode::Close => 8,
        Opcode::Ping => 9,
        Opcode::Pong => 10,
        Opcode::Number(source) => small(source, bindings)?,
    };
    let rsv = match &frame.rsv {
        Some(source) => 0b1000_u8 >> small::<u8>(source, bindings)?.min(4),
        None => 0,
    };
    let payload = match &frame.payload {
        FramePayload::Empty => Bytes::new(),
        FramePayload::Text(text) => resolved(text::resolve(text, bindings))?.into(),
        FramePayload::Hex(bytes) => Bytes::copy_from_slice(bytes),
        FramePayload::Variable(variable) => match bindings.get(&variable.node) {
            Some(Value::Json(serde_json::Value::String(text))) => Bytes::from(text.clone()),
            _ => bytes_of(variable, bindings)?,
        },
    };
    Ok(FrameSpec {
        fin: !frame.more,
        rsv,
        opcode,
        masked: !frame.unmasked,
        claimed_len: frame.claims.map(|size| size.bytes()),
        payload,
    })
}

fn small<N: TryFrom<u64> + From<u8>>(
    source: &NumberSource,
    bindings: &Bindings,
) -> Result<N, Stop> {
    match source {
        NumberSource::Literal(number) => Ok(N::from(*number)),
        NumberSource::Variable(variable) => number(variable, bindings),
    }
}

/// The text that a source stands for.
pub(super) fn text_of(source: &TextSource, bindings: &Bindings) -> Result<String, Stop> {
    match source {
        TextSource::Text(text) => resolved(text::resolve(text, bindings)),
        TextSource::Variable(variable) => match bindings.get(&variable.node) {
            Some(Value::Json(serde_json::Value::String(text))) => Ok(text.clone()),
            Some(_) => Err(Stop::Inconclusive(format!(
                "${} does not hold a string",
                variable.node
            ))),
            None => Err(Stop::Inconclusive(format!(
                "${} has no value",
                variable.node
            ))),
        },
    }
}

/// The bytes that a source stands for.
pub(super) fn source_bytes(source: &BytesSource, bindings: &Bindings) -> Result<Bytes, Stop> {
    match source {
        BytesSource::Variable(variable) => bytes_of(variable, bindings),
        BytesSource::Hex(bytes) => Ok(Bytes::copy_from_slice(bytes)),
    }
}

/// `Name: value` lines, apart.
pub(super) fn headers(
    headers: &[Text],
    bindings: &Bindings,
) -> Result<Vec<(String, String)>, Stop> {
    headers
        .iter()
        .map(|header| {
            let line = resolved(text::resolve(header, bindings))?;
            match line.split_once(':') {
                Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
                None => Err(Stop::Inconclusive(format!(
                    "header {line:?} is not of the form `Name: value`"
                ))),
            }
        })
        .collect()
}

pub(super) fn resolved(text: Result<String, text::ResolveError>) -> Result<String, Stop> {
    text.map_err(|error| Stop::Inconclusive(error.to_string()))
}
