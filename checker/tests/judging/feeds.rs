//! Requests under way, streams of events, and what messages cost.

use std::sync::Arc;
use std::time::Duration;

use checker::run::FailureKind::{
    Forbidden, Missing, NotNext, NotSent, Repeated, TooCostly, TooEarly, TooLate,
};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use crate::support::*;

/// Answers `/after/N` after N milliseconds, and everything else at once.
async fn patient() -> Server {
    Server::start(async |request| {
        let pause = request.line().strip_prefix("GET /after/");
        let pause = pause.map(|pause| pause.parse().unwrap());
        tokio::time::sleep(Duration::from_millis(pause.unwrap_or(0))).await;
        request.respond(200, r#"{"id":7}"#).await;
    })
    .await
}

#[tokio::test]
async fn others_act_while_a_request_is_under_way() {
    let released = Arc::new(Notify::new());
    let server = Server::start(move |request| {
        let released = Arc::clone(&released);
        async move {
            match request.line() {
                "GET /held" => released.notified().await,
                "POST /release" => released.notify_one(),
                _ => {}
            }
            request.respond(200, r#"{"id":7}"#).await;
        }
    })
    .await;
    let played = play(
        "alice asks GET /held\nalice is not answered while:\n  bob GET /now => 200\n\
         bob POST /release\nalice is answered 200 {\"id\": $id} within 2s\nbob GET /now => 200 {\"id\": $id}",
        &server,
    )
    .await;
    played.passes();
    assert_eq!(
        played.line("alice is answered").text,
        "alice is answered 200 {\"id\":7} within 2s"
    );
}

#[tokio::test]
async fn an_answer_that_comes_too_soon_is_forbidden() {
    let server = patient().await;
    let failed = play(
        "alice asks GET /now\nalice is not answered while:\n  bob GET /after/20 => 200\nalice is answered 200",
        &server,
    )
    .await;
    failed.fails(Forbidden, "alice is not answered");
    assert!(
        failed.because().ends_with("200 {\"id\":7}"),
        "{}",
        failed.because()
    );
    // After the last line of the block, in the window of silence.
    play(
        "alice asks GET /after/40\nalice is not answered while:\n  bob GET /now => 200\nalice is answered 200",
        &server,
    )
    .await
    .fails(Forbidden, "alice is not answered");
}

#[tokio::test]
async fn an_answer_is_judged_like_any_other() {
    let server = patient().await;
    let failed = play("alice asks GET /now\nalice is answered 204", &server).await;
    failed.fails(Missing, "alice is answered");
    assert_eq!(
        failed.because(),
        "the server answered 200 {\"id\":7}, not 204"
    );
    let failed = play(
        "alice asks GET /now\nalice is answered 200 {\"id\": 8}",
        &server,
    )
    .await;
    failed.fails(Missing, "alice is answered");
    assert_eq!(failed.because(), "{\"id\":7}: id: expected 8");
    play(
        "alice asks GET /now\nalice is answered 200 within 1s..2s",
        &server,
    )
    .await
    .fails(TooEarly, "alice is answered");
    let failed = play(
        "alice asks GET /after/5000\nalice is answered 200 within 100ms",
        &server,
    )
    .await;
    failed.fails(TooLate, "alice is answered");
    assert_eq!(failed.because(), "there was no answer for 100 ms");
    play("alice asks GET /after/9000\nalice is answered 200", &server)
        .await
        .fails(Missing, "alice is answered");
}

#[tokio::test]
async fn a_request_that_gets_no_answer_says_why() {
    let server = Server::start(async |request| drop(request)).await;
    let failed = play("alice asks GET /\nalice is answered 200", &server).await;
    failed.fails(NotSent, "alice is answered");
    assert!(
        failed
            .because()
            .starts_with("the server closed the connection"),
        "{}",
        failed.because()
    );
}

/// Streams what the path asks for.
async fn streaming() -> Server {
    Server::start(async |request| {
        let (line, last) = (request.line().to_owned(), request.header("last-event-id"));
        if line == "GET /refused" {
            return request.respond(401, "no").await;
        }
        if line == "GET /json" {
            return request.respond(200, "[]").await;
        }
        let mut tcp = request.tcp;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        let first = last.map_or(1, |last| last.parse::<u32>().unwrap() + 1);
        let event = |n: u32| format!("event: post\nid: {n}\ndata: {{\"id\":{n}}}\n\n");
        let events = match line.as_str() {
            "GET /posts" => event(first) + &event(first + 1),
            "GET /twice" => event(1) + &event(1),
            "GET /text" => "data: two\ndata: lines\n\n".to_owned(),
            _ => String::new(),
        };
        let _ = tcp.write_all(format!("{head}{events}").as_bytes()).await;
        if line != "GET /ended" {
            std::future::pending::<()>().await;
        }
    })
    .await
}

#[tokio::test]
async fn events_are_waited_for_like_messages() {
    let server = streaming().await;
    let played = play(
        "alice listens /posts\n\
         alice <- event \"post\" id $seen {\"id\": 1} exactly once\n\
         alice <- next event $kind id \"${n}\" {\"id\": $n}\n\
         alice never <- event \"gap\"\n\
         alice drops\n\
         alice listens /posts with header \"Last-Event-ID: ${n}\"\n\
         in any order:\n  alice <- event $kind id \"4\"\n  alice <- {\"id\": 3}\n\
         bob listens /text\n\
         bob <- event \"message\" text \"two\\nlines\"\n\
         carol listens /refused => 401 text \"no\"\n\
         dave listens /ended\ndave is closed\n\
         bob GET /json => 200\nbob stalls\nbob resumes\nbob never <- {\"seen\": $seen}",
        &server,
    )
    .await;
    played.passes();
    assert_eq!(
        played.line("alice <- event \"post\"").text,
        "alice <- event \"post\" id \"1\" {\"id\":1} exactly once"
    );
}

#[tokio::test]
async fn an_event_that_differs_is_explained() {
    let server = streaming().await;
    for (line, because) in [
        (
            "alice <- next event \"gap\"",
            "event \"post\" id \"1\" {\"id\":1}: expected event \"gap\", got event \"post\"\nanother message came first",
        ),
        (
            "alice <- next event id \"7\" {\"id\": 1}",
            "event \"post\" id \"1\" {\"id\":1}: expected id \"7\", got id \"1\"\nanother message came first",
        ),
        (
            "alice <- next event \"post\" {\"id\": 9}",
            "event \"post\" id \"1\" {\"id\":1}: id: expected 9\nanother message came first",
        ),
    ] {
        let failed = play(&format!("alice listens /posts\n{line}"), &server).await;
        failed.fails(NotNext, line);
        assert_eq!(failed.because(), because);
    }
    let failed = play(
        "alice listens /twice\nalice <- event id \"1\" exactly once",
        &server,
    )
    .await;
    failed.fails(Repeated, "alice <- event");
    let failed = play(
        "alice listens /posts\nalice never <- event id \"2\"",
        &server,
    )
    .await;
    failed.fails(Forbidden, "alice never");
}

#[tokio::test]
async fn a_stream_that_is_none_says_why() {
    let server = streaming().await;
    let failed = play("alice listens /json", &server).await;
    failed.fails(NotSent, "alice listens");
    assert!(
        failed.because().contains("`text/event-stream` belongs"),
        "{}",
        failed.because()
    );
    let failed = play("alice listens /refused", &server).await;
    failed.fails(Missing, "alice listens");
    assert_eq!(
        failed.because(),
        "the server refused the stream of events: 401 no"
    );
    let failed = play("alice listens /posts => 401", &server).await;
    failed.fails(Missing, "alice listens");
    assert_eq!(
        failed.because(),
        "the server began a stream of events (200)"
    );
    let failed = play("alice listens /ended\nalice <- event \"post\"", &server).await;
    failed.fails(Missing, "alice <- event");
    assert_eq!(
        failed.because(),
        "alice's connection was ended by the server: the event stream is complete"
    );
}

#[tokio::test]
async fn what_messages_cost_is_counted_for_one_client() {
    let server = patient().await;
    let played = play(
        "alice GET /before\n\
         measure \"asking\" of alice with 2 messages:\n  \
           alice GET /now => 200\n  bob GET /now => 200\n  alice asks GET /now\n  alice is answered 200\n\
         measure \"nothing\" of carol with 1 message at most 1 bytes each:\n  bob GET /now => 200",
        &server,
    )
    .await;
    played.passes();
    let [asking, nothing] = played.transcript.measured() else {
        panic!("{:?}", played.transcript.measured())
    };
    let host = server.target.address.to_string();
    let request = format!("GET /now HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let response =
        "HTTP/1.1 200 Whatever\r\ncontent-length: 8\r\nconnection: close\r\n\r\n{\"id\":7}";
    assert_eq!((asking.name.as_str(), asking.messages), ("asking", 2));
    assert_eq!(asking.cost.requests, 2);
    assert_eq!(asking.cost.sent, 2 * request.len() as u64);
    assert_eq!(asking.cost.received, 2 * response.len() as u64);
    assert_eq!((nothing.cost.requests, nothing.cost.bytes()), (0, 0));
}

#[tokio::test]
async fn more_bytes_than_at_most_fail() {
    let server = patient().await;
    let failed = play(
        "measure \"asking\" of alice with 1 message at most 20 bytes each:\n  alice GET /now => 200",
        &server,
    )
    .await;
    failed.fails(TooCostly, "measure");
    assert!(
        failed.because().ends_with("at most 20 are right"),
        "{}",
        failed.because()
    );
}
