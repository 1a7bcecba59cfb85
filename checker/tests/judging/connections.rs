//! Connecting, refusing, closing, dropping, stalling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use checker::run::FailureKind::{Missing, NotSent, TooLate};
use tokio::sync::Notify;

use crate::support::*;

#[tokio::test]
async fn a_refused_upgrade_is_right_where_it_is_expected() {
    let server = Server::start(async |request| {
        request.respond(401, r#"{"code":"unauthorized"}"#).await;
    })
    .await;
    play(
        "alice connects / => 401 {\"code\": \"unauthorized\"}",
        &server,
    )
    .await
    .passes();
    play("alice connects / => 400 | 401", &server)
        .await
        .passes();
    let failed = play("alice connects / => 403", &server).await;
    failed.fails(Missing, "alice connects");
    assert_eq!(
        failed.because(),
        "the server answered 401 {\"code\":\"unauthorized\"}, not 403"
    );
    let failed = play("alice connects / => 401 {\"code\": \"expired\"}", &server).await;
    failed.fails(Missing, "alice connects");
    assert_eq!(
        failed.because(),
        "{\"code\":\"unauthorized\"}: code: expected \"expired\""
    );
    let failed = play("alice connects /", &server).await;
    failed.fails(Missing, "alice connects");
    assert_eq!(
        failed.because(),
        "the server refused the upgrade: 401 {\"code\":\"unauthorized\"}"
    );
}

#[tokio::test]
async fn an_upgrade_where_a_refusal_is_expected_fails() {
    let server = Server::greeting(&[]).await;
    let failed = play("alice connects / => 401", &server).await;
    failed.fails(Missing, "alice connects");
    assert_eq!(
        failed.because(),
        "the server accepted the upgrade (101 Switching Protocols)"
    );
}

#[tokio::test]
async fn variables_in_a_path_are_percent_encoded_and_headers_are_sent() {
    let server = Server::start(async |request| {
        let origin = request.header("origin").unwrap_or_default();
        let line = request.line().to_owned();
        let mut peer = request.upgrade().await;
        peer.text(&format!("{line} {origin}")).await;
        peer.stay().await;
    })
    .await;
    play(
        "for $x in [\"a b&c\"]:\n  alice connects /ws?x=${x} with header \"Origin: http://${x}\"\n  alice <- text \"GET /ws?x=a%20b%26c http://a b&c\"",
        &server,
    )
    .await
    .passes();
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for_for_ever() {
    let server = Server::start(async |request| {
        let _kept = request;
        std::future::pending().await
    })
    .await;
    let began = Instant::now();
    let failed = play("alice connects /", &server).await;
    failed.fails(NotSent, "alice connects");
    assert_eq!(failed.because(), "the server did not answer within 2 s");
    assert!(began.elapsed() < Duration::from_secs(4));
    let gone = Server::start(async |request| drop(request)).await;
    let failed = play("alice connects /", &gone).await;
    failed.fails(NotSent, "alice connects");
    assert_eq!(
        failed.because(),
        "the server closed the connection before the end of the response"
    );
}

#[tokio::test]
async fn closing_sends_the_code_and_the_answer_is_judged() {
    let server = Server::upgrading(async |mut peer| {
        while let Some((first, payload)) = peer.receive().await {
            if first == CLOSE {
                let reply = if payload == b"\x03\xe8bye" {
                    1000_u16
                } else {
                    1002
                };
                peer.frame(CLOSE, reply.to_be_bytes()).await;
                break;
            }
        }
        peer
    })
    .await;
    play(
        "alice connects /\nalice closes 1000 \"bye\"\nalice is closed with 1000",
        &server,
    )
    .await
    .passes();
    play(
        "alice connects /\nalice closes\nalice is closed with 1001 | 1002",
        &server,
    )
    .await
    .passes();
    play(
        "for $code in [999]:\n  alice connects /\n  alice closes $code\n  alice is closed",
        &server,
    )
    .await
    .passes();
    let failed = play(
        "alice connects /\nalice closes 1000 \"bye\"\nalice is closed with 1001 | dropped",
        &server,
    )
    .await;
    failed.fails(Missing, "alice is closed");
    assert_eq!(
        failed.because(),
        "alice's connection was closed by the server with 1000"
    );
}

#[tokio::test]
async fn a_drop_is_no_close_and_a_close_no_drop() {
    let dropping = Server::start(async |request| {
        let mut peer = request.upgrade().await;
        peer.receive().await;
    })
    .await;
    let go = "alice connects /\nalice -> text \"go\"\n";
    play(&format!("{go}alice is dropped"), &dropping)
        .await
        .passes();
    play(
        &format!("{go}alice is closed with 1013 | dropped"),
        &dropping,
    )
    .await
    .passes();
    let failed = play(&format!("{go}alice is closed"), &dropping).await;
    failed.fails(Missing, "alice is closed");
    assert_eq!(
        failed.because(),
        "alice's connection was dropped by the server: TCP ended without a close frame"
    );
    let open = Server::greeting(&["hello"]).await;
    let failed = play("alice connects /\nalice is dropped within 100ms", &open).await;
    failed.fails(TooLate, "alice is dropped");
    assert_eq!(
        failed.because(),
        "the connection was still open after 100 ms"
    );
    assert_eq!(
        failed.line("alice is dropped").passed_over,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn what_is_sent_before_a_drop_arrives_and_no_close_frame_follows() {
    let gone = Arc::new(Notify::new());
    let seen = Arc::clone(&gone);
    let server = Server::start(move |request| {
        let seen = Arc::clone(&seen);
        async move {
            let number = request.number;
            let mut peer = request.upgrade().await;
            if number == 0 {
                assert_eq!(peer.receive_text().await.as_deref(), Some("last words"));
                assert_eq!(peer.receive().await, None);
                seen.notify_one();
            } else {
                seen.notified().await;
                peer.text("alice left").await;
                peer.stay().await;
            }
        }
    })
    .await;
    play(
        "alice connects /\nbob connects /\nalice -> text \"last words\"\nalice drops\nbob <- text \"alice left\"",
        &server,
    )
    .await
    .passes();
}

#[tokio::test]
async fn the_end_of_an_old_connection_is_not_taken_for_that_of_the_new_one() {
    // After its close frame the server ends TCP just when the new connection is there.
    let server = Server::upgrading(async |mut peer| {
        if peer.number % 2 == 0 {
            peer.frame(CLOSE, 1008_u16.to_be_bytes()).await;
            peer.raw(&[TEXT, 0x81]).await;
        } else {
            peer.stay_for(Duration::from_millis(20)).await;
            peer.text("hello").await;
        }
        peer
    })
    .await;
    let script =
        "alice connects /\nalice is closed with 1008\nalice connects /\nalice <- text \"hello\"";
    for _ in 0..20 {
        play(script, &server).await.passes();
    }
}

#[tokio::test]
async fn one_inbox_per_client_lives_over_its_connections() {
    let server = Server::upgrading(async |mut peer| {
        peer.text(&format!("[{}]", peer.number)).await;
        peer
    })
    .await;
    play("alice connects /\nwait 20ms \"for it\"\nalice drops\nalice connects /\nalice <- next [0]\nalice <- next [1]", &server)
        .await
        .passes();
}

#[tokio::test]
async fn who_stalls_reads_nothing_until_they_resume() {
    let server = Server::upgrading(async |mut peer| {
        while let Some(text) = peer.receive_text().await {
            peer.text(&text).await;
        }
        peer
    })
    .await;
    let stalled = "alice connects /\nalice stalls\nalice -> text \"a\"\n";
    play(
        &format!("{stalled}alice <- text \"a\" within 100ms"),
        &server,
    )
    .await
    .fails(TooLate, "alice <- text");
    play(
        &format!("{stalled}alice resumes\nalice <- text \"a\""),
        &server,
    )
    .await
    .passes();
}

#[tokio::test]
async fn speaking_on_a_connection_that_has_ended_is_noted() {
    let server = Server::upgrading(async |mut peer| {
        peer.frame(CLOSE, 1008_u16.to_be_bytes()).await;
        tokio::io::AsyncWriteExt::shutdown(&mut peer.tcp)
            .await
            .unwrap();
        peer
    })
    .await;
    let script = "alice connects /\nwait 50ms \"for the end of TCP\"\nalice -> text \"a\"\nalice <- text \"a\"";
    let failed = play(script, &server).await;
    failed.fails(Missing, "alice <- text");
    assert_eq!(
        failed.line("alice -> text").notes,
        ["the server had already ended alice's connection"]
    );
}
