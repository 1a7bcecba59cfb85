//! Why a server-sent event does not match.

use serde_json::Value as Json;

use super::message::{describe_incoming, expected_text, explain_message};
use crate::notation::ast::{EventPattern, MessagePattern};
use crate::notation::matching::mismatch::{Mismatch, Score};
use crate::notation::matching::{Incoming, message_solutions};
use crate::notation::print::message_pattern_with;
use crate::notation::value::Bindings;

/// The name tells one kind of event from another; then the data counts, then the id.
pub(super) fn explain_event(
    event: &EventPattern,
    pattern: &MessagePattern,
    incoming: Incoming<'_>,
    bindings: &Bindings,
) -> Option<Mismatch> {
    let Incoming::Event { name, id, .. } = incoming else {
        let expected = message_pattern_with(pattern, bindings);
        let got = describe_incoming(incoming, pattern);
        return Some(Mismatch::of_message(expected, got, false));
    };
    if let Ok(true) = message_solutions(pattern, incoming, bindings, &mut |_| true) {
        return None;
    }
    let mut bound = bindings.clone();
    let of_data = event.data.as_ref().and_then(|data| {
        let mut keep = |found: &Bindings| {
            bound = found.clone();
            true
        };
        match message_solutions(data, incoming.content(), bindings, &mut keep) {
            Ok(true) => None,
            _ => explain_message(data, incoming.content(), bindings),
        }
    });
    let mut score = Score {
        right_kind: true,
        ..of_data.as_ref().map(|data| data.score).unwrap_or_default()
    };
    let wanted_name = event
        .name
        .as_ref()
        .and_then(|name| expected_text(name, &bound));
    if let Some(wanted) = wanted_name {
        let agrees = wanted == name;
        score.first_name_agrees = agrees;
        score.names_agree += u32::from(agrees);
        if !agrees {
            return Some(of_head("event", &wanted, name, score));
        }
    }
    if let Some(data) = of_data {
        return Some(Mismatch { score, ..data });
    }
    let wanted_id = event.id.as_ref().and_then(|id| expected_text(id, &bound));
    Some(match wanted_id {
        Some(wanted) => of_head("id", &wanted, id, score),
        // A variable in it that nothing binds.
        None => Mismatch::of_message(
            message_pattern_with(pattern, bindings),
            describe_incoming(incoming, pattern),
            true,
        ),
    })
}

fn of_head(what: &str, wanted: &str, got: &str, score: Score) -> Mismatch {
    let said = |text: &str| format!("{what} {}", Json::from(text));
    let mut mismatch = Mismatch::of_message(said(wanted), said(got), true);
    mismatch.score = score;
    mismatch
}
