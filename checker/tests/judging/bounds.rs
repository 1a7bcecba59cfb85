//! `within`, and whose fault a missed bound is.

use std::time::{Duration, Instant};

use checker::run::FailureKind::{Missing, NotSent, TooEarly, TooLate};

use crate::support::*;

/// Answers each text with itself, this much later.
async fn echoing_after(delay: Duration) -> Server {
    Server::upgrading(move |mut peer| async move {
        while let Some(text) = peer.receive_text().await {
            tokio::time::sleep(delay).await;
            peer.text(&text).await;
        }
        peer
    })
    .await
}

#[tokio::test]
async fn bounds_are_measured_from_the_event_of_the_line_above() {
    let server = echoing_after(Duration::from_millis(200)).await;
    let script = |within: &str| {
        format!(
            "alice connects /\nwait 100ms \"which does not count\"\nalice -> text \"a\"\nalice <- text \"a\" within {within}"
        )
    };
    play(&script("100ms..1s"), &server).await.passes();
    let early = play(&script("500ms..1s"), &server).await;
    early.fails(TooEarly, "alice <- text");
    assert!(
        early.because().starts_with("it came after 2"),
        "{}",
        early.because()
    );
    assert!(
        early.because().ends_with(" ms, sooner than 500 ms"),
        "{}",
        early.because()
    );
    let late = play(&script("50ms"), &server).await;
    late.fails(TooLate, "alice <- text");
    assert_eq!(late.because(), "nothing came for 50 ms");
}

#[tokio::test]
async fn what_lay_in_the_inbox_since_before_its_bound_was_too_early() {
    let server = Server::greeting(&["a", "b"]).await;
    play("alice connects /\nalice <- text \"a\"\nwait 200ms \"for b\"\nalice <- text \"b\" within 100ms..1s", &server)
        .await
        .fails(TooEarly, "alice <- text \"b\"");
}

#[tokio::test]
async fn a_line_without_a_bound_waits_two_seconds_times_the_factor() {
    let server = Server::greeting(&[]).await;
    let mut conditions = conditions(&server.target);
    conditions.timeout_factor = 0.25;
    let began = Instant::now();
    let failed = play_under("alice connects /\nalice <- text \"a\"", &conditions).await;
    failed.fails(Missing, "alice <- text");
    assert_eq!(failed.because(), "nothing came for 500 ms");
    assert!((500..1500).contains(&began.elapsed().as_millis()));
}

#[tokio::test]
async fn other_traffic_does_not_count_as_silence() {
    let server = Server::upgrading(async |mut peer| {
        for n in 0..40 {
            peer.text(&format!("{n}")).await;
            peer.stay_for(Duration::from_millis(20)).await;
        }
        peer
    })
    .await;
    let failed = play(
        "alice connects /\nalice <- text \"a\" within 400ms",
        &server,
    )
    .await;
    failed.fails(TooLate, "alice <- text");
    assert!(
        failed
            .because()
            .ends_with("nothing that matches came within 400 ms"),
        "{}",
        failed.because()
    );
}

#[tokio::test]
async fn what_a_server_says_is_waited_and_no_more_than_ten_seconds() {
    let server = Server::greeting(&["300"]).await;
    let played = play(
        "alice connects /\nalice <- $time\nwait $time \"as long as it said\"",
        &server,
    )
    .await;
    let took = played.passes().line("wait $time").took;
    let took = took.expect("it was done").as_millis();
    assert!((300..2000).contains(&took), "{took} ms");

    for wrong in ["86400000", "-1", "\"soon\""] {
        let server = Server::upgrading(async move |mut peer| {
            peer.text(wrong).await;
            peer
        })
        .await;
        let played = play(
            "alice connects /\nalice <- $time\nwait $time \"as long as it said\"",
            &server,
        )
        .await;
        played.fails(NotSent, "wait $time");
        assert_eq!(
            played.because(),
            format!(
                "`$time` must hold a whole number of milliseconds, at most 10000, but holds {wrong}"
            )
        );
    }
}

/// Blocks the whole runtime, as a machine does that is busy elsewhere.
fn stand_still_for(time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

#[tokio::test]
async fn a_bound_that_was_missed_while_the_grader_stood_still_is_inconclusive() {
    // The server shares the runtime, so the grader stands still with it.
    let server = Server::upgrading(async |mut peer| {
        while let Some(text) = peer.receive_text().await {
            stand_still_for(Duration::from_millis(600));
            peer.text(&text).await;
            peer.frame(CLOSE, 1000_u16.to_be_bytes()).await;
        }
        peer
    })
    .await;
    let bound = "alice connects /\nalice -> text \"a\"\nalice <- text \"a\" within 300ms";
    let played = play(bound, &server).await;
    assert_eq!(
        played.inconclusive(),
        "this machine was too busy to judge a time bound; run it again"
    );
    let closed = "alice connects /\nalice -> text \"a\"\nalice is closed within 300ms";
    play(closed, &server).await.inconclusive();
    let never = "alice connects /\nalice -> text \"a\"\nalice <- text \"b\" within 300ms";
    play(never, &server)
        .await
        .fails(Missing, "alice <- text \"b\"");
}

#[tokio::test]
async fn the_usual_patience_is_put_off_by_the_time_in_which_the_grader_stood_still() {
    let server = Server::upgrading(async |mut peer| {
        while let Some(text) = peer.receive_text().await {
            stand_still_for(Duration::from_millis(900));
            tokio::time::sleep(Duration::from_millis(400)).await;
            peer.text(&text).await;
        }
        peer
    })
    .await;
    let mut conditions = conditions(&server.target);
    conditions.timeout_factor = 0.5;
    play_under(
        "alice connects /\nalice -> text \"a\"\nalice <- text \"a\"",
        &conditions,
    )
    .await
    .passes();
}
