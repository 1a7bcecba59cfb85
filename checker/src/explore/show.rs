//! A plan that fails as a transcript, with the line marked that shows it.

use std::fmt::Write as _;
use std::time::Duration;

use super::model::{Counterexample, Exploration, Model};
use super::plan::Plan;
use super::trial::{Certainty, Failing, Patience, Trial, trial};
use super::{Explored, Ground, inconclusive};
use crate::actor::Target;
use crate::assignment::Check;
use crate::notation::ast::{Line, Script, Span, Statement};
use crate::notation::{parser, print};
use crate::run::{
    self, Conditions, Exchange, Failure, FailureKind, Outcome, Part, Run, Transcript,
};

/// A plan was judged by the window of silence: it must fail again with all patience, in one of so many trials.
const AGAIN: usize = 6;
/// How long the news of a server's end may be behind that of its connections.
const EXIT_NEWS: Duration = Duration::from_millis(50);

/// Shows the smallest plan that fails again. `failing` is the very first failure, which nobody doubts.
pub(super) async fn show<E: Exploration>(
    exploration: &E,
    check: &Check,
    ground: &Ground<'_>,
    first: Failing<E::Model>,
    plans: Vec<Plan<E::Action>>,
    note: String,
) -> Explored {
    (ground.tell)("playing what is left of it".to_owned());
    let first_was_late = first.certainty == Certainty::TooLate;
    let mut failing = first;
    let mut is_confirmed = false;
    // The last of them is the whole of what was found.
    let smallest = plans.iter().skip(1).rev().take(MOST_PLANS);
    let smaller = smallest.chain(plans.first());
    'found: for plan in smaller {
        for _ in 0..AGAIN {
            if let Trial::Failed(again) = trial(exploration, ground, plan, Patience::Full).await {
                failing = *again;
                is_confirmed = true;
                break 'found;
            }
        }
    }
    if !is_confirmed && first_was_late {
        let reason = "an answer was late that came in time when it was tried again; is this machine very busy?";
        return inconclusive(reason.to_owned());
    }
    let span = explore_span(check);
    let mut because = None;
    let mut explored = match failing.transcript.failed_exchange() {
        // A line could not be played: that says it all.
        Some(_) => told(failing.transcript),
        None => {
            let counterexample = failing.model.counterexample();
            because = Some(counterexample.because.clone());
            play(check, ground, counterexample).await
        }
    };
    let parts = &mut explored.run.transcript.parts;
    for exchange in parts.iter_mut().flat_map(|part| &mut part.exchanges) {
        exchange.span = span.clone();
        exchange.stale = false;
        if let Some(failure) = &exchange.failure {
            let news = because
                .take()
                .filter(|because| !failure.because.contains(because));
            exchange.notes.extend(news);
            exchange.notes.push(note.clone());
        } else {
            // What came besides is no part of the story.
            exchange.passed_over.clear();
        }
    }
    explored
}

/// So many of the plans are tried again, the smallest first.
const MOST_PLANS: usize = 4;

/// Where the page says `explore`.
fn explore_span(check: &Check) -> Span {
    let mut lines = check.script.lines.iter();
    let line = lines.find(|line| matches!(line.statement, Statement::Explore(_)));
    line.map_or_else(|| check.span.clone(), |line| line.span.clone())
}

fn told(transcript: Transcript) -> Explored {
    Explored {
        run: Run {
            outcome: Outcome::Failed,
            transcript,
        },
        log: None,
        server_exit: None,
    }
}

/// Plays the counterexample as the script that it is. If the interpreter finds nothing wrong, since the model sees what
/// no line can say, the line is marked all the same.
async fn play(check: &Check, ground: &Ground<'_>, counterexample: Counterexample) -> Explored {
    let text = whole(check, &counterexample.script);
    let (script, mistakes) = parser::parse_str(&text);
    if !mistakes.is_empty() {
        return told(marked(check, &script, &counterexample));
    }
    let Ok(fresh) = ground.servers.start().await else {
        return told(marked(check, &script, &counterexample));
    };
    let conditions = Conditions {
        target: Target::new(fresh.server.address()),
        secret: fresh.secret.clone(),
        ..ground.conditions.clone()
    };
    let Run {
        outcome,
        mut transcript,
    } = run::run_script(&check.id, &script, &conditions).await;
    // The news of its end may come a little after the end of its connections.
    let _ = tokio::time::timeout(EXIT_NEWS, fresh.server.exited()).await;
    let server_exit = fresh.server.exit().map(|exit| exit.to_string());
    let log = Some(fresh.server.stop().await);
    if outcome == Outcome::Failed {
        in_the_notation(&script, &mut transcript);
    } else {
        transcript = marked(check, &script, &counterexample);
    }
    Explored {
        run: Run {
            outcome: Outcome::Failed,
            transcript,
        },
        log,
        server_exit,
    }
}

/// The script with the settings of the check before it.
fn whole(check: &Check, script: &str) -> String {
    let mut text = String::new();
    for line in &check.script.lines {
        if let Statement::Env(_) = line.statement {
            let _ = writeln!(text, "{}", print::statement_head(&line.statement));
        }
    }
    text.push_str(script);
    text
}

/// Each line as it would stand in a page, instead of with the values that it had.
fn in_the_notation(script: &Script, transcript: &mut Transcript) {
    let mut lines = Vec::new();
    collect(script, 0, &mut lines);
    let parts = transcript.parts.iter_mut();
    for exchange in parts.flat_map(|part| &mut part.exchanges) {
        let line = lines.iter().find(|(_, line)| line.span == exchange.span);
        if let Some((_, line)) = line {
            exchange.text = print::statement_head(&line.statement);
        }
    }
}

/// The script as it is, with the line marked that the model found wrong.
fn marked(check: &Check, script: &Script, counterexample: &Counterexample) -> Transcript {
    let mut lines = Vec::new();
    collect(script, 0, &mut lines);
    let settings = lines
        .iter()
        .filter(|(_, line)| matches!(line.statement, Statement::Env(_)))
        .count();
    let mut exchanges: Vec<Exchange> = lines
        .iter()
        .map(|(depth, line)| Exchange {
            depth: *depth,
            ..Exchange::new(line, &print::statement_head(&line.statement))
        })
        .collect();
    let last = exchanges.len().saturating_sub(1);
    let failing = counterexample
        .failing
        .map_or(last, |line| last.min(settings + line));
    if let Some(exchange) = exchanges.get_mut(failing) {
        let failure = Failure::new(FailureKind::Missing, counterexample.because.clone());
        exchange.failure = Some(failure);
    }
    Transcript {
        parts: vec![Part {
            check: check.id.clone(),
            exchanges,
            measured: Vec::new(),
        }],
    }
}

/// The lines that a transcript shows, in order, and how deep each stands.
fn collect<'s>(script: &'s Script, depth: usize, lines: &mut Vec<(usize, &'s Line)>) {
    for line in &script.lines {
        if !matches!(line.statement, Statement::Comment(_)) {
            lines.push((depth, line));
        }
        if let Some(block) = line.statement.block() {
            collect(block, depth + 1, lines);
        }
    }
}
