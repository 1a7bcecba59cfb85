//! HTTP requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use checker::run::FailureKind::{Missing, NotSent, TooEarly};

use crate::support::*;

/// Says what was asked.
async fn reflecting() -> Server {
    Server::start(async |request| {
        let said = format!(
            "{} | {} | {}",
            request.line(),
            request.header("content-type").unwrap_or_default(),
            String::from_utf8_lossy(&request.body)
        );
        request.respond(200, said).await;
    })
    .await
}

#[tokio::test]
async fn requests_go_out_as_they_are_written() {
    let server = reflecting().await;
    for (line, said) in [
        ("alice GET /a?b=c", "GET /a?b=c |  | "),
        (
            "alice POST /a {\"x\": 1}",
            "POST /a | application/json | {\"x\":1}",
        ),
        (
            "alice PUT /a text \"t\"",
            "PUT /a | text/plain; charset=utf-8 | t",
        ),
        (
            "alice PATCH /a bytes hex \"41\"",
            "PATCH /a | application/octet-stream | A",
        ),
        (
            "alice DELETE /a with header \"Content-Type: x/y\"",
            "DELETE /a | x/y | ",
        ),
    ] {
        play(
            &format!("{line} => 200 text \"{}\"", said.replace('"', "\\\"")),
            &server,
        )
        .await
        .passes();
    }
}

#[tokio::test]
async fn status_and_body_are_judged_and_bind() {
    let server = Server::start(async |request| {
        let status = if request.line().starts_with("GET") {
            200
        } else {
            422
        };
        request.respond(status, r#"{"id":"a","n":[1,2]}"#).await;
    })
    .await;
    play(
        "alice GET / => 200 {\"id\": $id, ...}\nalice POST / {\"id\": $id} => 400 | 422",
        &server,
    )
    .await
    .passes();
    play("alice GET /", &server).await.passes();
    let failed = play("alice POST / {} => 200 {\"id\": string, ...}", &server).await;
    failed.fails(Missing, "alice POST");
    assert_eq!(
        failed.because(),
        "the server answered 422 {\"id\":\"a\",\"n\":[1,2]}, not 200"
    );
    let failed = play("alice GET / => 200 {\"n\": [1, 3], ...}", &server).await;
    failed.fails(Missing, "alice GET");
    assert_eq!(
        failed.because(),
        "{\"id\":\"a\",\"n\":[1,2]}: n[1]: expected 3"
    );
}

#[tokio::test]
async fn a_get_with_a_bound_asks_again_until_the_response_matches() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start(move |request| {
        let count = Arc::clone(&count);
        async move {
            let n = count.fetch_add(1, Ordering::Relaxed);
            request.respond(200, format!("[{n}]")).await;
        }
    })
    .await;
    play("alice GET / => 200 [5] within 2s", &server)
        .await
        .passes();
    asked.store(0, Ordering::Relaxed);
    play("alice GET / => 200 [2] within 1s..2s", &server)
        .await
        .fails(TooEarly, "alice GET");
    asked.store(0, Ordering::Relaxed);
    let failed = play("alice GET / => 200 [-1] within 200ms", &server).await;
    failed.fails(Missing, "alice GET");
    assert!(asked.load(Ordering::Relaxed) > 2);
}

#[tokio::test]
async fn a_server_that_gives_no_response_fails_in_bounded_time() {
    let silent = Server::start(async |request| {
        let _kept = request;
        std::future::pending().await
    })
    .await;
    let began = Instant::now();
    let failed = play("alice GET / => 200", &silent).await;
    failed.fails(NotSent, "alice GET");
    assert_eq!(failed.because(), "the server did not answer within 2 s");
    assert!(began.elapsed() < Duration::from_secs(4));
}
