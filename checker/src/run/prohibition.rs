//! What must not come, and how long to wait before saying that it did not.
//!
//! Silence is judged at the end of its scope, after a window in which no forbidden message may come. A message that
//! follows on the same connection is no substitute: another task's broadcast can be overtaken.

use std::time::{Duration, Instant};

use super::player::{Clients, ExchangeId, Frame, Played, Player, State, Stop};
use super::receive::{incoming, matches};
use super::show;
use super::transcript::{Closest, Failure, FailureKind};
use crate::notation::ast::{Client, ClientName, Line, MessagePattern, Span};
use crate::notation::matching;
use crate::notation::value::Bindings;

/// The least window.
const LEAST_WINDOW: Duration = Duration::from_millis(50);
/// The window is so many times the slowest of the last few round trips.
const ROUND_TRIPS: u32 = 20;
/// How many round trips are "the last few".
const RECENT: usize = 4;
/// The most that the window grows to, however slow the server.
const GREATEST_WINDOW: Duration = Duration::from_secs(5);

/// A message that must not come, and since when.
#[derive(Debug)]
pub(super) struct Prohibition {
    /// The line that forbids it.
    pub(super) exchange: ExchangeId,
    /// That line's place in the page.
    pub(super) span: Span,
    client: ClientName,
    /// The first entry of the inbox that was not looked at yet.
    at: usize,
    pattern: MessagePattern,
    /// As they were when the line was played.
    bindings: Bindings,
    /// The one message that `exactly once` allows.
    pub(super) except: Option<usize>,
}

impl Prohibition {
    pub(super) fn new(
        exchange: ExchangeId,
        span: Span,
        client: &ClientName,
        from: usize,
        pattern: &MessagePattern,
        bindings: Bindings,
    ) -> Self {
        Self {
            exchange,
            span,
            client: client.clone(),
            at: from,
            pattern: pattern.clone(),
            bindings,
            except: None,
        }
    }

    /// The first forbidden message that came since the last look.
    fn violated(&mut self, clients: &Clients) -> Result<Option<Failure>, Stop> {
        let Some(client) = clients.get(&self.client) else {
            return Ok(None);
        };
        while let Some(entry) = client.inbox.get(self.at) {
            let index = self.at;
            self.at += 1;
            if self.except == Some(index) {
                continue;
            }
            let Some(incoming) = incoming(&entry) else {
                continue;
            };
            if !matching::is_visible(&self.pattern, &incoming)
                || matches(&self.pattern, incoming, &self.bindings)?.is_none()
            {
                continue;
            }
            let (kind, explanation) = match self.except {
                Some(_) => (FailureKind::Repeated, "came a second time"),
                None => (FailureKind::Forbidden, "must not come"),
            };
            let failure = Failure {
                kind,
                closest: show::event(&entry.event).map(|message| Closest {
                    message,
                    differs: None,
                    explanation: explanation.to_owned(),
                }),
                because: Vec::new(),
            };
            return Ok(Some(failure));
        }
        Ok(None)
    }
}

impl State {
    /// Remembers how long an answer took.
    pub(super) fn note_round_trip(&mut self, took: Duration) {
        if self.round_trips.len() == RECENT {
            self.round_trips.remove(0);
        }
        self.round_trips.push(took);
    }

    /// How long silence has to last now.
    fn window(&self) -> Duration {
        let slowest = self.round_trips.iter().max().copied().unwrap_or_default();
        (slowest * ROUND_TRIPS).clamp(LEAST_WINDOW, GREATEST_WINDOW)
    }
}

impl Player<'_> {
    /// Forbids a message from the client's place in its inbox on. Returns the line that names the prohibition.
    pub(super) fn forbid(
        &self,
        line: &Line,
        client: &Client,
        pattern: &MessagePattern,
        frame: &mut Frame<'_>,
    ) -> ExchangeId {
        let exchange = self.begin(line, frame);
        let mut state = self.state();
        let from = state.clients.get(&client.node).map_or(0, |c| c.place);
        let bindings = state.bindings.clone();
        state.prohibitions.push(Prohibition::new(
            exchange,
            line.span.clone(),
            &client.node,
            from,
            pattern,
            bindings,
        ));
        exchange
    }

    /// Fails if a forbidden message has come.
    pub(super) fn find_violated(&self) -> Played {
        let mut state = self.state();
        let state = &mut *state;
        // The line that stands first in the page is named when several are violated.
        let mut first: Option<(&Prohibition, Failure)> = None;
        for prohibition in &mut state.prohibitions {
            let Some(failure) = prohibition.violated(&state.clients)? else {
                continue;
            };
            if first
                .as_ref()
                .is_none_or(|(other, _)| prohibition.span.start < other.span.start)
            {
                first = Some((prohibition, failure));
            }
        }
        let Some((prohibition, failure)) = first else {
            return Ok(());
        };
        let exchange = prohibition.exchange;
        state.exchange(exchange).failure = Some(failure);
        Err(Stop::Failed)
    }

    /// Waits for the silence that all prohibitions demand.
    pub(super) async fn judge_all(&self) -> Played {
        self.judge(|_| true).await
    }

    /// Waits for the silence that some of the prohibitions demand.
    pub(super) async fn judge(&self, which: impl Fn(&Prohibition) -> bool) -> Played {
        self.find_violated()?;
        let watched: Vec<ClientName> = {
            let state = self.state();
            let mut watched: Vec<_> = state
                .prohibitions
                .iter()
                .filter(|p| which(p))
                .map(|p| p.client.clone())
                .collect();
            watched.sort();
            watched.dedup();
            watched
        };
        if watched.is_empty() {
            return Ok(());
        }
        // How slow is the server just now?
        self.ping(&watched).await;
        let began = Instant::now();
        loop {
            let seen = self.seen();
            self.find_violated()?;
            let now = Instant::now();
            let window = self.state().window();
            let due = began + window + self.conditions.clock.stalled(began, now).min(window * 4);
            if now >= due {
                break;
            }
            tokio::select! {
                () = self.news(&seen) => {}
                () = tokio::time::sleep_until(due.into()) => {}
            }
        }
        // A server that did not get to run during the window has still to do what it had to do in it before it
        // answers this.
        self.ping(&watched).await;
        self.find_violated()
    }

    /// One ping and its answer on each connection that is open.
    async fn ping(&self, clients: &[ClientName]) {
        let connections: Vec<_> = {
            let state = self.state();
            clients
                .iter()
                .filter_map(|name| state.clients.get(name)?.connection.clone())
                .collect()
        };
        let patience = self.state().window();
        let pings = connections
            .iter()
            .map(|connection| connection.round_trip(patience));
        for took in futures_util::future::join_all(pings)
            .await
            .into_iter()
            .flatten()
        {
            self.state().note_round_trip(took);
        }
    }
}
