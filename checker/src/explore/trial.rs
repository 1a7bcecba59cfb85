//! One plan, played against a server of its own.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::Ground;
use super::model::{Exploration, Model, NAMES, Verdict};
use super::plan::Plan;
use crate::actor::Target;
use crate::notation::ast::{ClientName, Line};
use crate::run::{Conditions, Stage, Transcript, Unplayed, Waited};

/// How long is waited for what must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Longer than any line of a transcript waits: only what fails takes it.
    Full,
    /// As long as silence has to last. What is judged by it must be judged again.
    Window,
}

/// So many times as long as any line of a transcript waits.
const FULL: usize = 4;

/// What came of a trial.
pub(super) enum Trial<M> {
    /// All was as it should be; so many messages were heard.
    Held { heard: usize },
    /// Not all.
    Failed(Box<Failing<M>>),
    /// The grader's own trouble.
    Troubled(String),
}

/// How sure a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// What was heard is wrong.
    Certain,
    /// What was waited for did not come in time. If that does not happen again, it may have been the machine.
    TooLate,
}

/// What is known of a failure.
pub(super) struct Failing<M> {
    pub(super) model: M,
    /// In which round it showed.
    pub(super) round: usize,
    pub(super) certainty: Certainty,
    /// What was played. A line failed if one could not be played at all.
    pub(super) transcript: Transcript,
}

/// Plays a plan.
pub(super) async fn trial<E: Exploration>(
    exploration: &E,
    ground: &Ground<'_>,
    plan: &Plan<E::Action>,
    patience: Patience,
) -> Trial<E::Model> {
    let model = match exploration.model(&ground.env) {
        Ok(model) => model,
        Err(reason) => return Trial::Troubled(reason),
    };
    let fresh = match ground.servers.start().await {
        Ok(fresh) => fresh,
        Err(failure) => return Trial::Troubled(format!("the server {failure}")),
    };
    let conditions = Conditions {
        target: Target {
            address: fresh.server.address(),
        },
        secret: fresh.secret.clone(),
        ..ground.conditions.clone()
    };
    let users = NAMES.map(str::to_owned);
    let mut run = Running {
        stage: Stage::new(&conditions, &ground.check, &users),
        model,
        read: BTreeMap::new(),
        clients: plan.clients(),
        heard: 0,
    };
    let ended = run.play(plan, patience).await;
    let result = match ended {
        Ended::Held => Trial::Held { heard: run.heard },
        Ended::Failed(round, certainty) => Trial::Failed(Box::new(Failing {
            model: run.model,
            round,
            certainty,
            transcript: run.stage.into_transcript(),
        })),
        Ended::Troubled(reason) => Trial::Troubled(reason),
    };
    fresh.server.stop().await;
    result
}

struct Running<'c, M> {
    stage: Stage<'c>,
    model: M,
    /// How much of each client's inbox the model has been told.
    read: BTreeMap<usize, usize>,
    clients: Vec<usize>,
    heard: usize,
}

enum Ended {
    Held,
    Failed(usize, Certainty),
    Troubled(String),
}

impl<M: Model> Running<'_, M> {
    async fn play(&mut self, plan: &Plan<M::Action>, patience: Patience) -> Ended {
        for (number, round) in plan.rounds.iter().enumerate() {
            self.model.begin_round();
            let mut lanes: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
            for step in round {
                let known = |name: &str| self.stage.value(name);
                let lines = self.model.act(step.client, &step.action, &known);
                lanes.entry(step.client).or_default().extend(lines);
            }
            let played = join_all(lanes.values().map(|lines| in_turn(&self.stage, lines))).await;
            for played in played {
                match played {
                    Ok(()) => {}
                    Err(Unplayed::Failed) => {
                        return Ended::Failed(number, Certainty::TooLate);
                    }
                    Err(Unplayed::Inconclusive(reason)) => return Ended::Troubled(reason),
                }
            }
            let known = |name: &str| self.stage.value(name);
            self.model.learn(&known);
            match self.settles(patience).await {
                Verdict::Settled => {}
                Verdict::Broken => return Ended::Failed(number, Certainty::Certain),
                Verdict::Waiting => return Ended::Failed(number, Certainty::TooLate),
            }
        }
        // What should not come at all may come late.
        let watched = self.watched();
        let Self {
            stage,
            model,
            read,
            clients,
            heard,
        } = self;
        let mut is_wrong = || {
            *heard += listen(stage, model, read, clients);
            model.judge() != Verdict::Settled
        };
        match stage.silence_until(&watched, &mut is_wrong).await {
            Waited::InVain => Ended::Held,
            Waited::Over => Ended::Failed(plan.rounds.len().saturating_sub(1), Certainty::Certain),
        }
    }

    /// Waits until the rules are content with what was heard, or never will be.
    async fn settles(&mut self, patience: Patience) -> Verdict {
        let watched = self.watched();
        let Self {
            stage,
            model,
            read,
            clients,
            heard,
        } = self;
        let mut verdict = Verdict::Waiting;
        let mut at_first = true;
        let mut is_over = || {
            let news = listen(stage, model, read, clients);
            if news > 0 || at_first {
                *heard += news;
                at_first = false;
                verdict = model.judge();
            }
            verdict != Verdict::Waiting
        };
        let mut waited = stage.silence_until(&watched, &mut is_over).await;
        if patience == Patience::Full {
            // A failure is worth the time that it takes to be sure of it.
            for _ in 0..FULL {
                if waited == Waited::InVain {
                    waited = stage.wait_until(&mut is_over).await;
                }
            }
        }
        if verdict == Verdict::Settled && model.may_be_otherwise() {
            let mut is_wrong = || {
                *heard += listen(stage, model, read, clients);
                verdict = model.judge();
                verdict == Verdict::Broken
            };
            stage.silence_until(&watched, &mut is_wrong).await;
        }
        verdict
    }

    fn watched(&self) -> Vec<ClientName> {
        let names = self.clients.iter();
        names
            .filter_map(|client| self.model.name_of(*client))
            .map(client_name)
            .collect()
    }
}

/// Plays one client's lines.
async fn in_turn(stage: &Stage<'_>, lines: &[Line]) -> Result<(), Unplayed> {
    for line in lines {
        stage.play(line).await?;
    }
    Ok(())
}

/// Tells the model what came since it was last told; returns how much that was.
fn listen<M: Model>(
    stage: &Stage<'_>,
    model: &mut M,
    read: &mut BTreeMap<usize, usize>,
    clients: &[usize],
) -> usize {
    let mut news = 0;
    for client in clients {
        let Some(name) = model.name_of(*client).map(client_name) else {
            continue;
        };
        let from = read.entry(*client).or_default();
        let connected_at = stage.connected_at(&name);
        for entry in stage.heard(&name, *from) {
            model.hear(*client, *from >= connected_at, &entry);
            *from += 1;
            news += 1;
        }
    }
    news
}

fn client_name(user: &str) -> ClientName {
    ClientName {
        user: user.to_owned(),
        device: None,
    }
}
