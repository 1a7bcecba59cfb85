//! `in any order:` waits for several messages at once. Which message belongs to which line is searched for, not taken
//! greedily: a message that two lines could take goes where all lines find one.

use std::sync::Arc;

use super::deadline::Deadline;
use super::ending::HowItEnded;
use super::player::{Played, Player, Stop};
use super::prohibition::{Forbidden, Prohibition};
use super::receive::received;
use super::search::{closest, incoming, last_message, matches, passed_over};
use super::show;
use super::state::{ExchangeId, Frame};
use super::transcript::{Failure, FailureKind};
use crate::actor::{Entry, Inbox};
use crate::notation::ast::{ClientName, Line, Receive, Script, Statement};
use crate::notation::matching::{self, SearchLimit};
use crate::notation::value::Bindings;

/// How many messages one search tries on lines before it gives up. A server that sends what fits everywhere and
/// nowhere must not keep the grader busy for ever.
const TRIES: usize = 100_000;

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
        let mut wanted = self.wanted(block, frame)?;
        let deadlines: Vec<Deadline<'_>> = wanted
            .iter()
            .map(|w| Deadline::new(w.receive.within.as_ref(), anchor, self.conditions))
            .collect();
        loop {
            let seen = self.seen();
            // Lines that are played at the same time bind variables too.
            let bindings = self.state().bindings.clone();
            let mut any_new = false;
            for one in &mut wanted {
                any_new |= one.look(&bindings)?;
            }
            if any_new && let Some((chosen, found)) = assign(&wanted, &bindings)? {
                return self.take_all(&wanted, &chosen, found, &bindings, frame);
            }
            self.find_violated()?;
            if let Some(index) = hopeless(&wanted, &bindings)? {
                return Err(self.fail_missing(&wanted, index, &bindings, None));
            }
            let Some(deadline) = first_to_pass(&wanted, &deadlines) else {
                return Ok(());
            };
            if deadline.has_passed() {
                let index = unsatisfied(&wanted, &bindings)?;
                return Err(self.fail_missing(&wanted, index, &bindings, Some(deadline)));
            }
            self.news_until(&seen, deadline).await;
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
            let others = (one.place..index).filter(|i| !taken_by(wanted, chosen, name, *i));
            exchange.passed_over = passed_over(&one.inbox, others);
            if let Some(client) = state.clients.get_mut(name) {
                client.place = client.place.max(index + 1);
                client.taken.insert(index);
            }
            if one.receive.exactly_once {
                let mut prohibition = Prohibition::new(
                    one.exchange,
                    one.line.span.clone(),
                    name,
                    one.place,
                    Forbidden::Message(one.receive.pattern.clone()),
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
            because.push(ending.of_connection(name));
        } else if let Some(deadline) = deadline {
            if !one.candidates.is_empty() {
                because.push("what matches it is needed by the other lines".to_owned());
            }
            because.push(deadline.describe(last_message(&one.inbox, one.place)));
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
    /// Looks at what came since the last look; says whether a candidate is among it.
    fn look(&mut self, bindings: &Bindings) -> Result<bool, Stop> {
        let before = self.candidates.len();
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
        Ok(self.candidates.len() > before)
    }
}

/// The deadline that decides when to give up: the first of a line without a candidate; when all have some, and only
/// cannot have them together, the last of all.
fn first_to_pass<'d, 'c>(
    wanted: &[Wanted<'_>],
    deadlines: &'d [Deadline<'c>],
) -> Option<&'d Deadline<'c>> {
    let without = wanted.iter().zip(deadlines);
    without
        .filter(|(one, _)| one.candidates.is_empty())
        .map(|(_, deadline)| deadline)
        .min_by_key(|deadline| deadline.due())
        .or_else(|| deadlines.iter().max_by_key(|deadline| deadline.due()))
}

/// The line to name when no more can come that would help.
fn hopeless(wanted: &[Wanted<'_>], bindings: &Bindings) -> Result<Option<usize>, SearchLimit> {
    let without = wanted
        .iter()
        .position(|one| one.candidates.is_empty() && one.ending.is_some());
    if without.is_some() {
        return Ok(without);
    }
    if !wanted.is_empty() && wanted.iter().all(|one| one.ending.is_some()) {
        return unsatisfied(wanted, bindings).map(Some);
    }
    Ok(None)
}

/// Finds a message for each line, no message twice, so that all bindings agree.
fn assign(
    wanted: &[Wanted<'_>],
    bindings: &Bindings,
) -> Result<Option<(Vec<usize>, Bindings)>, SearchLimit> {
    if wanted.iter().any(|one| one.candidates.is_empty()) {
        return Ok(None);
    }
    let mut assignment = Assignment {
        wanted,
        chosen: Vec::with_capacity(wanted.len()),
        tries: 0,
        result: None,
    };
    assignment.search(bindings)?;
    Ok(assignment.result)
}

/// A search with the way back: what is chosen so far is for the first lines.
struct Assignment<'w, 's> {
    wanted: &'w [Wanted<'s>],
    chosen: Vec<usize>,
    tries: usize,
    result: Option<(Vec<usize>, Bindings)>,
}

impl Assignment<'_, '_> {
    /// Says whether all lines from here on found a message.
    fn search(&mut self, bindings: &Bindings) -> Result<bool, SearchLimit> {
        let wanted = self.wanted;
        let Some(one) = wanted.get(self.chosen.len()) else {
            self.result = Some((self.chosen.clone(), bindings.clone()));
            return Ok(true);
        };
        for (index, entry) in &one.candidates {
            if taken_by(wanted, &self.chosen, &one.receive.client.node, *index) {
                continue;
            }
            let Some(incoming) = incoming(entry) else {
                continue;
            };
            self.tries += 1;
            if self.tries > TRIES {
                return Err(SearchLimit);
            }
            self.chosen.push(*index);
            let mut given_up = None;
            let pattern = &one.receive.pattern;
            let found =
                matching::message_solutions(pattern, incoming, bindings, &mut |bindings| {
                    self.search(bindings).unwrap_or_else(|limit| {
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
            self.chosen.pop();
        }
        Ok(false)
    }
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
