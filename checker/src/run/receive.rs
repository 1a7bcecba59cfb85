//! Waits for a message that matches.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connections::HowItEnded;
use super::player::{ExchangeId, Frame, Played, Player, State, Stop};
use super::prohibition::Prohibition;
use super::transcript::{Closest, Failure, FailureKind};
use super::{Clock, Conditions, show};
use crate::actor::{Entry, Inbox};
use crate::notation::ast::{ClientName, Line, MessagePattern, Receive, Within};
use crate::notation::matching::{self, Incoming, Mismatch};
use crate::notation::value::Bindings;

/// How many of the messages that came are searched for the closest one.
const CLOSEST_AMONG: usize = 1_000;

impl Player<'_> {
    pub(super) async fn receive(
        &self,
        line: &Line,
        receive: &Receive,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let anchor = frame.last_event;
        let deadline = Deadline::new(receive.within.as_ref(), anchor, self.conditions);
        let name = &receive.client.node;
        let mut search = {
            let mut state = self.state();
            Search::new(&mut state, name, receive.next)?
        };
        loop {
            let seen = self.seen();
            match search.step(&receive.pattern)? {
                Step::Found(found) => {
                    self.take(exchange, line, receive, &search, found, frame)?;
                    return Ok(());
                }
                Step::NotNext(entry) => {
                    let mut failure = Failure {
                        kind: FailureKind::NotNext,
                        closest: None,
                        because: vec!["another message came first".to_owned()],
                    };
                    failure.closest = search.closest_of(&receive.pattern, &entry);
                    return Err(self.fail(exchange, failure));
                }
                Step::Ended(ending) => {
                    self.find_violated()?;
                    let because = format!("{name}'s connection {ending}");
                    let failure = search.failure(&receive.pattern, FailureKind::Missing, because);
                    return Err(self.fail(exchange, failure));
                }
                Step::Nothing => {}
            }
            self.find_violated()?;
            if deadline.has_passed() {
                deadline.excuse()?;
                let silence = deadline.shown();
                let because = match search.came() {
                    0 => format!("nothing came for {silence}"),
                    _ => format!("then nothing for {silence}"),
                };
                let failure = search.failure(&receive.pattern, deadline.kind(), because);
                self.state().exchange(exchange).passed_over = search.shown(search.inbox.len());
                return Err(self.fail(exchange, failure));
            }
            self.news_until(&seen, &deadline).await;
        }
    }

    /// The message was found: binds, moves on, and forbids a second one if the line says so.
    fn take(
        &self,
        exchange: ExchangeId,
        line: &Line,
        receive: &Receive,
        search: &Search,
        found: Found,
        frame: &mut Frame<'_>,
    ) -> Played {
        let name = &receive.client.node;
        {
            let mut state = self.state();
            let stale = found.entry.at < state.last_action;
            let transcript = state.exchange(exchange);
            transcript.passed_over = search.shown(found.index);
            transcript.stale = stale;
            if let Some(message) = show::event(&found.entry.event) {
                transcript.text = received(receive, &message);
            }
        }
        if let Some(within) = &receive.within {
            self.judge_bounds(exchange, within, frame.last_event, found.entry.at)?;
        }
        let mut state = self.state();
        state.bindings = found.bindings;
        if let Some(client) = state.clients.get_mut(name) {
            client.place = found.index + 1;
        }
        if receive.exactly_once {
            let from = search.place;
            let mut prohibition = Prohibition::new(
                exchange,
                line.span.clone(),
                name,
                from,
                &receive.pattern,
                search.bindings.clone(),
            );
            prohibition.except = Some(found.index);
            state.prohibitions.push(prohibition);
        }
        drop(state);
        self.done(exchange, frame, found.entry.at.max(frame.last_event));
        Ok(())
    }

    /// Was it within the bounds?
    pub(super) fn judge_bounds(
        &self,
        exchange: ExchangeId,
        within: &Within,
        anchor: Instant,
        at: Instant,
    ) -> Played {
        let took = at.saturating_duration_since(anchor);
        let clock = &self.conditions.clock;
        let to: Duration = Duration::from(within.to).mul_f64(self.conditions.timeout_factor);
        if took > to {
            if clock.stalled(anchor, at) > took - to {
                return Err(too_slow_a_machine());
            }
            let because = format!(
                "it came after {}, later than {}",
                show::duration(took),
                show::duration(to)
            );
            return Err(self.fail(exchange, Failure::new(FailureKind::TooLate, because)));
        }
        let from = within.from.map_or(Duration::ZERO, Duration::from);
        if took < from {
            // The event of the line above may have been stamped late.
            if clock.stalled(anchor - from, at) > from - took {
                return Err(too_slow_a_machine());
            }
            let because = format!(
                "it came after {}, sooner than {}",
                show::duration(took),
                show::duration(from)
            );
            return Err(self.fail(exchange, Failure::new(FailureKind::TooEarly, because)));
        }
        Ok(())
    }

    /// Returns when something new came for somebody, or at the deadline.
    pub(super) async fn news_until(&self, seen: &[(Inbox, usize)], deadline: &Deadline<'_>) {
        tokio::select! {
            () = self.news(seen) => {}
            () = tokio::time::sleep_until(deadline.due().into()) => {}
        }
    }
}

/// `alice <- {…} within 2s exactly once` with the message that came.
pub(super) fn received(receive: &Receive, message: &str) -> String {
    let next = if receive.next { "next " } else { "" };
    let mut text = format!("{} <- {next}{message}", receive.client.node);
    if let Some(within) = &receive.within {
        text.push(' ');
        text.push_str(&crate::notation::print::within(within));
    }
    if receive.exactly_once {
        text.push_str(" exactly once");
    }
    text
}

fn too_slow_a_machine() -> Stop {
    Stop::Inconclusive("this machine was too busy to judge a time bound; run it again".to_owned())
}

/// Until when a line waits.
pub(super) struct Deadline<'c> {
    from: Instant,
    length: Duration,
    bound: bool,
    clock: &'c Clock,
}

impl<'c> Deadline<'c> {
    /// The upper bound of `within`, measured from the event of the line above; without one, the usual patience from now.
    pub(super) fn new(
        within: Option<&Within>,
        anchor: Instant,
        conditions: &'c Conditions,
    ) -> Self {
        match within {
            Some(within) => Self {
                from: anchor,
                length: Duration::from(within.to).mul_f64(conditions.timeout_factor),
                bound: true,
                clock: &conditions.clock,
            },
            None => Self {
                from: Instant::now(),
                length: conditions.patience(),
                bound: false,
                clock: &conditions.clock,
            },
        }
    }

    /// When it passes. The usual patience is put off by what the grader itself stood still.
    pub(super) fn due(&self) -> Instant {
        let due = self.from + self.length;
        if self.bound {
            return due;
        }
        let stalled = self.clock.stalled(self.from, Instant::now());
        due + stalled.min(self.length * 4)
    }

    pub(super) fn has_passed(&self) -> bool {
        Instant::now() >= self.due()
    }

    /// A bound that was missed while the grader stood still proves nothing.
    pub(super) fn excuse(&self) -> Played {
        let stalled = self.clock.stalled(self.from, Instant::now());
        if self.bound && stalled > self.length / 10 {
            return Err(too_slow_a_machine());
        }
        Ok(())
    }

    pub(super) fn kind(&self) -> FailureKind {
        if self.bound {
            FailureKind::TooLate
        } else {
            FailureKind::Missing
        }
    }

    /// How long it was, for people.
    pub(super) fn shown(&self) -> String {
        show::duration(self.length)
    }
}

/// A walk through one inbox in search of a message.
pub(super) struct Search {
    inbox: Inbox,
    /// The first entry that counts.
    place: usize,
    connected_at: usize,
    /// The first entry that was not looked at yet.
    at: usize,
    next: bool,
    bindings: Bindings,
}

pub(super) struct Found {
    index: usize,
    entry: Arc<Entry>,
    bindings: Bindings,
}

enum Step {
    Found(Found),
    NotNext(Arc<Entry>),
    Ended(HowItEnded),
    Nothing,
}

impl Search {
    fn new(state: &mut State, client: &ClientName, next: bool) -> Result<Self, Stop> {
        let bindings = state.bindings.clone();
        let Some(client) = state.clients.get(client) else {
            return Err(Stop::Inconclusive(format!("{client} never connected")));
        };
        Ok(Self {
            inbox: client.inbox.clone(),
            place: client.place,
            connected_at: client.connected_at,
            at: client.place,
            next,
            bindings,
        })
    }

    /// Looks at what came since the last step.
    fn step(&mut self, pattern: &MessagePattern) -> Result<Step, Stop> {
        while let Some(entry) = self.inbox.get(self.at) {
            let index = self.at;
            self.at += 1;
            let Some(incoming) = incoming(&entry) else {
                match HowItEnded::of(&entry.event) {
                    Some(ending) if index >= self.connected_at => {
                        self.at = index;
                        return Ok(Step::Ended(ending));
                    }
                    _ => continue,
                }
            };
            if !matching::is_visible(pattern, &incoming) {
                continue;
            }
            if let Some(bindings) = matches(pattern, incoming, &self.bindings)? {
                return Ok(Step::Found(Found {
                    index,
                    entry,
                    bindings,
                }));
            }
            if self.next {
                return Ok(Step::NotNext(entry));
            }
        }
        Ok(Step::Nothing)
    }

    /// How many messages came.
    fn came(&self) -> usize {
        self.shown(self.inbox.len()).len()
    }

    /// The messages from the client's place up to an entry.
    fn shown(&self, until: usize) -> Vec<String> {
        (self.place..until)
            .filter_map(|index| self.inbox.get(index))
            .filter(|entry| {
                matches!(
                    incoming(entry),
                    Some(Incoming::Text { .. } | Incoming::Binary(_))
                )
            })
            .filter_map(|entry| show::event(&entry.event))
            .collect()
    }

    fn failure(&self, pattern: &MessagePattern, kind: FailureKind, because: String) -> Failure {
        Failure {
            kind,
            closest: closest(
                pattern,
                &self.bindings,
                (self.place..self.inbox.len()).filter_map(|index| self.inbox.get(index)),
            ),
            because: vec![because],
        }
    }

    fn closest_of(&self, pattern: &MessagePattern, entry: &Arc<Entry>) -> Option<Closest> {
        closest(pattern, &self.bindings, std::iter::once(Arc::clone(entry)))
    }
}

/// The message that comes nearest to a pattern, and how it differs.
pub(super) fn closest(
    pattern: &MessagePattern,
    bindings: &Bindings,
    entries: impl DoubleEndedIterator<Item = Arc<Entry>>,
) -> Option<Closest> {
    let mut best: Option<(Mismatch, Arc<Entry>)> = None;
    for entry in entries.rev().take(CLOSEST_AMONG) {
        let Some(incoming) = incoming(&entry) else {
            continue;
        };
        if !matching::is_visible(pattern, &incoming) {
            continue;
        }
        let Some(mismatch) = matching::explain_message(pattern, incoming, bindings) else {
            continue;
        };
        if best
            .as_ref()
            .is_none_or(|(other, _)| mismatch.score > other.score)
        {
            best = Some((mismatch, entry));
        }
    }
    let (mismatch, entry) = best?;
    Some(differing(show::event(&entry.event)?, &mismatch))
}

/// A message and the part of it that differs from what was expected.
pub(super) fn differing(message: String, mismatch: &Mismatch) -> Closest {
    let differs = mismatch.locate(&message);
    // What is there need not be said where carets point at it.
    let explanation = match &differs {
        Some(_) => mismatch.label(),
        None => mismatch.to_string(),
    };
    Closest {
        message,
        differs,
        explanation,
    }
}

/// The bindings of the first way in which a message matches.
pub(super) fn matches(
    pattern: &MessagePattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
) -> Result<Option<Bindings>, Stop> {
    let mut first = None;
    matching::message_solutions(pattern, incoming, bindings, &mut |found| {
        first = Some(found.clone());
        true
    })?;
    Ok(first)
}

/// What patterns see of an entry.
pub(super) fn incoming(entry: &Entry) -> Option<Incoming<'_>> {
    use crate::actor::Event;
    match &entry.event {
        Event::Text(text) => Some(Incoming::Text {
            text: &text.text,
            json: text.json(),
        }),
        Event::Binary(bytes) => Some(Incoming::Binary(bytes)),
        Event::Ping(payload) => Some(Incoming::Ping(payload)),
        Event::Pong(payload) => Some(Incoming::Pong(payload)),
        Event::Close { .. } | Event::Ended(_) | Event::Violation(_) | Event::Overflow { .. } => {
            None
        }
    }
}
