//! The grader's own clock: how long this process itself did not get to run.
//!
//! A server must not pay for a machine that was busy elsewhere, so deadlines that only failures meet are put off by
//! the time in which the grader stood still, and a missed time bound in which it stood still proves nothing.

use std::sync::{Arc, Mutex, PoisonError};
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
    stalls: Arc<Mutex<Vec<Stall>>>,
    ticker: AbortHandle,
}

#[derive(Debug, Clone, Copy)]
struct Stall {
    from: Instant,
    to: Instant,
}

impl Clock {
    /// Starts the clock on the current runtime.
    pub fn start() -> Self {
        let stalls = Arc::new(Mutex::new(Vec::new()));
        let ticker = tokio::spawn(tick(Arc::clone(&stalls))).abort_handle();
        Self {
            inner: Arc::new(Inner { stalls, ticker }),
        }
    }

    /// For how long the grader stood still between two moments.
    pub fn stalled(&self, from: Instant, to: Instant) -> Duration {
        let stalls = self
            .inner
            .stalls
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        stalls
            .iter()
            .rev()
            .take_while(|stall| stall.to > from)
            .map(|stall| {
                stall
                    .to
                    .min(to)
                    .saturating_duration_since(stall.from.max(from))
            })
            .sum()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.ticker.abort();
    }
}

async fn tick(stalls: Arc<Mutex<Vec<Stall>>>) {
    loop {
        let due = Instant::now() + TICK;
        tokio::time::sleep_until(due.into()).await;
        let now = Instant::now();
        if now.saturating_duration_since(due) > TOLERANCE {
            stalls
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Stall { from: due, to: now });
        }
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
        // Two ticks: the one that was late, and one more so that it has been written down.
        tokio::time::sleep(TICK * 2).await;
        assert!(clock.stalled(before, busy_until) >= Duration::from_millis(70));
        assert_eq!(clock.stalled(before - TICK, before), Duration::ZERO);
    }
}
