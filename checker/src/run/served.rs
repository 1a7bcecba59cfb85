//! Plain requests of a client under test, and what the scripted server answers.

use std::time::Instant;

use super::client_stage::locked;
use super::deadline::Deadline;
use super::outgoing::resolved;
use super::player::{Played, Player, Stop};
use super::request::{payload, with_body};
use super::search::{differing, matches};
use super::show;
use super::state::Frame;
use super::transcript::Failure;
use crate::actor::OpenRequest;
use crate::notation::ast::{Line, Payload, Requested, Spanned};
use crate::notation::{matching, text};

impl Player<'_> {
    /// Waits for a request. Others that come before it are passed over and left without an answer.
    pub(super) async fn requested(
        &self,
        line: &Line,
        requested: &Requested,
        frame: &mut Frame<'_>,
    ) -> Played {
        let path = resolved(text::resolve_path(&requested.path, &self.state().bindings))?;
        let exchange = self.begin(line, frame);
        let stage = self.stage()?;
        let anchor = frame.last_event;
        let deadline = Deadline::new(requested.within.as_ref(), anchor, self.conditions);
        let mut others: Vec<OpenRequest> = Vec::new();
        loop {
            let (seen, version) = self.all_seen(stage).await;
            let next = stage.server.lock().await.next_request();
            if let Some(request) = next {
                if self.is_requested(requested, &path, &request)? {
                    let shown = shown(&request);
                    self.state().exchange(exchange).text = format!("server <- {shown}");
                    let at = request.at;
                    *locked(&stage.request) = Some(request);
                    if let Some(within) = &requested.within {
                        self.judge_bounds(exchange, within, anchor, at)?;
                    }
                    self.done(exchange, frame, at.max(anchor));
                    return Ok(());
                }
                let passed_over = format!("server <- {}", shown(&request));
                self.state()
                    .exchange(exchange)
                    .passed_over
                    .push(passed_over);
                others.push(request);
                continue;
            }
            self.find_violated()?;
            let exit = self
                .stage()?
                .program()
                .await
                .and_then(|program| program.exit());
            if exit.is_some() || deadline.has_passed() {
                let because = match exit {
                    Some(exit) => format!("the client has ended, {exit}"),
                    None => format!("no such request came for {}", deadline.shown()),
                };
                let failure = Failure {
                    kind: deadline.kind(),
                    closest: self.closest_request(requested, &path, &others),
                    because: vec![because],
                };
                return Err(self.fail(exchange, failure));
            }
            self.any_news(stage, &seen, version, &deadline).await?;
        }
    }

    /// Whether it is the one that is waited for; binds what its body matches.
    fn is_requested(
        &self,
        requested: &Requested,
        path: &str,
        request: &OpenRequest,
    ) -> Result<bool, Stop> {
        if request.method != requested.method.node || request.path != path {
            return Ok(false);
        }
        let Some(pattern) = &requested.body else {
            return Ok(true);
        };
        let mut state = self.state();
        let found = with_body(pattern, &request.body, |incoming| {
            matches(pattern, incoming, &state.bindings)
        })?;
        match found {
            Some(bindings) => {
                state.bindings = bindings;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// The last request of the right method and path, and how its body differs.
    fn closest_request(
        &self,
        requested: &Requested,
        path: &str,
        others: &[OpenRequest],
    ) -> Option<super::Closest> {
        let request = others
            .iter()
            .rfind(|other| other.method == requested.method.node && other.path == path)?;
        let pattern = requested.body.as_ref()?;
        let state = self.state();
        let mismatch = with_body(pattern, &request.body, |incoming| {
            matching::explain_message(pattern, incoming, &state.bindings)
        })?;
        Some(differing(show::body(&request.body), &mismatch))
    }

    pub(super) fn respond(
        &self,
        line: &Line,
        status: &Spanned<u16>,
        body: Option<&Payload>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let body = {
            let state = self.state();
            body.map(|body| payload(body, &state.bindings))
                .transpose()?
        };
        let exchange = self.begin(line, frame);
        let request = locked(&self.stage()?.request).take();
        let request = request
            .ok_or_else(|| Stop::Inconclusive("the server has no request to answer".to_owned()))?;
        let now = Instant::now();
        self.state().last_action = now;
        if !request.respond(status.node, body) {
            let note = "the client had already given up this request".to_owned();
            self.state().exchange(exchange).notes.push(note);
        }
        self.done(exchange, frame, now);
        Ok(())
    }

    /// Ends the connection of the request that was received last, without an answer. Says whether there was one.
    pub(super) fn drop_request(&self) -> bool {
        self.stage
            .is_some_and(|stage| locked(&stage.request).take().is_some())
    }
}

/// `POST /api/operations {"id":1}`.
fn shown(request: &OpenRequest) -> String {
    let head = format!("{} {}", request.method, request.path);
    match request.body.is_empty() {
        true => head,
        false => format!("{head} {}", show::body(&request.body)),
    }
}
