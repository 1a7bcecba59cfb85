//! `in any order:` waits for several messages at once. Which message belongs to which line is searched for, not taken
//! greedily: a message that two lines could take goes where all lines find one.

use std::sync::Arc;

use super::connections::HowItEnded;
use super::player::{ExchangeId, Frame, Played, Player, Stop};
use super::prohibition::Prohibition;
use super::receive::{Deadline, closest, incoming, matches, received};
use super::show;
use super::transcript::{Failure, FailureKind};
use crate::actor::{Entry, Inbox};
use crate::notation::ast::{ClientName, Line, Receive, Script, Statement};
use crate::notation::matching::{self, SearchLimit};
use crate::notation::value::Bindings;

/// One line of the block and the messages that it could take.
struct Wanted<'s> {
    line: &'s Line,
    receive: &'s Receive,
    exchange: ExchangeId,
    inbox: Inbox,
    place: usize,
    connected_at: usize,
    /// The first entry that was not looked at yet.
    at: usize,
    /// Messages that match by themselves, without regard to the other lines.
    candidates: Vec<(usize, Arc<Entry>)>,
    ending: Option<HowItEnded>,
}

impl Player<'_> {
    pub(super) async fn receive_in_any_order(
        &self,
        line: &Line,
        block: &Script,
        frame: &mut Frame<'_>,
    ) -> Played {
        self.begin(line, frame);
        let anchor = frame.last_event;
        let bindings = self.state().bindings.clone();
        let mut wanted = self.wanted(block, frame)?;
        let deadlines: Vec<Deadline<'_>> = wanted
            .iter()
            .map(|w| Deadline::new(w.receive.within.as_ref(), anchor, self.conditions))
            .collect();
        loop {
            let seen = self.seen();
            for one in &mut wanted {
                one.look(&bindings)?;
            }
            if let Some((chosen, found)) = assign(&wanted, &bindings)? {
                return self.take_all(&wanted, &chosen, found, &bindings, frame);
            }
            self.find_violated()?;
            let over = deadlines.iter().position(Deadline::has_passed);
            let ended = wanted
                .iter()
                .position(|w| w.candidates.is_empty() && w.ending.is_some());
            if let Some(index) = ended {
                return Err(self.fail_missing(&wanted, index, &bindings, None));
            }
            if let Some(passed) = over {
                deadlines[passed].excuse()?;
                let index = unsatisfied(&wanted, &bindings)?;
                return Err(self.fail_missing(&wanted, index, &bindings, Some(&deadlines[passed])));
            }
            let soonest = deadlines.iter().min_by_key(|deadline| deadline.due());
            match soonest {
                Some(deadline) => self.news_until(&seen, deadline).await,
                None => return Ok(()),
            }
        }
    }

    fn wanted<'s>(
        &self,
        block: &'s Script,
        frame: &mut Frame<'_>,
    ) -> Result<Vec<Wanted<'s>>, Stop> {
        let mut inner = frame.clone();
        inner.deepen();
        let mut wanted = Vec::new();
        for line in &block.lines {
            let Statement::Receive(receive) = &line.statement else {
                continue;
            };
            let exchange = self.begin(line, &inner);
            let state = self.state();
            let Some(client) = state.clients.get(&receive.client.node) else {
                let name = &receive.client.node;
                return Err(Stop::Inconclusive(format!("{name} never connected")));
            };
            wanted.push(Wanted {
                line,
                receive,
                exchange,
                inbox: client.inbox.clone(),
                place: client.place,
                connected_at: client.connected_at,
                at: client.place,
                candidates: Vec::new(),
                ending: None,
            });
        }
        Ok(wanted)
    }

    /// Every line found its message.
    fn take_all(
        &self,
        wanted: &[Wanted<'_>],
        chosen: &[usize],
        found: Bindings,
        before: &Bindings,
        frame: &mut Frame<'_>,
    ) -> Played {
        let anchor = frame.last_event;
        let mut last = anchor;
        for (one, &index) in wanted.iter().zip(chosen) {
            let Some(entry) = one.inbox.get(index) else {
                continue;
            };
            last = last.max(entry.at);
            let mut state = self.state();
            let stale = entry.at < state.last_action;
            let exchange = state.exchange(one.exchange);
            exchange.stale = stale;
            exchange.took = Some(entry.at.saturating_duration_since(anchor));
            if let Some(message) = show::event(&entry.event) {
                exchange.text = received(one.receive, &message);
            }
            let name = &one.receive.client.node;
            exchange.passed_over = (one.place..index)
                .filter(|other| !taken_by(wanted, chosen, name, *other))
                .filter_map(|other| show::event(&one.inbox.get(other)?.event))
                .collect();
            if let Some(client) = state.clients.get_mut(name) {
                client.place = client.place.max(index + 1);
            }
            if one.receive.exactly_once {
                let mut prohibition = Prohibition::new(
                    one.exchange,
                    one.line.span.clone(),
                    name,
                    one.place,
                    &one.receive.pattern,
                    before.clone(),
                );
                prohibition.except = Some(index);
                state.prohibitions.push(prohibition);
            }
            drop(state);
            if let Some(within) = &one.receive.within {
                self.judge_bounds(one.exchange, within, anchor, entry.at)?;
            }
        }
        self.state().bindings = found;
        frame.last_event = last;
        Ok(())
    }

    /// Writes down which line found no message. The others, if they could, are shown with theirs.
    fn fail_missing(
        &self,
        wanted: &[Wanted<'_>],
        index: usize,
        bindings: &Bindings,
        deadline: Option<&Deadline<'_>>,
    ) -> Stop {
        let one = &wanted[index];
        let name = &one.receive.client.node;
        let entries = (one.place..one.inbox.len()).filter_map(|at| one.inbox.get(at));
        let mut because = Vec::new();
        if let Some(ending) = &one.ending {
            because.push(format!("{name}'s connection {ending}"));
        } else if let Some(deadline) = deadline {
            let silence = deadline.shown();
            because.push(if one.candidates.is_empty() {
                format!("then nothing for {silence}")
            } else {
                format!("what matches it is needed by the other lines; then nothing for {silence}")
            });
        }
        let failure = Failure {
            kind: deadline.map_or(FailureKind::Missing, Deadline::kind),
            closest: closest(&one.receive.pattern, bindings, entries),
            because,
        };
        for other in wanted.iter().filter(|w| !std::ptr::eq(*w, one)) {
            if let Some((_, entry)) = other.candidates.first()
                && let Some(message) = show::event(&entry.event)
            {
                let mut state = self.state();
                let exchange = state.exchange(other.exchange);
                exchange.text = received(other.receive, &message);
                exchange.took = Some(entry.at.saturating_duration_since(exchange.began));
            }
        }
        self.fail(one.exchange, failure)
    }
}

impl Wanted<'_> {
    /// Looks at what came since the last look.
    fn look(&mut self, bindings: &Bindings) -> Played {
        while let Some(entry) = self.inbox.get(self.at) {
            let index = self.at;
            self.at += 1;
            let Some(incoming) = incoming(&entry) else {
                if index >= self.connected_at {
                    self.ending = self.ending.take().or(HowItEnded::of(&entry.event));
                }
                continue;
            };
            if matching::is_visible(&self.receive.pattern, &incoming)
                && matches(&self.receive.pattern, incoming, bindings)?.is_some()
            {
                self.candidates.push((index, Arc::clone(&entry)));
            }
        }
        Ok(())
    }
}

/// Finds a message for each line, no message twice, so that all bindings agree.
fn assign(
    wanted: &[Wanted<'_>],
    bindings: &Bindings,
) -> Result<Option<(Vec<usize>, Bindings)>, SearchLimit> {
    if wanted.iter().any(|one| one.candidates.is_empty()) {
        return Ok(None);
    }
    let mut chosen = Vec::with_capacity(wanted.len());
    let mut result = None;
    search(wanted, bindings, &mut chosen, &mut |chosen, found| {
        result = Some((chosen.to_vec(), found.clone()));
    })?;
    Ok(result)
}

fn search(
    wanted: &[Wanted<'_>],
    bindings: &Bindings,
    chosen: &mut Vec<usize>,
    accept: &mut dyn FnMut(&[usize], &Bindings),
) -> Result<bool, SearchLimit> {
    let Some(one) = wanted.get(chosen.len()) else {
        accept(chosen, bindings);
        return Ok(true);
    };
    let name: &ClientName = &one.receive.client.node;
    for (index, entry) in &one.candidates {
        if taken_by(wanted, chosen, name, *index) {
            continue;
        }
        let Some(incoming) = incoming(entry) else {
            continue;
        };
        let pattern = &one.receive.pattern;
        chosen.push(*index);
        let mut given_up = None;
        let found = matching::message_solutions(pattern, incoming, bindings, &mut |bindings| {
            search(wanted, bindings, chosen, accept).unwrap_or_else(|limit| {
                given_up = Some(limit);
                true
            })
        })?;
        if let Some(limit) = given_up {
            return Err(limit);
        }
        if found {
            return Ok(true);
        }
        chosen.pop();
    }
    Ok(false)
}

fn taken_by(wanted: &[Wanted<'_>], chosen: &[usize], client: &ClientName, index: usize) -> bool {
    wanted
        .iter()
        .zip(chosen)
        .any(|(one, &taken)| taken == index && one.receive.client.node == *client)
}

/// The line to name when no assignment exists: one that nothing matches, or the first that cannot be had together
/// with those before it.
fn unsatisfied(wanted: &[Wanted<'_>], bindings: &Bindings) -> Result<usize, SearchLimit> {
    if let Some(index) = wanted.iter().position(|one| one.candidates.is_empty()) {
        return Ok(index);
    }
    for count in 1..wanted.len() {
        if assign(&wanted[..=count], bindings)?.is_none() {
            return Ok(count);
        }
    }
    Ok(0)
}
