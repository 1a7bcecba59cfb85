//! An answer needs a question, and a client asks one at a time.

use std::collections::BTreeMap;

use super::{Played, follow, turns};
use crate::notation::ast::{Client, ClientName, Script, Span, Statement};
use crate::notation::diagnostic::Diagnostic;

/// The clients whose requests are under way, and where they asked.
type UnderWay = BTreeMap<ClientName, Span>;

pub(super) fn lint(checks: &[Played<'_>], diagnostics: &mut Vec<Diagnostic>) {
    follow(checks, |check, under_way: &mut UnderWay| {
        let mut found = Vec::new();
        walk(&check.draft.check.script, under_way, &mut found);
        // What asked may stand in a line that could not be read.
        found.retain(|(client, _)| !check.doubt.covers(&client.user));
        diagnostics.extend(found.into_iter().map(|(_, diagnostic)| diagnostic));
    });
}

fn walk(script: &Script, under_way: &mut UnderWay, found: &mut Vec<(ClientName, Diagnostic)>) {
    for line in &script.lines {
        match &line.statement {
            Statement::Ask(request) => {
                let client = &request.client;
                let before = under_way.insert(client.node.clone(), client.span.clone());
                if let Some(before) = before {
                    found.push((client.node.clone(), asks_twice(client, before)));
                }
            }
            Statement::Answered(answered) => {
                if under_way.remove(&answered.client.node).is_none() {
                    found.push(not_asked(&answered.client, "waits for an answer"));
                }
            }
            Statement::NotAnswered { client, scope } => {
                if !under_way.contains_key(&client.node) {
                    found.push(not_asked(client, "has nothing to be answered"));
                }
                walk(scope, under_way, found);
            }
            Statement::For(repeat) => {
                for _ in 0..turns(repeat) {
                    walk(&repeat.body, under_way, found);
                }
            }
            statement => {
                if let Some(block) = statement.block() {
                    walk(block, under_way, found);
                }
            }
        }
    }
}

fn asks_twice(client: &Client, before: Span) -> Diagnostic {
    let name = &client.node;
    let message = format!("`{name}` has asked already");
    if before == client.span {
        let label = "asks again in the next turn";
        return Diagnostic::error(message, before, label).help(format!(
            "wait for the answer in each turn: `{name} is answered 200`, say"
        ));
    }
    let user = &client.user;
    Diagnostic::error(message, client.span.clone(), "asks a second time")
        .note(before, "not answered yet")
        .help(format!(
            "write `{user}/second asks` for another request at the same time, or `{name} is answered 200` in between"
        ))
}

fn not_asked(client: &Client, label: &str) -> (ClientName, Diagnostic) {
    let name = &client.node;
    let diagnostic = Diagnostic::error(
        format!("`{name}` has not asked anything"),
        client.span.clone(),
        label,
    )
    .help(format!("write `{name} asks GET /…` above"));
    (name.clone(), diagnostic)
}
