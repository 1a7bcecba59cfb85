//! Which few things that were done are likely to be enough to go wrong: the last ones in the room where it did, and how
//! those who did them came to be there.

use std::collections::BTreeSet;

use super::model::{Deed, RoomsModel};
use super::place::Place;

/// So many of the last things.
const LAST: [usize; 6] = [1, 2, 3, 5, 8, 13];
/// So many times each of those who did them came there.
const ARRIVALS: [usize; 2] = [1, 2];

/// Selections of actions, the smallest first.
pub(super) fn suspects(model: &RoomsModel) -> Vec<Vec<usize>> {
    let mut wronged = Vec::new();
    let mut steps: Vec<usize> = (0..model.steps.len()).collect();
    let rooms = || model.rooms.iter();
    let room = rooms().position(Place::is_broken);
    let room = room.or_else(|| rooms().position(Place::is_wrong));
    let user = model.private.iter().find(|(_, place)| place.is_wrong());
    if let Some(room) = room {
        steps = model.rooms[room].steps();
        wronged = model.rooms[room].wronged(&model.room_rules(room));
    } else if let Some((user, place)) = user {
        steps = place.steps();
        wronged = place.wronged(&model.private_rules(*user));
    }
    let mut hearers: BTreeSet<usize> = wronged
        .into_iter()
        .map(|connection| model.links[connection].client)
        .collect();
    hearers.extend(model.stray.iter().map(|stray| stray.client));
    let mut selections: Vec<Vec<usize>> = Vec::new();
    for arrivals in ARRIVALS {
        for last in LAST {
            let selection = select(model, &steps, last, arrivals, &hearers);
            if !selections.contains(&selection) {
                selections.push(selection);
            }
        }
    }
    selections.sort_by_key(Vec::len);
    selections
}

fn select(
    model: &RoomsModel,
    steps: &[usize],
    last: usize,
    arrivals: usize,
    hearers: &BTreeSet<usize>,
) -> Vec<usize> {
    let (before, last) = steps.split_at(steps.len().saturating_sub(last));
    let mut chosen: BTreeSet<usize> = last.iter().copied().collect();
    let mut clients = hearers.clone();
    clients.extend(last.iter().map(|step| model.steps[*step].client));
    for client in clients {
        let came = before.iter().rev().copied().filter(|step| {
            let step = &model.steps[*step];
            step.client == client
                && matches!(
                    step.deed,
                    Deed::Connect | Deed::Join(_) | Deed::Resume { .. }
                )
        });
        chosen.extend(came.take(arrivals));
    }
    // What is sent again was sent before.
    for step in last {
        if let Deed::Send { said, .. } = &model.steps[*step].deed {
            let same = |step: &&usize| matches!(&model.steps[**step].deed, Deed::Send { said: other, .. } if other == said);
            chosen.extend(before.iter().find(same));
        }
    }
    let acts: BTreeSet<usize> = chosen
        .into_iter()
        .map(|step| model.steps[step].act)
        .collect();
    acts.into_iter().collect()
}
