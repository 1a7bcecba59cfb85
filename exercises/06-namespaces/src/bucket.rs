//! How often a user may do something.
//!
//! Checks: `bucket` (13), `limit` to `not-done` (14), `countdown` to `capacity` (14).

use std::time::{Duration, Instant};

use crate::server::Rate;

/// A bucket of tokens. Each time something is done takes one out; they come back one by one.
///
/// Add what it must remember: how many are there, and since when the next one is coming. Or, which
/// is less than that, when it will be full again. It reads no clock: `now` is always given.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {}

impl Bucket {
    /// **13.** A full one.
    pub fn full(now: Instant) -> Self {
        todo!("make a bucket that is full at {now:?}")
    }

    /// **13.** Takes a token out, if there is one. See the page for how they come back.
    ///
    /// # Errors
    /// When there is none: how long it takes until there is. The bucket then stays as it is.
    pub fn take(&mut self, now: Instant, rate: Rate) -> Result<(), Duration> {
        todo!("take a token at {now:?}, with {rate:?}")
    }

    /// **13.** Whether it is full, and so the same as one that nobody has touched.
    pub fn is_full(&self, now: Instant) -> bool {
        todo!("tell whether it is full at {now:?}")
    }
}

/// A bucket for each user, whatever connections they have.
///
/// Add the buckets, behind one `std::sync::Mutex`.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
}

impl Limiter {
    /// All buckets are full.
    pub fn new(rate: Rate) -> Self {
        Self { rate }
    }

    /// **14.** Takes a token out of a user's bucket.
    ///
    /// Users come and go: a bucket that is full need not be kept. When there are many, throw the
    /// full ones away.
    ///
    /// # Errors
    /// When there is none: how long it takes until there is.
    pub fn take(&self, user: &str, now: Instant) -> Result<(), Duration> {
        let _ = now;
        todo!("take a token of {user}, with {:?}", self.rate)
    }
}
