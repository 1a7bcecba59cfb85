//! How long to wait before the next attempt.
//!
//! Check: `backoff` (19).

use std::time::Duration;

/// Waits that grow with each failure, each of them random ("exponential backoff with full jitter").
///
/// Add what it must remember.
#[derive(Debug)]
pub struct Backoff {}

impl Backoff {
    /// **19.** The first wait is at most `base`, the second at most twice that, and so on; none is
    /// longer than `cap`.
    pub fn new(base: Duration, cap: Duration) -> Self {
        let _ = (base, cap);
        Self {}
    }

    /// **19.** The next wait: any length up to the bound, each as likely as the others
    /// (`fastrand::f64`). However often it fails, nothing must overflow.
    pub fn next_wait(&mut self) -> Duration {
        todo!("choose the next wait")
    }

    /// **19.** An attempt has succeeded: the next wait is a first one.
    pub fn reset(&mut self) {
        todo!("begin anew")
    }
}
