//! Warns of a client that is expected to hear others though it has heard nothing yet: an upgrade is answered before the
//! server has registered the connection, so that what others do right after it may pass it by.

use std::collections::BTreeMap;

use super::{Played, follow, turns};
use crate::notation::ast::{Client, ClientName, Measure, Receive, Script, Span, Statement};
use crate::notation::diagnostic::Diagnostic;

/// The clients that have connected and heard nothing since.
type Unheard = BTreeMap<ClientName, Since>;

#[derive(Clone)]
struct Since {
    connected: Span,
    /// What another client did then.
    other_acted: Option<Span>,
}

pub(super) fn lint(checks: &[Played<'_>], diagnostics: &mut Vec<Diagnostic>) {
    follow(checks, |check, unheard: &mut Unheard| {
        walk(&check.draft.check.script, unheard, diagnostics);
    });
}

fn walk(script: &Script, unheard: &mut Unheard, diagnostics: &mut Vec<Diagnostic>) {
    for line in &script.lines {
        match &line.statement {
            Statement::Connect(connect) | Statement::Listen(connect)
                if connect.refusal.is_none() =>
            {
                acts(&connect.client, &line.span, unheard);
                let since = Since {
                    connected: line.span.clone(),
                    other_acted: None,
                };
                unheard.insert(connect.client.node.clone(), since);
            }
            Statement::Send { client, .. } => {
                acts(client, &line.span, unheard);
                // What it waits for next is likely the answer to this.
                if let Some(since) = unheard.get_mut(&client.node) {
                    since.other_acted = None;
                }
            }
            Statement::Close { client, .. } | Statement::Drop { client } => {
                acts(client, &line.span, unheard);
                unheard.remove(&client.node);
            }
            Statement::Request(request) | Statement::Ask(request)
                if !matches!(request.method.as_str(), "GET" | "HEAD") =>
            {
                acts(&request.client, &line.span, unheard);
            }
            Statement::Receive(receive) => hears(receive, unheard, diagnostics),
            Statement::Closed { client, .. } => {
                unheard.remove(&client.node);
            }
            Statement::InAnyOrder(block) | Statement::Together(block) => {
                walk(block, unheard, diagnostics);
            }
            Statement::Never {
                scope: Some(scope), ..
            }
            | Statement::NotAnswered { scope, .. }
            | Statement::Measure(Measure { body: scope, .. }) => walk(scope, unheard, diagnostics),
            Statement::For(repeat) => {
                for _ in 0..turns(repeat) {
                    walk(&repeat.body, unheard, diagnostics);
                }
            }
            Statement::Connect(_)
            | Statement::Listen(_)
            | Statement::Request(_)
            | Statement::Ask(_)
            | Statement::Answered(_)
            | Statement::Never { scope: None, .. }
            | Statement::Comment(_)
            | Statement::Given(_)
            | Statement::Env(_)
            | Statement::Let { .. }
            | Statement::Stall { .. }
            | Statement::Resume { .. }
            | Statement::Explore(_)
            | Statement::Accept { .. }
            | Statement::Down { .. }
            | Statement::Up { .. }
            | Statement::NothingConnects { .. }
            | Statement::Requested(_)
            | Statement::Respond { .. }
            | Statement::Type { .. }
            | Statement::Print { .. }
            | Statement::Exit { .. }
            | Statement::Wait { .. } => {}
        }
    }
}

fn acts(client: &Client, line: &Span, unheard: &mut Unheard) {
    for (name, since) in unheard.iter_mut() {
        if *name != client.node {
            since.other_acted.get_or_insert_with(|| line.clone());
        }
    }
}

fn hears(receive: &Receive, unheard: &mut Unheard, diagnostics: &mut Vec<Diagnostic>) {
    let client = &receive.client;
    let Some(since) = unheard.remove(&client.node) else {
        return;
    };
    let Some(other_acted) = since.other_acted else {
        return;
    };
    diagnostics.push(
        Diagnostic::warning(
            format!("`{}` may have missed this", client.node),
            client.span.clone(),
            "has heard nothing yet since it connected",
        )
        .note(
            since.connected,
            "the server answers before it has registered the connection",
        )
        .note(other_acted, "another client acts")
        .help(format!(
            "let `{}` hear something first: what greets a newcomer, or the answer to a message \
             of its own",
            client.node
        )),
    );
}
