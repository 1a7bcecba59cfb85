//! How often a user may do something.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::protocol::UserId;
use crate::server::Rate;

/// With fewer buckets than this nothing is thrown away.
const FEW: usize = 1024;

/// A bucket of tokens. Each time something is done takes one out; they come back one by one.
///
/// It is all in one number: when the bucket will be full again. Each token that is missing puts
/// that off by the time in which one comes back. (Known as the generic cell rate algorithm, ITU-T
/// I.371.)
// ANCHOR: bucket
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    full_at: Instant,
}

impl Bucket {
    /// A full one.
    pub fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes a token out.
    ///
    /// # Errors
    /// When there is none: how long it takes until there is. The bucket then stays as it is.
    pub fn take(&mut self, now: Instant, rate: Rate) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + rate.refill;
        let longest = rate.refill * rate.capacity;
        match (full_at - now).checked_sub(longest) {
            None | Some(Duration::ZERO) => {
                self.full_at = full_at;
                Ok(())
            }
            Some(too_long) => Err(too_long),
        }
    }

    /// Whether it is full, and so the same as one that nobody has touched.
    pub fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}
// ANCHOR_END: bucket

/// A bucket for each user, whatever connections they have.
// ANCHOR: limiter
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    // Held for a few lines that only touch memory, and never across an `.await`.
    buckets: Mutex<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    of: HashMap<UserId, Bucket>,
    /// With so many, the full ones are thrown away.
    many: usize,
}

impl Limiter {
    /// All buckets are full.
    pub fn new(rate: Rate) -> Self {
        let buckets = Buckets {
            of: HashMap::new(),
            many: FEW,
        };
        Self {
            rate,
            buckets: Mutex::new(buckets),
        }
    }

    /// Takes a token out of a user's bucket.
    ///
    /// # Errors
    /// When there is none: how long it takes until there is.
    pub fn take(&self, user: &str, now: Instant) -> Result<(), Duration> {
        // A panic in one connection must not end all of them.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.of.get_mut(user) {
            return bucket.take(now, self.rate);
        }
        buckets.forget_full_ones(now);
        let mut bucket = Bucket::full(now);
        let taken = bucket.take(now, self.rate);
        buckets.of.insert(user.to_owned(), bucket);
        taken
    }
}

impl Buckets {
    /// Users come and go. Who has not been heard of for long has a full bucket, and needs none.
    fn forget_full_ones(&mut self, now: Instant) {
        if self.of.len() >= self.many {
            self.of.retain(|_, bucket| !bucket.is_full(now));
            // Each look at all of them is paid for by as many newcomers.
            self.many = FEW.max(self.of.len() * 2);
        }
    }
}
// ANCHOR_END: limiter
