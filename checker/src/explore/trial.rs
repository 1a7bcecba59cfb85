//! One plan, played against a server of its own.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::Ground;
use super::model::{Exploration, Model, NAMES, Verdict};
use super::plan::{Plan, Step};
use crate::actor::Target;
use crate::notation::ast::{ClientName, Line};
use crate::run::{Conditions, Stage, Transcript, Unplayed, Waited};

/// How long is waited for what must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// As long as for any line of a transcript.
    Full,
    /// As long as silence has to last. What is judged by it must be judged again.
    Window,
}

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
        target: Target::new(fresh.server.address()),
        secret: fresh.secret.clone(),
        ..ground.conditions.clone()
    };
    let users = NAMES.map(str::to_owned);
    let mut run = Running {
        stage: Stage::new(&conditions, &ground.check, &users),
        ears: Ears {
            model,
            clients: plan.clients(),
            read: BTreeMap::new(),
            heard: 0,
        },
    };
    let ended = run.play(plan, patience).await;
    let result = match ended {
        Ended::Held => Trial::Held {
            heard: run.ears.heard,
        },
        Ended::Failed(round, certainty) => Trial::Failed(Box::new(Failing {
            model: run.ears.model,
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
    ears: Ears<M>,
}

/// Tells the model what comes.
struct Ears<M> {
    model: M,
    clients: Vec<usize>,
    /// How much of each client's inbox the model has been told.
    read: BTreeMap<usize, usize>,
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
            let played = self.play_round(round).await;
            for played in played {
                match played {
                    Ok(()) => {}
                    Err(Unplayed::Failed) => {
                        return Ended::Failed(number, Certainty::TooLate);
                    }
                    Err(Unplayed::Inconclusive(reason)) => return Ended::Troubled(reason),
                }
            }
            if let Some(certainty) = self.fails(patience).await {
                return Ended::Failed(number, certainty);
            }
        }
        // What should not come at all may come late, and so may what is on its way.
        let last = plan.rounds.len().saturating_sub(1);
        while self.hears_more().await {
            if let Some(certainty) = self.fails(patience).await {
                return Ended::Failed(last, certainty);
            }
        }
        Ended::Held
    }

    /// Each client does its own things in turn, all clients at the same time.
    async fn play_round(&mut self, round: &[Step<M::Action>]) -> Vec<Result<(), Unplayed>> {
        let Self { stage, ears } = self;
        let known = |name: &str| stage.value(name);
        ears.model.begin_round();
        let mut lanes: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
        for step in round {
            let lines = ears.model.act(step.client, &step.action, &known);
            lanes.entry(step.client).or_default().extend(lines);
        }
        let played = join_all(lanes.values().map(|lines| in_turn(stage, lines))).await;
        ears.model.learn(&known);
        played
    }

    /// Waits until the rules are content with what was heard; otherwise how sure it is that they never will be.
    async fn fails(&mut self, patience: Patience) -> Option<Certainty> {
        let Self { stage, ears } = self;
        let watched = ears.watched();
        let mut verdict = ears.judge(stage);
        let mut is_over = || {
            if ears.listen(stage) > 0 {
                verdict = ears.model.judge();
            }
            verdict != Verdict::Waiting
        };
        let waited = match patience {
            Patience::Full => stage.wait_until(&mut is_over).await,
            Patience::Window => Waited::InVain,
        };
        if waited == Waited::InVain {
            // With all patience on top of that, since a machine may be slower than anybody thought.
            stage.silence_until(&watched, &mut is_over).await;
        }
        match verdict {
            Verdict::Settled => None,
            Verdict::Broken => Some(Certainty::Certain),
            Verdict::Waiting => Some(Certainty::TooLate),
        }
    }

    /// Waits for as long as silence has to last, or until something comes with which the rules are not content as it is.
    async fn hears_more(&mut self) -> bool {
        let Self { stage, ears } = self;
        let watched = ears.watched();
        let mut is_over = || ears.judge(stage) != Verdict::Settled;
        stage.silence_until(&watched, &mut is_over).await == Waited::Over
    }
}

impl<M: Model> Ears<M> {
    /// What the model says of all that has come.
    fn judge(&mut self, stage: &Stage<'_>) -> Verdict {
        self.listen(stage);
        self.model.judge()
    }

    /// Tells the model what came since it was last told; returns how much that was.
    fn listen(&mut self, stage: &Stage<'_>) -> usize {
        let mut news = 0;
        for client in &self.clients {
            let Some(name) = self.model.name_of(*client).map(client_name) else {
                continue;
            };
            let from = self.read.entry(*client).or_default();
            let connected_at = stage.connected_at(&name);
            for entry in stage.heard(&name, *from) {
                self.model.hear(*client, *from >= connected_at, &entry);
                *from += 1;
                news += 1;
            }
        }
        self.heard += news;
        news
    }

    fn watched(&self) -> Vec<ClientName> {
        let clients = self.clients.iter();
        clients
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

fn client_name(user: &str) -> ClientName {
    ClientName {
        user: user.to_owned(),
        device: None,
    }
}
