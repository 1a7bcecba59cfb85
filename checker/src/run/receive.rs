//! Waits for a message that matches.

use std::iter;

use super::deadline::Deadline;
use super::player::{Played, Player};
use super::prohibition::{Forbidden, Prohibition};
use super::search::{Found, Search, Step, closest, last_message, passed_over, was_passed_over};
use super::show;
use super::state::{ExchangeId, Frame};
use super::transcript::{Failure, FailureKind};
use crate::actor::Inbox;
use crate::notation::ast::{Line, Receive};
use crate::notation::value::Bindings;

impl Player<'_> {
    pub(super) async fn receive(
        &self,
        line: &Line,
        receive: &Receive,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let deadline = Deadline::new(receive.within.as_ref(), frame.last_event, self.conditions);
        let name = &receive.client.node;
        let pattern = &receive.pattern;
        let mut search = Search::new(&self.state(), name, receive.next)?;
        let (bindings, kind, because, first) = loop {
            let seen = self.seen();
            // Lines that are played at the same time bind variables too.
            let bindings = self.state().bindings.clone();
            match search.step(pattern, &bindings)? {
                Step::Found(found) => {
                    return self.take(exchange, line, receive, &search, found, bindings, frame);
                }
                Step::NotNext(entry) => {
                    let because = "another message came first".to_owned();
                    break (bindings, FailureKind::NotNext, because, Some(entry));
                }
                Step::Ended(ending) => {
                    let because = ending.of_connection(name);
                    break (bindings, FailureKind::Missing, because, None);
                }
                Step::Behind => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Step::Nothing => {}
            }
            self.find_violated()?;
            if deadline.has_passed() {
                let because = deadline.describe(last_message(&search.inbox, search.place));
                break (bindings, deadline.kind(), because, None);
            }
            self.news_until(&seen, &deadline).await;
        };
        // What must not come is the better reason.
        self.find_violated()?;
        let came = search.place..search.inbox.len();
        let closest = match first {
            Some(entry) => closest(pattern, &bindings, iter::once(entry)),
            None => {
                let entries = came.clone().filter_map(|index| search.inbox.get(index));
                let passed_over = passed_over(&search.inbox, came);
                self.state().exchange(exchange).passed_over = passed_over;
                closest(pattern, &bindings, entries)
            }
        };
        let mut because = vec![because];
        let passed = match self.state().clients.get(name) {
            Some(client) => was_passed_over(client, pattern, &bindings)?,
            None => false,
        };
        if passed {
            because.push(
                "one that matches came earlier: a line above was met by a later one".to_owned(),
            );
        }
        let failure = Failure {
            kind,
            closest,
            because,
        };
        Err(self.fail(exchange, failure))
    }

    /// The message was found: binds, moves on, and forbids a second one if the line says so.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call, and each of another kind"
    )]
    fn take(
        &self,
        exchange: ExchangeId,
        line: &Line,
        receive: &Receive,
        search: &Search,
        found: Found,
        before: Bindings,
        frame: &mut Frame<'_>,
    ) -> Played {
        let name = &receive.client.node;
        {
            let mut state = self.state();
            let stale = found.entry.at < state.last_action;
            let transcript = state.exchange(exchange);
            transcript.passed_over = passed_over(&search.inbox, search.place..found.index);
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
            client.taken.insert(found.index);
        }
        if receive.exactly_once {
            let mut prohibition = Prohibition::new(
                exchange,
                line.span.clone(),
                name,
                search.place,
                Forbidden::Message(receive.pattern.clone()),
                before,
            );
            prohibition.except = Some(found.index);
            state.prohibitions.push(prohibition);
        }
        drop(state);
        self.done(exchange, frame, found.entry.at.max(frame.last_event));
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
