//! The window in which nothing forbidden may come, with more to do for both cores than they can.
//!
//! `CHECKER_LONG_TESTS=1` makes 200 trials of each.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking where its expectation was not met"
)]

#[path = "../judging/support.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use checker::run::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use support::*;

/// Each trial is to have the load that it makes itself, and no more.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const SCRIPT: &str =
    "alice connects /\nalice never <- text \"bad\"\nalice -> text \"go\"\nalice <- text \"good\"";

fn trials() -> usize {
    match std::env::var_os("CHECKER_LONG_TESTS") {
        Some(_) => 200,
        None => 20,
    }
}

/// Threads that never rest, until this is dropped.
struct Busy {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    fn new() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..3)
            .map(|_| {
                let stop = Arc::clone(&stop);
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                })
            })
            .collect();
        Self { stop, threads }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

/// What a server does with a text message: it answers at once, and from another task later, if at all.
#[derive(Clone, Copy)]
struct Behaviour {
    bad_after: Option<Duration>,
    answers_pings: bool,
}

/// A server on a runtime of its own, as it would be in a process of its own.
struct Apart {
    server: Server,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn serve(behaviour: Behaviour) -> Apart {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::start(move |request| async move {
        converse(request.upgrade().await, behaviour).await;
    }));
    Apart {
        server,
        runtime: Some(runtime),
    }
}

async fn converse(peer: Peer, behaviour: Behaviour) {
    let (read_half, mut write_half) = peer.tcp.into_split();
    let (outbox, mut outgoing) = mpsc::unbounded_channel::<Vec<u8>>();
    tokio::spawn(async move {
        while let Some(bytes) = outgoing.recv().await {
            let _ = write_half.write_all(&bytes).await;
        }
    });
    let mut frames = Frames(read_half);
    while let Some((first, payload)) = frames.next().await {
        match first {
            PING if behaviour.answers_pings => outbox.send(frame(PONG, payload)).unwrap(),
            TEXT => {
                if let Some(delay) = behaviour.bad_after {
                    let outbox = outbox.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(delay).await;
                        let _ = outbox.send(frame(TEXT, "bad"));
                    });
                }
                outbox.send(frame(TEXT, "good")).unwrap();
            }
            _ => {}
        }
    }
}

/// Short masked frames.
struct Frames(tokio::net::tcp::OwnedReadHalf);

impl Frames {
    async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.0.read_u8().await.ok()?;
        let length = self.0.read_u8().await.ok()? & 0x7f;
        let mut mask = [0; 4];
        self.0.read_exact(&mut mask).await.ok()?;
        let mut payload = vec![0; usize::from(length)];
        self.0.read_exact(&mut payload).await.ok()?;
        for (index, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[index % 4];
        }
        Some((first, payload))
    }
}

/// Plays the script again and again while both cores are busy; the outcomes that were not expected, and how long each took.
fn try_out(behaviour: Behaviour, expected: &Outcome) -> (usize, Vec<Duration>) {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let apart = serve(behaviour);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let _busy = Busy::new();
    // As in a grade, one clock for all.
    let conditions = runtime.block_on(async { conditions(&apart.server.target) });
    let mut wrong = 0;
    let mut took = Vec::new();
    for _ in 0..trials() {
        let began = Instant::now();
        let played = runtime.block_on(play_under(SCRIPT, &conditions));
        took.push(began.elapsed());
        if played.outcome != *expected {
            wrong += 1;
        }
    }
    took.sort();
    eprintln!(
        "{} trials, {wrong} wrong: median {:?}, longest {:?}",
        took.len(),
        took[took.len() / 2],
        took[took.len() - 1]
    );
    (wrong, took)
}

#[test]
fn a_forbidden_message_that_comes_up_to_45_ms_late_is_always_found() {
    for delay in [0, 20, 45] {
        let behaviour = Behaviour {
            bad_after: Some(Duration::from_millis(delay)),
            answers_pings: true,
        };
        let (wrong, _) = try_out(behaviour, &Outcome::Failed);
        assert_eq!(wrong, 0, "after {delay} ms");
    }
}

#[test]
fn a_server_that_answers_no_pings_is_judged_as_surely() {
    let behaviour = Behaviour {
        bad_after: Some(Duration::from_millis(45)),
        answers_pings: false,
    };
    let (wrong, _) = try_out(behaviour, &Outcome::Failed);
    assert_eq!(wrong, 0);
}

#[test]
fn a_right_server_passes_however_busy_the_machine_is_and_costs_little() {
    for answers_pings in [true, false] {
        let behaviour = Behaviour {
            bad_after: None,
            answers_pings,
        };
        let (wrong, took) = try_out(behaviour, &Outcome::Passed);
        assert_eq!(wrong, 0, "answers pings: {answers_pings}");
        let median = took[took.len() / 2];
        assert!(median < Duration::from_secs(2), "{median:?}");
    }
}

#[test]
fn a_server_that_answers_no_pings_costs_at_most_twice_the_window() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let apart = serve(Behaviour {
        bad_after: None,
        answers_pings: false,
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let took = (0..5).map(|_| {
        let began = Instant::now();
        runtime.block_on(play(SCRIPT, &apart.server)).passes();
        began.elapsed()
    });
    let shortest = took.min().unwrap();
    assert!(shortest >= Duration::from_millis(100), "{shortest:?}");
    // Twice the least window, if the machine is idle; no other bound holds on one that is not.
    assert!(shortest < Duration::from_secs(2), "{shortest:?}");
}
