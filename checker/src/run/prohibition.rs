//! What must not come.

use std::time::Instant;

use super::ending::HowItEnded;
use super::player::{Played, Player, Stop};
use super::search::{incoming, matches};
use super::show;
use super::state::{Clients, ExchangeId, Frame};
use super::transcript::{Failure, FailureKind};
use crate::actor::Event;
use crate::notation::ast::{Client, ClientName, Line, MessagePattern, Span};
use crate::notation::matching;
use crate::notation::value::Bindings;

/// A message that must not come, and since when.
#[derive(Debug)]
pub(super) struct Prohibition {
    /// The line that forbids it.
    pub(super) exchange: ExchangeId,
    /// That line's place in the page.
    pub(super) span: Span,
    pub(super) client: ClientName,
    /// The first entry of the inbox that was not looked at yet.
    at: usize,
    what: Forbidden,
    /// As they were when the line was played.
    bindings: Bindings,
    since: Instant,
    /// The one message that `exactly once` allows.
    pub(super) except: Option<usize>,
}

/// What must not come.
#[derive(Debug)]
pub(super) enum Forbidden {
    Message(MessagePattern),
    /// The answer to a request that is under way.
    Answer,
}

impl Prohibition {
    pub(super) fn new(
        exchange: ExchangeId,
        span: Span,
        client: &ClientName,
        from: usize,
        what: Forbidden,
        bindings: Bindings,
    ) -> Self {
        Self {
            exchange,
            span,
            client: client.clone(),
            at: from,
            what,
            bindings,
            since: Instant::now(),
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
            if let (Forbidden::Answer, Event::Answer(answer)) = (&self.what, &entry.event) {
                let after = show::duration(entry.at.saturating_duration_since(self.since));
                let answer = show::answer(answer);
                let because = format!("it was answered after {after}: {answer}");
                return Ok(Some(Failure::new(FailureKind::Forbidden, because)));
            }
            let Some(incoming) = incoming(&entry) else {
                if matches!(entry.event, Event::Overflow { .. }) {
                    return Ok(HowItEnded::of(&entry.event).map(|ending| {
                        let because = ending.of_connection(&self.client);
                        Failure::new(FailureKind::Forbidden, because)
                    }));
                }
                continue;
            };
            let Forbidden::Message(pattern) = &self.what else {
                continue;
            };
            if !matching::is_visible(pattern, &incoming)
                || matches(pattern, incoming, &self.bindings)?.is_none()
            {
                continue;
            }
            let message = show::event(&entry.event).unwrap_or_default();
            let after = show::duration(entry.at.saturating_duration_since(self.since));
            let failure = match self.except {
                Some(_) => Failure::new(
                    FailureKind::Repeated,
                    format!("it came a second time after {after}: {message}"),
                ),
                None => Failure::new(
                    FailureKind::Forbidden,
                    format!("this came after {after}: {message}"),
                ),
            };
            return Ok(Some(failure));
        }
        Ok(None)
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
        let what = Forbidden::Message(pattern.clone());
        self.prohibit(line, client, what, frame)
    }

    /// Forbids the answer to what the client has asked.
    pub(super) fn forbid_answer(
        &self,
        line: &Line,
        client: &Client,
        frame: &mut Frame<'_>,
    ) -> ExchangeId {
        self.prohibit(line, client, Forbidden::Answer, frame)
    }

    fn prohibit(
        &self,
        line: &Line,
        client: &Client,
        what: Forbidden,
        frame: &mut Frame<'_>,
    ) -> ExchangeId {
        let exchange = self.begin(line, frame);
        let mut state = self.state();
        let from = state
            .clients
            .get(&client.node)
            .map_or(0, |client| match &what {
                Forbidden::Message(_) => client.place,
                Forbidden::Answer => client.asked.as_ref().map_or(0, |asked| asked.from),
            });
        let bindings = state.bindings.clone();
        state.prohibitions.push(Prohibition::new(
            exchange,
            line.span.clone(),
            &client.node,
            from,
            what,
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
}
