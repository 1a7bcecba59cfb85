//! How long to wait before the next attempt.

use std::time::Duration;

use lifecycle::backoff::Backoff;

const BASE: Duration = Duration::from_millis(100);
const CAP: Duration = Duration::from_millis(700);
/// So many clients lose their connection in the same instant.
const CLIENTS: usize = 300;

/// The wait of each client after so many failures before it, the shortest first.
fn waits(failures: usize) -> Vec<Duration> {
    let waits = (0..CLIENTS).filter_map(|_| {
        let mut backoff = Backoff::new(BASE, CAP);
        (0..=failures).map(|_| backoff.next_wait()).last()
    });
    let mut waits: Vec<Duration> = waits.collect();
    waits.sort();
    waits
}

/// With 300 clients, chance fails this once in 10^13 runs.
#[track_caller]
fn spread_up_to(bound: Duration, waits: &[Duration]) {
    let (shortest, longest) = (waits[0], waits[waits.len() - 1]);
    assert!(longest <= bound, "{longest:?} is more than {bound:?}");
    assert!(shortest < bound / 10, "none is shorter than {shortest:?}");
    assert!(longest > bound * 9 / 10, "none is longer than {longest:?}");
}

#[graded::test]
fn the_first_waits_are_spread_from_nothing_to_the_base() {
    spread_up_to(BASE, &waits(0));
}

#[graded::test]
fn the_bound_doubles_with_each_failure() {
    spread_up_to(BASE * 2, &waits(1));
    spread_up_to(BASE * 4, &waits(2));
}

#[graded::test]
fn no_wait_is_longer_than_the_cap_however_often_it_fails() {
    for failures in [3, 31, 32, 63, 64, 200] {
        spread_up_to(CAP, &waits(failures));
    }
}

#[graded::test]
fn success_begins_anew() {
    let waits = (0..CLIENTS).map(|_| {
        let mut backoff = Backoff::new(BASE, CAP);
        (0..5).for_each(|_| {
            backoff.next_wait();
        });
        backoff.reset();
        backoff.next_wait()
    });
    let mut waits: Vec<Duration> = waits.collect();
    waits.sort();
    spread_up_to(BASE, &waits);
}
