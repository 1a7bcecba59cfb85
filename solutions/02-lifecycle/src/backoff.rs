//! How long to wait before the next attempt.

use std::time::Duration;

/// Waits that grow with each failure, each of them random ("exponential backoff with full jitter").
// ANCHOR: backoff
#[derive(Debug)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    failures: u32,
}

impl Backoff {
    /// The first wait is at most `base`, the second at most twice that, and so on; none is longer
    /// than `cap`.
    pub fn new(base: Duration, cap: Duration) -> Self {
        Self {
            base,
            cap,
            failures: 0,
        }
    }

    /// The next wait: any length up to the bound, each as likely as the others.
    pub fn next_wait(&mut self) -> Duration {
        let factor = 2_u32.saturating_pow(self.failures);
        let bound = self.base.saturating_mul(factor).min(self.cap);
        self.failures = self.failures.saturating_add(1);
        bound.mul_f64(fastrand::f64())
    }

    /// An attempt has succeeded: the next wait is a first one.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}
// ANCHOR_END: backoff
