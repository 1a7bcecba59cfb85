//! How long silence has to last before it is believed.
//!
//! Silence is judged at the end of its scope, after a window in which no forbidden message may come. A message that
//! follows on the same connection is no substitute: another task's broadcast can be overtaken.
//!
//! ```text
//! scope ends            window                         believed
//!     |-- ping -- ping -- ping -- ping -- ping -- ping --|
//! ```
//!
//! The pings measure how slow the server is just now, and the slowest of them stretches the window: a server that did not
//! get to run has still to do what it had to do. How busy the machine is stretches it too. The last one is sent when the window is over, so that none of it is
//! spent by a server that stands still.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::player::{Played, Player};
use super::prohibition::Prohibition;
use super::state::{ClientState, State};
use crate::actor::Link;
use crate::notation::ast::ClientName;

/// The least window.
const LEAST_WINDOW: Duration = Duration::from_millis(50);
/// The window is so many times the slowest round trip.
const ROUND_TRIPS: u32 = 20;
/// Of the round trips before the window, so many of the last count.
const RECENT: usize = 4;
/// On a busy machine the window is longer by so many times what the grader itself had to wait before it got to run. A
/// server that answers pings at once can still be late with a timer of its own.
const LATENESSES: u32 = 4;
/// The most that the window grows to, however slow the server.
const GREATEST_WINDOW: Duration = Duration::from_secs(5);
/// From a pong to the next ping.
const PAUSE: Duration = Duration::from_millis(10);

impl State {
    /// Remembers how long an answer took.
    pub(super) fn note_round_trip(&mut self, took: Duration) {
        if self.round_trips.len() == RECENT {
            self.round_trips.remove(0);
        }
        self.round_trips.push(took);
    }
}

impl Player<'_> {
    /// Waits for the silence that all prohibitions demand.
    pub(super) async fn judge_all(&self) -> Played {
        self.judge(|_| true).await
    }

    /// Waits for the silence that some of the prohibitions demand.
    pub(super) async fn judge(&self, which: impl Fn(&Prohibition) -> bool) -> Played {
        self.find_violated()?;
        let mut watched: Vec<ClientName> = {
            let state = self.state();
            let prohibitions = state.prohibitions.iter().filter(|p| which(p));
            prohibitions.map(|p| p.client.clone()).collect()
        };
        if watched.is_empty() {
            return Ok(());
        }
        watched.sort();
        watched.dedup();
        self.outlast(&watched, || self.find_violated()).await
    }

    /// Waits for as long as silence has to last. `look` is called whenever something comes, and ends the wait with an
    /// error.
    pub(super) async fn outlast<E>(
        &self,
        watched: &[ClientName],
        mut look: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        let began = Instant::now();
        let (connections, unanswering, before) = {
            let state = self.state();
            let clients: Vec<&ClientState> = watched
                .iter()
                .filter_map(|name| state.clients.get(name))
                .collect();
            let links = clients
                .iter()
                .filter_map(|client| client.connection.clone());
            let (connections, streams): (Vec<Arc<Link>>, Vec<_>) =
                links.partition(|link| matches!(**link, Link::WebSocket(_)));
            let unanswering =
                !streams.is_empty() || clients.iter().any(|client| client.asked.is_some());
            let before = state.round_trips.iter().max().copied();
            (connections, unanswering, before.unwrap_or_default())
        };
        if connections.is_empty() && unanswering {
            self.wait_out(before, began, &mut look).await?;
            return look();
        }
        let mut slowest = None;
        loop {
            // A server that answers no pings is given twice the window that its other answers ask for.
            let patience = self.window(slowest.unwrap_or(before), began) * 2;
            let pinged = ping(&connections, patience);
            let answered = self.unless_over(pinged, &mut look).await?;
            let Some(took) = answered else { break };
            let round_trip = slowest.unwrap_or_default().max(took);
            slowest = Some(round_trip);
            let due = began + self.window(round_trip, began);
            let now = Instant::now();
            if now >= due {
                break;
            }
            let pause = PAUSE.min(due - now);
            self.unless_over(tokio::time::sleep(pause), &mut look)
                .await?;
        }
        look()
    }

    /// Where there is nobody to ping, as on a server that answers no pings.
    async fn wait_out<E>(
        &self,
        round_trip: Duration,
        began: Instant,
        look: &mut impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            let due = began + self.window(round_trip, began) * 2;
            let now = Instant::now();
            if now >= due {
                return Ok(());
            }
            self.unless_over(tokio::time::sleep(PAUSE.min(due - now)), look)
                .await?;
        }
    }

    /// How long silence that began then has to last, with a server that answers as slowly as this.
    fn window(&self, round_trip: Duration, began: Instant) -> Duration {
        let window = (round_trip * ROUND_TRIPS).clamp(LEAST_WINDOW, GREATEST_WINDOW);
        let clock = &self.conditions.clock;
        let stalled = clock.stalled(began, Instant::now());
        let busy = clock.lateness() * LATENESSES;
        window + stalled.min(window) + busy.min(window)
    }

    /// Does something, unless what comes meanwhile ends it.
    async fn unless_over<T, E>(
        &self,
        done: impl Future<Output = T>,
        look: &mut impl FnMut() -> Result<(), E>,
    ) -> Result<T, E> {
        let mut done = std::pin::pin!(done);
        loop {
            let seen = self.seen();
            look()?;
            tokio::select! {
                biased;
                done = &mut done => return Ok(done),
                () = self.news(&seen) => {}
            }
        }
    }
}

/// How long the slowest of these connections takes to answer a ping, if one answers in time.
async fn ping(connections: &[Arc<Link>], patience: Duration) -> Option<Duration> {
    let pings = connections
        .iter()
        .map(|connection| connection.round_trip(patience));
    join_all(pings).await.into_iter().flatten().max()
}
