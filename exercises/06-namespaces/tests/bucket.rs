//! A bucket's arithmetic, with a clock that is passed in.

use std::time::{Duration, Instant};

use namespaces::bucket::Bucket;
use namespaces::server::Rate;
use proptest::collection::vec;
use proptest::prelude::*;

fn rate(capacity: u32, refill_ms: u64) -> Rate {
    Rate {
        capacity,
        refill: Duration::from_millis(refill_ms),
    }
}

/// The page's words, one by one: how many were taken since the bucket was full for the last time,
/// and when that was.
struct Model {
    rate: Rate,
    full_at: Instant,
    taken: u32,
}

impl Model {
    /// How many are missing.
    fn missing(&mut self, now: Instant) -> u32 {
        let back = (now - self.full_at).as_nanos() / self.rate.refill.as_nanos();
        if back >= u128::from(self.taken) {
            self.full_at = now;
            self.taken = 0;
            return 0;
        }
        self.taken - u32::try_from(back).expect("less than were taken")
    }

    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        if self.missing(now) < self.rate.capacity {
            self.taken += 1;
            return Ok(());
        }
        let comes_back = self.taken - self.rate.capacity + 1;
        Err(self.full_at + self.rate.refill * comes_back - now)
    }
}

#[graded::test]
fn a_full_bucket_gives_as_many_as_it_holds() {
    let now = Instant::now();
    let mut bucket = Bucket::full(now);
    for _ in 0..3 {
        assert_eq!(bucket.take(now, rate(3, 1000)), Ok(()));
    }
    let wait = Err(Duration::from_secs(1));
    assert_eq!(bucket.take(now, rate(3, 1000)), wait);
    assert_eq!(bucket.take(now, rate(3, 1000)), wait, "a refusal is free");
}

#[graded::test]
fn it_never_holds_more_however_long_nobody_asks() {
    let start = Instant::now();
    let mut bucket = Bucket::full(start);
    let later = start + Duration::from_secs(86_400);
    for _ in 0..3 {
        assert_eq!(bucket.take(later, rate(3, 1000)), Ok(()));
    }
    let wait = Err(Duration::from_secs(1));
    assert_eq!(bucket.take(later, rate(3, 1000)), wait);
}

#[graded::test]
fn the_next_token_does_not_wait_for_the_last_to_be_taken() {
    let start = Instant::now();
    let after = |milliseconds| start + Duration::from_millis(milliseconds);
    let mut bucket = Bucket::full(start);
    assert_eq!(bucket.take(start, rate(2, 1000)), Ok(()));
    assert_eq!(bucket.take(after(900), rate(2, 1000)), Ok(()));
    let wait = Err(Duration::from_millis(100));
    assert_eq!(bucket.take(after(900), rate(2, 1000)), wait);
}

proptest! {
    #[graded::test]
    fn it_does_what_the_page_says(
        capacity in 1..6_u32,
        refill in 1..2000_u64,
        pauses in vec(prop_oneof![Just(0), 0..4_000_000_u64, 0..10_000_000_000_u64], 1..60),
    ) {
        let rate = rate(capacity, refill);
        let mut now = Instant::now();
        let mut bucket = Bucket::full(now);
        let mut model = Model { rate, full_at: now, taken: 0 };
        for pause in pauses {
            now += Duration::from_nanos(pause);
            prop_assert_eq!(bucket.is_full(now), model.missing(now) == 0);
            prop_assert_eq!(bucket.take(now, rate), model.take(now));
        }
    }

    #[graded::test]
    fn who_waits_that_long_is_let_through_and_who_waits_less_is_not(
        capacity in 1..6_u32,
        refill in 1..2000_u64,
        pauses in vec(0..500_000_000_u64, 1..40),
    ) {
        let rate = rate(capacity, refill);
        let mut now = Instant::now();
        let mut bucket = Bucket::full(now);
        for pause in pauses {
            now += Duration::from_nanos(pause);
            if let Err(wait) = bucket.take(now, rate) {
                let [mut too_early, mut in_time] = [bucket; 2];
                let almost = wait - Duration::from_nanos(1);
                prop_assert_eq!(too_early.take(now + almost, rate), Err(Duration::from_nanos(1)));
                prop_assert_eq!(in_time.take(now + wait, rate), Ok(()));
            }
        }
    }
}
