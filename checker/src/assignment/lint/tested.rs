//! Whether a check drives a server or a client follows from its lines, and all of them must agree.

use super::Played;
use crate::notation::ast::{Line, Script, Statement};
use crate::notation::diagnostic::Diagnostic;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tested {
    Server,
    Client,
}

pub(super) fn lint(checks: &[Played<'_>], has_client: bool, diagnostics: &mut Vec<Diagnostic>) {
    let mut told = has_client;
    let mut tested: Vec<Option<Tested>> = Vec::new();
    for check in checks {
        let given = check.given.and_then(|index| tested[index]);
        let mut first: Option<(Tested, &Line)> = None;
        let mut is_mixed = false;
        for line in lines(&check.draft.check.script) {
            let Some(this) = of(&line.statement) else {
                continue;
            };
            if this == Tested::Client && !told {
                told = true; // once is enough
                diagnostics.push(
                    Diagnostic::error(
                        "the page tests no client",
                        line.span.clone(),
                        "plays the server to one",
                    )
                    .help("add `[client]` to the front matter, on a line of its own"),
                );
            }
            match first {
                None => {
                    if let (Some(given), Some(name)) = (given, &check.draft.given)
                        && given != this
                    {
                        diagnostics.push(
                            Diagnostic::error(
                                "a check that tests a client is given one that tests a server, or the other way round",
                                name.span.clone(),
                                "the other kind",
                            )
                            .note(line.span.clone(), kind(this))
                            .help("remove the `given` line, or write `needs=` on the heading"),
                        );
                    }
                    first = Some((this, line));
                }
                Some((other, earlier)) if other != this && !is_mixed => {
                    is_mixed = true;
                    diagnostics.push(
                        Diagnostic::error(
                            "a check tests a server or a client, not both",
                            line.span.clone(),
                            kind(this),
                        )
                        .note(earlier.span.clone(), kind(other))
                        .help("make two checks of it"),
                    );
                }
                Some(_) => {}
            }
        }
        tested.push(first.map(|(tested, _)| tested).or(given));
    }
}

fn kind(tested: Tested) -> &'static str {
    match tested {
        Tested::Server => "plays a client to the server under test",
        Tested::Client => "plays the server to the client under test",
    }
}

/// What a line tests, if it says.
fn of(statement: &Statement) -> Option<Tested> {
    if statement.is_about_a_client_under_test() {
        return Some(Tested::Client);
    }
    statement.client().map(|_| Tested::Server)
}

/// All lines, those of blocks among them.
fn lines(script: &Script) -> Vec<&Line> {
    script
        .lines
        .iter()
        .flat_map(|line| {
            let block = line.statement.block().map(lines).unwrap_or_default();
            std::iter::once(line).chain(block)
        })
        .collect()
}
