//! HTTP requests.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::deadline::{Deadline, NO_LIMIT};
use super::outgoing::{headers, resolved, source_bytes, text_of};
use super::player::{Played, Player, Stop};
use super::search::{differing, matches};
use super::state::{ExchangeId, Frame};
use super::transcript::{Failure, FailureKind};
use super::{show, values};
use crate::actor::{self, Body, HttpResponse};
use crate::notation::ast::{Line, MessagePattern, Payload, Request, Response, Statement};
use crate::notation::matching::{self, Incoming};
use crate::notation::value::Bindings;
use crate::notation::{print, text};

/// How long a `GET` with `within` waits before it asks again.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// A path, headers, and a body if there is one.
pub(super) type RequestParts = (String, Vec<(String, String)>, Option<Body>);

impl Player<'_> {
    pub(super) async fn request(
        &self,
        line: &Line,
        request: &Request,
        frame: &mut Frame<'_>,
    ) -> Played {
        let (path, headers, body) = self.parts_of(request)?;
        let exchange = self.begin(line, frame);
        let anchor = frame.last_event;
        let deadline = Deadline::new(request.within.as_ref(), anchor, self.conditions);
        self.state().last_action = Instant::now();
        loop {
            let target = self.target(&request.client.node);
            let asked = actor::request(
                &target,
                &request.method.node,
                &path,
                &headers,
                body.clone(),
                NO_LIMIT,
            );
            let response = match self.patiently(asked).await {
                Some(Ok(response)) => response,
                Some(Err(error)) => return Err(self.not_sent(exchange, error.to_string())),
                None => return Err(self.not_answered(exchange)),
            };
            let now = Instant::now();
            self.state().note_round_trip(response.took);
            let Some(expected) = &request.response else {
                self.done(exchange, frame, now);
                return Ok(());
            };
            // Only a GET has a bound, and it may be repeated: it changes nothing.
            if request.within.is_some()
                && !self.response_matches(expected, &response)?
                && !deadline.has_passed()
            {
                self.find_violated()?;
                tokio::time::sleep(ASK_AGAIN.min(deadline.left())).await;
                continue;
            }
            self.judge_response(exchange, expected, &response)?;
            if let Some(within) = &request.within {
                self.judge_bounds(exchange, within, anchor, now)?;
            }
            let mut state = self.state();
            let bindings = state.bindings.clone();
            state.exchange(exchange).text = answered(request, &response, &bindings);
            drop(state);
            self.done(exchange, frame, now);
            return Ok(());
        }
    }

    /// The path, the headers and the body, their variables replaced.
    pub(super) fn parts_of(&self, request: &Request) -> Result<RequestParts, Stop> {
        let state = self.state();
        let body = request.body.as_ref();
        Ok((
            resolved(text::resolve_path(&request.path, &state.bindings))?,
            headers(&request.headers, &state.bindings)?,
            body.map(|body| payload(body, &state.bindings))
                .transpose()?,
        ))
    }

    fn response_matches(&self, expected: &Response, response: &HttpResponse) -> Result<bool, Stop> {
        if !has_status(expected, response) {
            return Ok(false);
        }
        let Some(pattern) = &expected.body else {
            return Ok(true);
        };
        let state = self.state();
        let found = with_body(pattern, &response.body, |incoming| {
            matches(pattern, incoming, &state.bindings)
        })?;
        Ok(found.is_some())
    }

    /// Fails unless the response is the expected one; binds what its body matches.
    pub(super) fn judge_response(
        &self,
        exchange: ExchangeId,
        expected: &Response,
        response: &HttpResponse,
    ) -> Played {
        if !has_status(expected, response) {
            let wanted: Vec<String> = expected.statuses.iter().map(|s| s.to_string()).collect();
            let because = format!(
                "the server answered {}, not {}",
                show::response(response.status, &response.body),
                wanted.join(" or ")
            );
            return Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)));
        }
        let Some(pattern) = &expected.body else {
            return Ok(());
        };
        let mut state = self.state();
        let found = with_body(pattern, &response.body, |incoming| {
            matches(pattern, incoming, &state.bindings)
        })?;
        if let Some(bindings) = found {
            state.bindings = bindings;
            return Ok(());
        }
        let mismatch = with_body(pattern, &response.body, |incoming| {
            matching::explain_message(pattern, incoming, &state.bindings)
        });
        drop(state);
        let message = show::body(&response.body);
        let failure = Failure {
            kind: FailureKind::Missing,
            closest: mismatch.map(|mismatch| differing(message, &mismatch)),
            because: Vec::new(),
        };
        Err(self.fail(exchange, failure))
    }
}

fn has_status(expected: &Response, response: &HttpResponse) -> bool {
    expected.statuses.iter().any(|s| s.node == response.status)
}

/// Gives a body to a pattern as the kind of message that the pattern is about.
pub(super) fn with_body<T>(
    pattern: &MessagePattern,
    body: &Bytes,
    then: impl FnOnce(Incoming<'_>) -> T,
) -> T {
    match (pattern, std::str::from_utf8(body)) {
        (MessagePattern::Bytes(_), _) | (_, Err(_)) => then(Incoming::Binary(body)),
        (_, Ok(text)) => {
            let json = serde_json::from_str(text).ok();
            then(Incoming::Text {
                text,
                json: json.as_ref(),
            })
        }
    }
}

pub(super) fn payload(payload: &Payload, bindings: &Bindings) -> Result<Body, Stop> {
    let (content_type, bytes) = match payload {
        Payload::Json(template) => (
            "application/json",
            values::template(template, bindings)?.to_string().into(),
        ),
        Payload::Text(source) => (
            "text/plain; charset=utf-8",
            text_of(source, bindings)?.into(),
        ),
        Payload::Bytes(source) => ("application/octet-stream", source_bytes(source, bindings)?),
        Payload::Frame(_) => {
            return Err(Stop::Inconclusive(
                "a frame cannot be the body of a request".to_owned(),
            ));
        }
    };
    Ok(Body {
        content_type: content_type.to_owned(),
        bytes,
    })
}

/// The line with the body that came, where the line asks for one.
fn answered(request: &Request, response: &HttpResponse, bindings: &Bindings) -> String {
    let mut bare = request.clone();
    bare.within = None;
    let asks_for_body = bare
        .response
        .as_ref()
        .is_some_and(|response| response.body.is_some());
    bare.response = None;
    let mut text = print::statement_head_with(&Statement::Request(bare), bindings);
    let _ = write!(text, " => {}", response.status);
    if asks_for_body {
        text.push(' ');
        text.push_str(&show::body(&response.body));
    }
    if let Some(within) = &request.within {
        text.push(' ');
        text.push_str(&print::within(within));
    }
    text
}
