//! What can be wrong in scripts that parse: each rule in a module of its own.
//!
//! A check is played after those that it is `given`, so every rule but the first follows its state along that chain.

mod connections;
mod doubt;
mod environment;
pub(super) mod exploration;
mod mentions;
mod registration;
mod scope;
mod send_order;
mod tested;
mod under_way;
mod variables;

use super::FrontMatter;
use super::draft::Draft;
use crate::notation::ast::{For, List};
use crate::notation::diagnostic::Diagnostic;
use doubt::Doubt;

/// Applies every rule to the scripts of a page with this front matter, if it could be read.
pub(super) fn scripts(
    source: &str,
    front_matter: Option<&FrontMatter>,
    drafts: &[Draft],
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for draft in drafts {
        let script = &draft.check.script;
        let env = front_matter.map(|front_matter| match &front_matter.client {
            Some(client) if script.plays_the_server() => &client.env,
            _ => &front_matter.server.env,
        });
        environment::lint(script, env, &mut diagnostics);
    }
    exploration::lint(drafts, &mut diagnostics);
    let checks = in_order_of_play(source, drafts);
    let has_client = front_matter.is_none_or(|front_matter| front_matter.client.is_some());
    tested::lint(&checks, has_client, &mut diagnostics);
    variables::lint(&checks, &mut diagnostics);
    connections::lint(&checks, &mut diagnostics);
    under_way::lint(&checks, &mut diagnostics);
    send_order::lint(&checks, &mut diagnostics);
    registration::lint(&checks, &mut diagnostics);
    diagnostics
}

/// A check and what is played before it.
struct Played<'a> {
    draft: &'a Draft,
    /// The check that it is given, as an index of the same list; always a smaller one.
    given: Option<usize>,
    /// What stands in text that could not be read, here and in what it is given.
    doubt: Doubt,
}

/// Each check after the one that it is given.
fn in_order_of_play<'a>(source: &str, drafts: &'a [Draft]) -> Vec<Played<'a>> {
    let mut played: Vec<Played<'a>> = Vec::new();
    let mut waiting: Vec<&Draft> = drafts.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|draft| {
            let given = match &draft.given {
                None => None,
                Some(name) => {
                    let position = played
                        .iter()
                        .position(|earlier| earlier.draft.check.id == name.node);
                    if position.is_none() {
                        return true;
                    }
                    position
                }
            };
            let mut doubt = Doubt::of_unread(source, draft);
            if let Some(index) = given {
                doubt.add(&played[index].doubt);
            }
            played.push(Played {
                draft,
                given,
                doubt,
            });
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    // What is left is given a check that does not exist, or goes round in a circle. Both have been reported.
    for draft in waiting {
        played.push(Played {
            draft,
            given: None,
            doubt: Doubt::of_all(source, draft),
        });
    }
    played
}

/// Walks each check's script from the state in which what it is given ends.
fn follow<'a, State: Clone + Default>(
    checks: &[Played<'a>],
    mut walk: impl FnMut(&Played<'a>, &mut State),
) {
    let mut ends: Vec<State> = Vec::new();
    for check in checks {
        let mut state = match check.given {
            Some(index) => ends[index].clone(),
            None => State::default(),
        };
        walk(check, &mut state);
        ends.push(state);
    }
}

/// How often a rule walks the body: twice when a second turn may follow the first.
fn turns(repeat: &For) -> usize {
    match &repeat.list {
        List::Values(values) => values.len().min(2),
        List::Range { from, to } if from >= to => 1,
        List::Range { .. } | List::Chunks { .. } => 2,
    }
}
