//! Servers started ahead of the checks that will use them, so that no check waits for a start.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::Settings;
use crate::assignment::{Assignment, Check};
use crate::explore::Servers;
use crate::notation::ast::{EnvSetting, Statement};
use crate::run::values;
use crate::server::{self, Fresh, ServerCommand, StartFailure, StartOptions};

/// How many wait to be taken. A check that fails leaves those of its dependents unused, so not too many.
const AHEAD: usize = 2;
/// How long a server may take until it listens.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// Starts servers in the page's own environment, a few ahead of demand.
#[derive(Debug)]
pub(super) struct Stock {
    ready: Mutex<mpsc::Receiver<Result<Fresh, StartFailure>>>,
    filler: Mutex<JoinSet<()>>,
}

/// How to start a server for a page.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) command: ServerCommand,
    env: BTreeMap<String, String>,
    secret: Option<String>,
    ready_within: Duration,
}

/// Servers for one exploration, which needs one for each of its trials.
pub(super) struct Trials<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) overrides: Vec<&'a EnvSetting>,
}

impl Servers for Trials<'_> {
    fn start(&self) -> BoxFuture<'_, Result<Fresh, StartFailure>> {
        Box::pin(self.recipe.start(&self.overrides))
    }
}

impl Recipe {
    pub(super) fn new(
        command: ServerCommand,
        assignment: &Assignment,
        settings: &Settings,
    ) -> Self {
        let config = &assignment.front_matter.server;
        Self {
            command,
            env: config.env.clone(),
            secret: config.secret.clone(),
            ready_within: READY_WITHIN.mul_f64(settings.timeout_factor),
        }
    }

    /// The environment of such a server, but for its secret.
    pub(super) fn env(&self, overrides: &[&EnvSetting]) -> BTreeMap<String, String> {
        let mut env = self.env.clone();
        for setting in overrides {
            env.insert(setting.name.node.clone(), setting.value.clone());
        }
        env
    }

    /// Starts a server whose environment these settings override, with a secret of its own.
    pub(super) async fn start(&self, overrides: &[&EnvSetting]) -> Result<Fresh, StartFailure> {
        let mut env = self.env(&[]);
        let secret = self.secret.as_ref().map(|name| {
            let secret = values::fresh_secret();
            env.insert(name.clone(), secret.clone());
            secret
        });
        for setting in overrides {
            env.insert(setting.name.node.clone(), setting.value.clone());
        }
        let options = StartOptions {
            env,
            ready_within: self.ready_within,
        };
        let server = server::start(&self.command, &options).await?;
        Ok(Fresh { server, secret })
    }
}

impl Stock {
    /// Begins with one server by itself: several that start side by side with a fixed port, say, fail for another reason.
    ///
    /// # Errors
    ///
    /// When that one does not start.
    pub(super) async fn open(recipe: Recipe, count: usize) -> Result<Self, StartFailure> {
        let first = recipe.start(&[]).await?;
        let (put, ready) = mpsc::channel(AHEAD);
        let mut filler = JoinSet::new();
        filler.spawn(async move {
            if put.send(Ok(first)).await.is_err() {
                return;
            }
            for _ in 1..count {
                let Ok(place) = put.reserve().await else {
                    return;
                };
                place.send(recipe.start(&[]).await);
            }
        });
        Ok(Self {
            ready: Mutex::new(ready),
            filler: Mutex::new(filler),
        })
    }

    /// The next one; nothing when all have been taken.
    pub(super) async fn take(&self) -> Option<Result<Fresh, StartFailure>> {
        self.ready.lock().await.recv().await
    }

    /// Ends those that nobody took.
    pub(super) async fn close(&self) {
        self.filler.lock().await.shutdown().await;
        let mut ready = self.ready.lock().await;
        ready.close();
        while let Some(unused) = ready.recv().await {
            if let Ok(fresh) = unused {
                fresh.server.stop().await;
            }
        }
    }
}

/// What a check, with all that it is given, changes in its server's environment.
pub(super) fn overrides<'a>(assignment: &'a Assignment, check: &Check) -> Vec<&'a EnvSetting> {
    let chain = assignment.chain(&check.id);
    let lines = chain.into_iter().flat_map(|check| &check.script.lines);
    lines
        .filter_map(|line| match &line.statement {
            Statement::Env(settings) => Some(settings),
            _ => None,
        })
        .flatten()
        .collect()
}
