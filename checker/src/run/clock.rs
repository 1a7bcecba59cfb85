//! The grader's own clock: how long this process itself did not get to run.
//!
//! A server must not pay for a machine that was busy elsewhere, so deadlines that only failures meet are put off by
//! the time in which the grader stood still, and a missed time bound in which it stood still proves nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

/// How often the clock looks.
const TICK: Duration = Duration::from_millis(5);
/// Being later than this is a stall.
const TOLERANCE: Duration = Duration::from_millis(10);
/// Timers go by whole milliseconds: being so late says nothing about the machine.
const USUAL: Duration = Duration::from_millis(2);
/// How far back [`Clock::lateness`] looks.
const LATELY: Duration = Duration::from_secs(1);

/// Notices when the grader stood still. It stops when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    watch: Arc<Mutex<Watch>>,
    ticker: AbortHandle,
}

#[derive(Debug)]
struct Watch {
    /// In order, without overlaps.
    stalls: Vec<Stall>,
    /// The looks of the last second that came later than usual, and by how much.
    late: VecDeque<(Instant, Duration)>,
    /// When the clock is to look next. If that is long ago, the grader has only just begun to run again.
    due: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Stall {
    from: Instant,
    to: Instant,
}

impl Clock {
    /// Starts the clock on the current runtime.
    pub fn start() -> Self {
        let watch = Arc::new(Mutex::new(Watch {
            stalls: Vec::new(),
            late: VecDeque::new(),
            due: Instant::now() + TICK,
        }));
        let ticker = tokio::spawn(tick(Arc::clone(&watch))).abort_handle();
        Self {
            inner: Arc::new(Inner { watch, ticker }),
        }
    }

    /// For how long the grader stood still between two moments.
    pub fn stalled(&self, from: Instant, to: Instant) -> Duration {
        let watch = lock(&self.inner.watch);
        let unnoticed = watch.stall(Instant::now());
        watch
            .stalls
            .iter()
            .rev()
            .take_while(|stall| stall.to > from)
            .chain(&unnoticed)
            .map(|stall| {
                stall
                    .to
                    .min(to)
                    .saturating_duration_since(stall.from.max(from))
            })
            .sum()
    }

    /// The longest that the grader had to wait in the last second before it got to run: how busy the machine is.
    pub fn lateness(&self) -> Duration {
        let watch = lock(&self.inner.watch);
        let now = Instant::now();
        let lately = watch.late.iter().filter(|(at, _)| now - *at < LATELY);
        let longest = lately.map(|(_, late)| *late).max().unwrap_or_default();
        let unnoticed = now.saturating_duration_since(watch.due);
        longest.max(if unnoticed > USUAL {
            unnoticed
        } else {
            Duration::ZERO
        })
    }
}

impl Watch {
    /// The stall that ends now, if there is one.
    fn stall(&self, now: Instant) -> Option<Stall> {
        let late = now.saturating_duration_since(self.due);
        (late > TOLERANCE).then_some(Stall {
            from: self.due,
            to: now,
        })
    }

    /// Writes down how late this look is.
    fn look(&mut self, now: Instant) {
        let stall = self.stall(now);
        self.stalls.extend(stall);
        let late = now.saturating_duration_since(self.due);
        if late > USUAL {
            self.late.push_back((now, late));
        }
        while self.late.front().is_some_and(|(at, _)| now - *at >= LATELY) {
            self.late.pop_front();
        }
        self.due = now + TICK;
    }
}

fn lock(watch: &Mutex<Watch>) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.ticker.abort();
    }
}

async fn tick(watch: Arc<Mutex<Watch>>) {
    loop {
        let due = lock(&watch).due;
        tokio::time::sleep_until(due.into()).await;
        let mut watch = lock(&watch);
        let now = Instant::now();
        watch.look(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_blocked_runtime_is_a_stall_and_a_free_one_is_not() {
        let clock = Clock::start();
        tokio::task::yield_now().await;
        let before = Instant::now();
        let busy_until = before + Duration::from_millis(100);
        while Instant::now() < busy_until {
            std::hint::spin_loop();
        }
        let at_once = clock.stalled(before, busy_until);
        assert!(at_once >= Duration::from_millis(70), "{at_once:?}");
        // Two ticks: the one that was late, and one more so that it has been written down.
        tokio::time::sleep(TICK * 2).await;
        let afterwards = clock.stalled(before, busy_until);
        assert!(afterwards >= at_once, "{afterwards:?}");
        assert!(clock.lateness() >= at_once);
        assert_eq!(clock.stalled(before - TICK, before), Duration::ZERO);
    }
}
