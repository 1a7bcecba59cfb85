//! Explorations: random clients against the rules of a protocol, and the few lines that are left of a failure.
//!
//! ```text
//! Model × Server -> shrunk Script
//!
//! Exploration   what clients may do, registered by name
//!   plan        who does what, in rounds: from the seed
//!   order       is there an order that explains what was heard: each that may be is a world
//!   trial       one plan against a fresh server; the Model judges all that was heard
//!   shrink      the least plan that still fails
//!   show        that plan as a Script, played by the interpreter of scripts
//! rooms/        the rules of rooms
//! ```
//!
//! A script says what must happen in one conversation. A [`Model`] says what may happen in any: clients act at the same
//! time, and every order that the protocol allows is right. The checker knows no other exercise by name.

mod model;
mod order;
mod plan;
mod rooms;
mod show;
mod shrink;
#[cfg(test)]
mod tests;
mod trial;
mod world;

use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::future::BoxFuture;

pub use model::{Counterexample, Dice, Exploration, Known, Model, NAMES, Verdict};

use crate::assignment::{Assignment, Check};
use crate::notation::ast::Explore;
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;
use crate::run::values::Values;
use crate::run::{Conditions, Exchange, Outcome, Part, Run, Transcript};
use crate::server::{Fresh, Log, StartFailure};
use plan::Plan;
use shrink::{Shrunk, shrink, shrink_further};
use trial::{Failing, Patience, Trial, trial};

/// All explorations.
const REGISTERED: [&dyn Registered; 1] = [&rooms::Rooms];

/// Starts servers, one for each trial.
pub trait Servers: Sync {
    /// A server that nobody has spoken to yet.
    ///
    /// # Errors
    /// When it does not start.
    fn start(&self) -> BoxFuture<'_, Result<Fresh, StartFailure>>;
}

/// Where and how an exploration takes place.
pub struct Ground<'g> {
    /// The check's id, on which chance depends.
    pub check: String,
    /// As for any check; target and secret are those of each trial's server.
    pub conditions: Conditions,
    /// The environment of the servers.
    pub env: BTreeMap<String, String>,
    /// Where they come from.
    pub servers: &'g dyn Servers,
    /// Is told what is going on.
    pub tell: &'g (dyn Fn(String) + Sync),
}

/// How an exploration went.
#[derive(Debug)]
pub struct Explored {
    /// The verdict; after a failure, the shrunk transcript.
    pub run: Run,
    /// What the server printed against which that was played.
    pub log: Option<Log>,
    /// That server's own end.
    pub server_exit: Option<String>,
}

/// The mistakes of a page that only explorations can tell: names that are registered for none.
pub fn lint(assignment: &Assignment) -> Vec<Diagnostic> {
    let named = assignment.checks.iter().filter_map(Check::exploration);
    named
        .filter(|explore| find(&explore.name).is_none())
        .map(|explore| {
            let names: Vec<&str> = REGISTERED.iter().map(|known| known.name()).collect();
            let help = match suggest::one_nearest(&explore.name, &names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("write {}", suggest::list(&names)),
            };
            Diagnostic::error(
                format!("unknown exploration `{}`", explore.name.node),
                explore.name.span.clone(),
                "no exploration has this name",
            )
            .help(help)
        })
        .collect()
}

/// Explores, and shrinks what goes wrong.
pub async fn explore(check: &Check, explore: &Explore, ground: &Ground<'_>) -> Explored {
    match find(&explore.name) {
        Some(registered) => registered.explore(check, explore, ground).await,
        None => inconclusive(format!("unknown exploration `{}`", explore.name.node)),
    }
}

fn find(name: &str) -> Option<&'static dyn Registered> {
    REGISTERED.into_iter().find(|known| known.name() == name)
}

/// An [`Exploration`] whose actions nobody outside needs to know.
trait Registered: Sync {
    fn name(&self) -> &'static str;

    fn explore<'a>(
        &'a self,
        check: &'a Check,
        explore: &'a Explore,
        ground: &'a Ground<'a>,
    ) -> BoxFuture<'a, Explored>;
}

impl<E: Exploration> Registered for E {
    fn name(&self) -> &'static str {
        Exploration::name(self)
    }

    fn explore<'a>(
        &'a self,
        check: &'a Check,
        explore: &'a Explore,
        ground: &'a Ground<'a>,
    ) -> BoxFuture<'a, Explored> {
        Box::pin(explore_with(self, check, explore, ground))
    }
}

async fn explore_with<E: Exploration>(
    exploration: &E,
    check: &Check,
    explore: &Explore,
    ground: &Ground<'_>,
) -> Explored {
    let began = Instant::now();
    let values = Values::new(ground.conditions.seed, &ground.check);
    let mut dice = Dice::new(values.rng("explore", Exploration::name(exploration), &[]));
    let mut random = || Plan::random(exploration, &mut dice, explore.clients, explore.steps);
    let plan = random();
    let failing = match trial(exploration, ground, &plan, Patience::Full).await {
        Trial::Held { heard } => return held(check, began, heard),
        Trial::Troubled(reason) => return inconclusive(reason),
        Trial::Failed(failing) => failing,
    };
    let mut found = Found::shrink(exploration, ground, &plan, failing).await;
    for _ in 1..ATTEMPTS {
        if found.shrunk.always_fails() {
            break;
        }
        let plan = random();
        if let Trial::Failed(failing) = trial(exploration, ground, &plan, Patience::Full).await {
            let another = Found::shrink(exploration, ground, &plan, failing).await;
            if another.shrunk.failed > found.shrunk.failed {
                found = another;
            }
        }
    }
    if !found.shrunk.always_fails() {
        found.shrunk = shrink_further(exploration, ground, found.shrunk).await;
    }
    let note = note(&found.shrunk, began);
    let Found { first, shrunk } = found;
    show::show(exploration, check, ground, *first, shrunk.plans, note).await
}

/// A plan that fails only when the server's tasks run in a certain order makes a poor transcript: so many are looked at
/// for one that always fails.
const ATTEMPTS: usize = 4;

/// What went wrong, and the least that is left of it.
struct Found<E: Exploration> {
    first: Box<Failing<E::Model>>,
    shrunk: Shrunk<E::Action>,
}

impl<E: Exploration> Found<E> {
    async fn shrink(
        exploration: &E,
        ground: &Ground<'_>,
        plan: &Plan<E::Action>,
        first: Box<Failing<E::Model>>,
    ) -> Self {
        let found = plan.up_to(first.round);
        (ground.tell)(format!("something went wrong after {} steps", found.len()));
        let suspects = first.model.suspects();
        let shrunk = shrink(exploration, ground, found, suspects).await;
        Self { first, shrunk }
    }
}

/// What it took to find the transcript that is shown.
fn note<A: Clone>(shrunk: &Shrunk<A>, began: Instant) -> String {
    let found = &shrunk.plans[0];
    let at_times = match shrunk.always_fails() {
        true => "",
        false => "; it goes wrong only at times",
    };
    format!(
        "found after {} steps of {} clients, and shrunk in {} tries and {:.1} s{at_times}",
        found.len(),
        found.clients().len(),
        shrunk.tries,
        began.elapsed().as_secs_f64()
    )
}

/// Everything was as it should be.
fn held(check: &Check, began: Instant, heard: usize) -> Explored {
    let lines = check.script.lines.iter();
    let exchanges = lines.map(|line| Exchange {
        took: Some(began.elapsed()).filter(|_| is_explore(line)),
        notes: match is_explore(line) {
            true => vec![format!("{heard} messages were heard, and each was right")],
            false => Vec::new(),
        },
        ..Exchange::new(
            line,
            &crate::notation::print::statement_head(&line.statement),
        )
    });
    let part = Part {
        check: check.id.clone(),
        exchanges: exchanges.collect(),
        measured: Vec::new(),
    };
    Explored {
        run: Run {
            outcome: Outcome::Passed,
            transcript: Transcript { parts: vec![part] },
        },
        log: None,
        server_exit: None,
    }
}

fn is_explore(line: &crate::notation::ast::Line) -> bool {
    matches!(line.statement, crate::notation::ast::Statement::Explore(_))
}

fn inconclusive(reason: String) -> Explored {
    Explored {
        run: Run {
            outcome: Outcome::Inconclusive { reason },
            transcript: Transcript::default(),
        },
        log: None,
        server_exit: None,
    }
}
