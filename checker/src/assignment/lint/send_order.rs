//! Warns of messages that two clients send one after the other: which of them the server reads first is undefined.

use super::{Played, follow, turns};
use crate::notation::ast::{Client, Measure, Script, Statement};
use crate::notation::diagnostic::Diagnostic;

pub(super) fn lint(checks: &[Played<'_>], diagnostics: &mut Vec<Diagnostic>) {
    follow(checks, |check, last: &mut Option<Client>| {
        walk(&check.draft.check.script, last, diagnostics);
    });
}

/// `last` is who sent last, unless something has been received since.
fn walk(script: &Script, last: &mut Option<Client>, diagnostics: &mut Vec<Diagnostic>) {
    for line in &script.lines {
        match &line.statement {
            Statement::Send { client, .. } => {
                if let Some(earlier) = last.as_ref().filter(|earlier| earlier.node != client.node) {
                    diagnostics.push(warning(earlier, client));
                }
                *last = Some(client.clone());
            }
            Statement::For(repeat) => {
                for _ in 0..turns(repeat) {
                    walk(&repeat.body, last, diagnostics);
                }
            }
            Statement::Never {
                scope: Some(scope), ..
            } => walk(scope, last, diagnostics),
            Statement::NotAnswered { scope: body, .. }
            | Statement::Measure(Measure { body, .. }) => walk(body, last, diagnostics),
            Statement::Receive(_)
            | Statement::Answered(_)
            | Statement::InAnyOrder(_)
            | Statement::Together(_)
            | Statement::Request(_)
            | Statement::Accept { .. }
            | Statement::NothingConnects { .. }
            | Statement::Requested(_)
            | Statement::Print { .. }
            | Statement::Exit { .. }
            | Statement::Closed { .. }
            | Statement::Wait { .. } => *last = None,
            Statement::Never { scope: None, .. }
            | Statement::Comment(_)
            | Statement::Given(_)
            | Statement::Env(_)
            | Statement::Let { .. }
            | Statement::Connect(_)
            | Statement::Listen(_)
            | Statement::Ask(_)
            | Statement::Close { .. }
            | Statement::Drop { .. }
            | Statement::Stall { .. }
            | Statement::Down { .. }
            | Statement::Up { .. }
            | Statement::Respond { .. }
            | Statement::Type { .. }
            | Statement::Resume { .. }
            | Statement::Explore(_) => {}
        }
    }
}

fn warning(earlier: &Client, client: &Client) -> Diagnostic {
    Diagnostic::warning(
        format!(
            "the server may read `{}`'s message before `{}`'s",
            client.node, earlier.node
        ),
        client.span.clone(),
        "sends on another connection, and nothing was received in between",
    )
    .note(earlier.span.clone(), "sends first")
    .help(format!(
        "receive what `{}`'s message causes first, or write both under `together:` \
         if either order is right",
        earlier.node
    ))
}
