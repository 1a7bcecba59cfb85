//! The search through one inbox for a message that matches.

use std::sync::Arc;
use std::time::Instant;

use super::ending::HowItEnded;
use super::player::Stop;
use super::show;
use super::state::{ClientState, State};
use super::transcript::Closest;
use crate::actor::{Entry, Event, Inbox, ServerSentEvent};
use crate::notation::ast::{ClientName, MessagePattern, PatternNode};
use crate::notation::matching::{self, Incoming, Mismatch};
use crate::notation::value::Bindings;

/// How many of the messages that came are searched for the closest one.
const CLOSEST_AMONG: usize = 1_000;
/// How many are looked at before others get a turn: a server may send faster than they can be read.
const AT_ONCE: usize = 256;
/// How many of the messages that were passed over are written down, the last ones.
const PASSED_OVER: usize = 1_000;

/// A walk through one inbox in search of a message.
pub(super) struct Search {
    pub(super) inbox: Inbox,
    /// The first entry that counts.
    pub(super) place: usize,
    connected_at: usize,
    /// The first entry that was not looked at yet.
    at: usize,
    next: bool,
}

/// A message that matches.
pub(super) struct Found {
    pub(super) index: usize,
    pub(super) entry: Arc<Entry>,
    pub(super) bindings: Bindings,
}

pub(super) enum Step {
    Found(Found),
    /// With `next`, another message came first.
    NotNext(Arc<Entry>),
    /// Nothing more can come.
    Ended(HowItEnded),
    /// There is more to look at.
    Behind,
    /// All that came has been looked at.
    Nothing,
}

impl Search {
    pub(super) fn new(state: &State, client: &ClientName, next: bool) -> Result<Self, Stop> {
        let Some(client) = state.clients.get(client) else {
            return Err(Stop::Inconclusive(format!("{client} never connected")));
        };
        Ok(Self {
            inbox: client.inbox.clone(),
            place: client.place,
            connected_at: client.connected_at,
            at: client.place,
            next,
        })
    }

    /// Looks at what came since the last step.
    pub(super) fn step(
        &mut self,
        pattern: &MessagePattern,
        bindings: &Bindings,
    ) -> Result<Step, Stop> {
        let until = self.at + AT_ONCE;
        while let Some(entry) = self.inbox.get(self.at) {
            let index = self.at;
            if index == until {
                return Ok(Step::Behind);
            }
            let Some(incoming) = incoming(&entry) else {
                match HowItEnded::of(&entry.event) {
                    Some(ending) if index >= self.connected_at => return Ok(Step::Ended(ending)),
                    _ => {
                        self.at += 1;
                        continue;
                    }
                }
            };
            self.at += 1;
            if !matching::is_visible(pattern, &incoming) {
                continue;
            }
            if let Some(bindings) = matches(pattern, incoming, bindings)? {
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
}

/// Whether one of the messages on this connection that lines above have passed over matches.
pub(super) fn was_passed_over(
    client: &ClientState,
    pattern: &MessagePattern,
    bindings: &Bindings,
) -> Result<bool, Stop> {
    let earlier = (client.connected_at..client.place).rev();
    for index in earlier
        .filter(|index| !client.taken.contains(index))
        .take(CLOSEST_AMONG)
    {
        if let Some(entry) = client.inbox.get(index)
            && let Some(incoming) = incoming(&entry)
            && matches(pattern, incoming, bindings)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the last message came, of those from an entry on.
pub(super) fn last_message(inbox: &Inbox, from: usize) -> Option<Instant> {
    (from..inbox.len())
        .rev()
        .filter_map(|index| inbox.get(index))
        .find(|entry| is_message(entry))
        .map(|entry| entry.at)
}

/// The messages among some entries of an inbox, the last thousand of them.
pub(super) fn passed_over(
    inbox: &Inbox,
    indices: impl DoubleEndedIterator<Item = usize>,
) -> Vec<String> {
    let mut entries = indices
        .rev()
        .filter_map(|index| inbox.get(index))
        .filter(|entry| is_message(entry));
    let mut shown: Vec<String> = entries
        .by_ref()
        .take(PASSED_OVER)
        .filter_map(|entry| show::event(&entry.event))
        .collect();
    match entries.count() {
        0 => {}
        more => shown.push(format!("({more} messages before these)")),
    }
    shown.reverse();
    shown
}

fn is_message(entry: &Entry) -> bool {
    matches!(
        entry.event,
        Event::Text(_) | Event::Binary(_) | Event::ServerSent(_)
    )
}

/// The message that comes nearest to a pattern, and how it differs.
pub(super) fn closest(
    pattern: &MessagePattern,
    bindings: &Bindings,
    entries: impl DoubleEndedIterator<Item = Arc<Entry>>,
) -> Option<Closest> {
    let mut best: Option<(Mismatch, Arc<Entry>)> = None;
    let mut looked_at = 0;
    for entry in entries.rev().take(CLOSEST_AMONG) {
        let Some(incoming) = incoming(&entry) else {
            continue;
        };
        if !matching::is_visible(pattern, &incoming) {
            continue;
        }
        looked_at += 1;
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
    // A message of another kind with nothing in common explains nothing.
    let (mismatch, entry) = best.filter(|(mismatch, _)| {
        let score = &mismatch.score;
        let is_object = matches!(pattern, MessagePattern::Json(pattern) if matches!(pattern.node, PatternNode::Object(_)));
        !is_object || score.names_agree > 0 || score.agree > 0 || looked_at == 1
    })?;
    let message = show::event(&entry.event)?;
    Some(match &entry.event {
        Event::ServerSent(event) => differing_event(message, event, &mismatch),
        _ => differing(message, &mismatch),
    })
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

/// The same, of an event: its data stands at the end of `message`.
fn differing_event(message: String, event: &ServerSentEvent, mismatch: &Mismatch) -> Closest {
    let data = event.data.text.as_str();
    let begins = message.strip_suffix(data).map(str::len);
    // The name and the id have no place in the data.
    let inside = (!mismatch.path.0.is_empty()).then(|| mismatch.locate(data));
    let differs = begins
        .zip(inside.flatten())
        .map(|(begins, place)| begins + place.start..begins + place.end);
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
    match &entry.event {
        Event::Text(text) => Some(Incoming::Text {
            text: &text.text,
            json: text.json(),
        }),
        Event::Binary(bytes) => Some(Incoming::Binary(bytes)),
        Event::Ping(payload) => Some(Incoming::Ping(payload)),
        Event::Pong(payload) => Some(Incoming::Pong(payload)),
        Event::ServerSent(event) => Some(Incoming::Event {
            name: &event.name,
            id: &event.id,
            text: &event.data.text,
            json: event.data.json(),
        }),
        Event::Answer(_)
        | Event::Close { .. }
        | Event::Ended(_)
        | Event::Violation(_)
        | Event::Overflow { .. } => None,
    }
}
