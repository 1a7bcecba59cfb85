//! The grader's own clock: how long this process itself did not get to run.
//!
//! A server must not pay for a machine that was busy elsewhere, so deadlines that only failures meet are put off by
//! the time in which the grader stood still, and a missed time bound in which it stood still proves nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

/// How often the clock looks.
const TICK: Duration = Duration::from_millis(5);
/// Being later than this is a stall.
const TOLERANCE: Duration = Duration::from_millis(10);

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
        let unnoticed = watch.late(Instant::now());
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
}

impl Watch {
    /// The stall that ends now, if there is one.
    fn late(&self, now: Instant) -> Option<Stall> {
        let late = now.saturating_duration_since(self.due);
        (late > TOLERANCE).then_some(Stall {
            from: self.due,
            to: now,
        })
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
        let late = watch.late(now);
        watch.stalls.extend(late);
        watch.due = now + TICK;
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
        assert_eq!(clock.stalled(before - TICK, before), Duration::ZERO);
    }
}
