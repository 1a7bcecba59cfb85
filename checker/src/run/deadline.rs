//! Until when a line waits, and whether it was in time.

use std::time::{Duration, Instant};

use super::player::{Played, Player, Stop};
use super::state::ExchangeId;
use super::transcript::{Failure, FailureKind};
use super::{Clock, Conditions, show};
use crate::notation::ast::Within;

/// For what is given up by [`Player::patiently`] and not by itself.
pub(super) const NO_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Until when a line waits.
pub(super) struct Deadline<'c> {
    from: Instant,
    length: Duration,
    bound: bool,
    clock: &'c Clock,
}

impl<'c> Deadline<'c> {
    /// The upper bound of `within`, measured from the event of the line above; without one, the usual patience from now.
    pub(super) fn new(
        within: Option<&Within>,
        anchor: Instant,
        conditions: &'c Conditions,
    ) -> Self {
        match within {
            Some(within) => Self {
                from: anchor,
                length: Duration::from(within.to).mul_f64(conditions.timeout_factor),
                bound: true,
                clock: &conditions.clock,
            },
            None => Self {
                from: Instant::now(),
                length: conditions.patience(),
                bound: false,
                clock: &conditions.clock,
            },
        }
    }

    /// When it passes. It is put off by what the grader itself stood still: what comes before that may have been in time,
    /// and what has not come by then was not.
    pub(super) fn due(&self) -> Instant {
        let stalled = self.clock.stalled(self.from, Instant::now());
        self.from + self.length + stalled.min(self.length * 4)
    }

    /// How long it is until then.
    pub(super) fn left(&self) -> Duration {
        self.due().saturating_duration_since(Instant::now())
    }

    pub(super) fn has_passed(&self) -> bool {
        Instant::now() >= self.due()
    }

    /// Returns when it has passed.
    pub(super) async fn passed(&self) {
        while !self.has_passed() {
            tokio::time::sleep_until(self.due().into()).await;
        }
    }

    pub(super) fn kind(&self) -> FailureKind {
        if self.bound {
            FailureKind::TooLate
        } else {
            FailureKind::Missing
        }
    }

    /// What to say of a wait in which nothing fitting came. `last` is when the last message came, if any did.
    pub(super) fn describe(&self, last: Option<Instant>) -> String {
        let length = show::duration(self.length);
        match last {
            None => format!("nothing came for {length}"),
            Some(at) if at.saturating_duration_since(self.from) < self.length / 10 => {
                format!("then nothing for {length}")
            }
            Some(_) => format!("nothing that matches came within {length}"),
        }
    }

    /// How long it was, for people.
    pub(super) fn shown(&self) -> String {
        show::duration(self.length)
    }
}

impl Player<'_> {
    /// What a server has to do at once. Nothing if it does not.
    pub(super) async fn patiently<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let deadline = Deadline::new(None, Instant::now(), self.conditions);
        tokio::select! {
            biased;
            done = work => Some(done),
            () = deadline.passed() => None,
        }
    }

    /// Was it within the bounds?
    pub(super) fn judge_bounds(
        &self,
        exchange: ExchangeId,
        within: &Within,
        anchor: Instant,
        at: Instant,
    ) -> Played {
        let took = at.saturating_duration_since(anchor);
        let clock = &self.conditions.clock;
        let to: Duration = Duration::from(within.to).mul_f64(self.conditions.timeout_factor);
        if took > to {
            if clock.stalled(anchor, at) > took - to {
                return Err(too_slow_a_machine());
            }
            let because = format!(
                "it came after {}, later than {}",
                show::duration(took),
                show::duration(to)
            );
            return Err(self.fail(exchange, Failure::new(FailureKind::TooLate, because)));
        }
        let from = within.from.map_or(Duration::ZERO, Duration::from);
        if took < from {
            // The event of the line above may have been stamped late.
            let before = anchor.checked_sub(from).unwrap_or(anchor);
            let acted = self.state().last_action.min(anchor);
            let came = Early {
                took,
                since_action: at.saturating_duration_since(acted),
                stalled: clock.stalled(before, at),
                lateness: clock.lateness(),
            };
            if !came.proves_a_mistake(from) {
                return Err(too_slow_a_machine());
            }
            let because = format!(
                "it came after {}, sooner than {}",
                show::duration(took),
                show::duration(from)
            );
            return Err(self.fail(exchange, Failure::new(FailureKind::TooEarly, because)));
        }
        Ok(())
    }
}

/// What came sooner after the event of the line above than it should have.
#[derive(Debug, Clone, Copy)]
struct Early {
    took: Duration,
    /// How long after the last thing that was done to the server.
    since_action: Duration,
    /// For how long the grader stood still before it came.
    stalled: Duration,
    /// How busy the machine is.
    lateness: Duration,
}

impl Early {
    /// Whether the server is to blame for it.
    ///
    /// It is not when the event of the line above was read late, or sent late on a machine on which nobody gets to run:
    /// that event was due at some time since the last action.
    fn proves_a_mistake(self, from: Duration) -> bool {
        let read_late = self.stalled > from - self.took;
        let sent_late = self.lateness > Duration::ZERO && self.since_action >= from;
        !read_late && !sent_late
    }
}

fn too_slow_a_machine() -> Stop {
    Stop::Inconclusive("this machine was too busy to judge a time bound; run it again".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_message_is_a_mistake_unless_the_one_before_it_was_late() {
        const FROM: Duration = Duration::from_millis(150);
        let ms = Duration::from_millis;
        // took, since the last action, stalled, lateness
        for (case, expected) in [
            ([0, 1, 0, 0], true),
            ([0, 149, 0, 40], true),
            ([100, 101, 40, 0], true),
            ([0, 300, 0, 0], true),
            ([0, 300, 0, 40], false),
            ([100, 101, 60, 0], false),
        ] {
            let [took, since_action, stalled, lateness] = case.map(ms);
            let early = Early {
                took,
                since_action,
                stalled,
                lateness,
            };
            assert_eq!(early.proves_a_mistake(FROM), expected, "{early:?}");
        }
    }
}
