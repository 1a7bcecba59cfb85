//! A conversation that is made up while it is played: whoever plays it decides what comes next by what was heard.

use std::sync::Arc;
use std::time::Instant;

use super::Conditions;
use super::deadline::Deadline;
use super::player::{Player, Stop};
use super::state::Frame;
use super::transcript::Transcript;
use super::values::Values;
use crate::actor::{Entry, Inbox};
use crate::notation::ast::{ClientName, Line};

/// Clients of one server, to whom lines are given one by one.
pub struct Stage<'c> {
    player: Player<'c>,
    values: Values,
}

/// A line could not be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unplayed {
    /// The server did not let it: it refused a connection, say. The transcript tells more.
    Failed,
    /// The grader's own trouble.
    Inconclusive(String),
}

impl From<Stop> for Unplayed {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed => Self::Failed,
            Stop::Unusable(reason) | Stop::Inconclusive(reason) => Self::Inconclusive(reason),
        }
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// What was waited for has come.
    Over,
    /// It has not come in time.
    InVain,
}

impl<'c> Stage<'c> {
    /// Nobody is connected. `users` get their random names, which depend on the seed and on `check`.
    pub fn new(conditions: &'c Conditions, check: &str, users: &[String]) -> Self {
        let player = Player::new(conditions);
        let values = Values::new(conditions.seed, check);
        player.enter_part(check, users, &values);
        Self { player, values }
    }

    /// Plays a line.
    ///
    /// # Errors
    /// [`Unplayed`].
    pub async fn play(&self, line: &Line) -> Result<(), Unplayed> {
        let mut frame = Frame::new(&self.values, 0);
        Ok(self.player.play_line(line, &mut frame).await?)
    }

    /// The JSON value that a variable is bound to.
    pub fn value(&self, variable: &str) -> Option<serde_json::Value> {
        use crate::notation::value::Value;
        match self.player.state().bindings.get(variable)? {
            Value::Json(json) => Some(json.clone()),
            Value::Bytes(_) => None,
        }
    }

    /// What a client has received from an entry of its inbox on.
    pub fn heard(&self, client: &ClientName, from: usize) -> Vec<Arc<Entry>> {
        let inbox = {
            let state = self.player.state();
            state.clients.get(client).map(|client| client.inbox.clone())
        };
        let entries = |inbox: Inbox| (from..inbox.len()).filter_map(move |index| inbox.get(index));
        inbox.into_iter().flat_map(entries).collect()
    }

    /// The first entry of a client's inbox that its connection of now has brought.
    pub fn connected_at(&self, client: &ClientName) -> usize {
        let state = self.player.state();
        state.clients.get(client).map_or(0, |c| c.connected_at)
    }

    /// Waits until `is_over`, which is asked whenever something comes, for as long as a server has for what it should
    /// do at once.
    pub async fn wait_until(&self, mut is_over: impl FnMut() -> bool) -> Waited {
        let deadline = Deadline::new(None, Instant::now(), self.player.conditions);
        loop {
            let seen = self.player.seen();
            if is_over() {
                return Waited::Over;
            }
            if deadline.has_passed() {
                return Waited::InVain;
            }
            self.player.news_until(&seen, &deadline).await;
        }
    }

    /// The same, but for no longer than silence has to last to be believed.
    pub async fn silence_until(
        &self,
        clients: &[ClientName],
        mut is_over: impl FnMut() -> bool,
    ) -> Waited {
        let look = || if is_over() { Err(()) } else { Ok(()) };
        match self.player.outlast(clients, look).await {
            Ok(()) => Waited::InVain,
            Err(()) => Waited::Over,
        }
    }

    /// All that was played.
    pub fn into_transcript(self) -> Transcript {
        self.player.into_transcript()
    }
}
