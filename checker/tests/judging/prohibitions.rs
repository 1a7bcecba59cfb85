//! `never` and `exactly once`.

use std::time::Duration;

use checker::run::FailureKind::{Forbidden, Repeated};

use crate::support::*;

/// Answers each text with these.
async fn answering(answers: &'static [&'static str]) -> Server {
    Server::upgrading(move |mut peer| async move {
        while peer.receive_text().await.is_some() {
            for answer in answers {
                peer.text(answer).await;
            }
        }
        peer
    })
    .await
}

const ASK: &str = "alice connects /\nalice -> text \"go\"\n";

#[tokio::test]
async fn never_holds_to_the_end_of_the_check() {
    let script = "alice connects /\nalice never <- {\"bad\": any}\nalice -> text \"go\"\nalice <- {\"good\": 1}";
    play(
        script,
        &answering(&[r#"{"good":1}"#, r#"{"fine":1}"#]).await,
    )
    .await
    .passes();
    for answers in [
        &[r#"{"bad":1}"#, r#"{"good":1}"#],
        &[r#"{"good":1}"#, r#"{"bad":2}"#],
    ] {
        let failed = play(script, &answering(answers).await).await;
        failed.fails(Forbidden, "alice never <-");
        assert!(
            failed.because().starts_with("this came after ")
                && failed.because().contains(": {\"bad\":"),
            "{}",
            failed.because()
        );
    }
}

#[tokio::test]
async fn never_begins_at_the_place_in_the_inbox_where_earlier_messages_lie_unread() {
    let server = answering(&[r#"{"bad":1}"#, r#"{"good":1}"#, r#"{"end":1}"#]).await;
    let unread = format!(
        "{ASK}wait 50ms \"both are there\"\nalice never <- {{\"bad\": any}}\nalice <- {{\"good\": 1}}"
    );
    play(&unread, &server)
        .await
        .fails(Forbidden, "alice never <-");
    let read = format!(
        "{ASK}alice <- {{\"good\": 1}}\nalice never <- {{\"bad\": any}}\nalice <- {{\"end\": 1}}"
    );
    play(&read, &server).await.passes();
}

#[tokio::test]
async fn never_while_ends_with_its_block() {
    let server = answering(&[r#"{"good":1}"#]).await;
    let script = "alice connects /\nalice never <- {\"good\": 1} while:\n  wait 10ms \"a little\"\nalice -> text \"go\"\nalice <- {\"good\": 1}";
    play(script, &server).await.passes();
    let inside = "alice connects /\nalice never <- {\"good\": 1} while:\n  alice -> text \"go\"\nalice -> text \"go\"";
    play(inside, &server)
        .await
        .fails(Forbidden, "alice never <-");
}

#[tokio::test]
async fn a_forbidden_message_is_a_better_reason_than_what_it_kept_away() {
    let server = answering(&[r#"{"bad":1}"#]).await;
    let never = "alice connects /\nalice never <- {\"bad\": any}\nalice -> text \"go\"\n";
    play(&format!("{never}alice <- next {{\"good\": 1}}"), &server)
        .await
        .fails(Forbidden, "alice never <-");
    play(&format!("{never}alice <- {{\"good\": 1}}"), &server)
        .await
        .fails(Forbidden, "alice never <-");
}

#[tokio::test]
async fn exactly_once_counts_what_matches_with_the_bindings_from_before() {
    let script = format!("{ASK}alice <- {{\"id\": $id}} exactly once\nalice -> [$id]");
    play(&script, &answering(&[r#"{"id":"a"}"#]).await)
        .await
        .fails(Repeated, "alice <-");
    let once = "alice connects /\nalice -> text \"go\"\nalice <- {\"id\": $id} exactly once\nalice <- {\"of\": $id}";
    play(once, &answering(&[r#"{"id":"a"}"#, r#"{"of":"a"}"#]).await)
        .await
        .passes();
    // The second has another id: with the bindings from before the line it matches all the same.
    let failed = play(
        once,
        &answering(&[r#"{"id":"a"}"#, r#"{"of":"a"}"#, r#"{"id":"b"}"#]).await,
    )
    .await;
    failed.fails(Repeated, "alice <-");
    let because = failed.because();
    assert!(
        because.starts_with("it came a second time after ")
            && because.ends_with(": {\"id\":\"b\"}"),
        "{because}"
    );
}

#[tokio::test]
async fn prohibitions_span_the_connections_of_a_client() {
    let server = Server::upgrading(async |mut peer| {
        peer.text("greeting").await;
        if peer.number % 2 == 1 {
            peer.text("bad").await;
        }
        peer
    })
    .await;
    let again = "alice drops\nalice connects /\nalice <- text \"greeting\"";
    play(
        &format!(
            "alice connects /\nalice never <- text \"bad\"\nalice <- text \"greeting\"\n{again}"
        ),
        &server,
    )
    .await
    .fails(Forbidden, "alice never <-");
    play(
        &format!("alice connects /\nalice <- text \"greeting\" exactly once\n{again}"),
        &server,
    )
    .await
    .fails(Repeated, "alice <- text \"greeting\" exactly once");
}

#[tokio::test]
async fn the_line_that_stands_first_is_named_when_two_forbid_the_same() {
    let server = answering(&["bad"]).await;
    let script = "alice connects /\nalice never <- text /ba/\nalice never <- text \"bad\"\nalice -> text \"go\"";
    play(script, &server)
        .await
        .fails(Forbidden, "alice never <- text /ba/");
}

#[tokio::test]
async fn a_prohibition_does_not_hold_for_others() {
    let server = Server::upgrading(async |mut peer| {
        if peer.number == 0 {
            peer.text("bad").await;
        }
        peer
    })
    .await;
    play(
        "alice connects /\nbob connects /\nbob never <- text \"bad\"\nalice <- text \"bad\"",
        &server,
    )
    .await
    .passes();
}

#[tokio::test]
async fn a_flood_proves_no_silence_and_fails_in_bounded_time() {
    let server = Server::upgrading(async |mut peer| {
        let batch = frame(TEXT, r#"{"type":"noise"}"#).repeat(1_000);
        loop {
            if tokio::time::timeout(
                Duration::from_secs(5),
                tokio::io::AsyncWriteExt::write_all(&mut peer.tcp, &batch),
            )
            .await
            .is_err()
            {
                return peer;
            }
        }
    })
    .await;
    let failed = play("alice connects /\nalice <- {\"type\": \"signal\"}", &server).await;
    failed.fails(checker::run::FailureKind::Missing, "alice <-");
    assert!(
        failed
            .because()
            .contains("more than the checker keeps, 100000 messages"),
        "{}",
        failed.because()
    );
    assert!(failed.line("alice <-").passed_over[0].ends_with("messages before these)"));
}
