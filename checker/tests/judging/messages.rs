//! Sending and receiving.

use std::time::{Duration, Instant};

use checker::run::FailureKind::{Missing, NotNext, NotSent};
use tokio::sync::mpsc;

use crate::support::*;

/// Plays a script against a server that only listens, and returns the frames that it got.
async fn sent(script: &str) -> Vec<(u8, Vec<u8>)> {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Server::upgrading(move |mut peer| {
        let tell = tell.clone();
        async move {
            while let Some(frame) = peer.receive().await {
                let last = frame.1 == b"last";
                tell.send(frame).unwrap();
                if last {
                    peer.text("got it").await;
                }
            }
            peer
        }
    })
    .await;
    let script =
        format!("alice connects /\n{script}\nalice -> text \"last\"\nalice <- text \"got it\"");
    play(&script, &server).await.passes();
    let mut frames = Vec::new();
    while let Ok(frame) = told.try_recv() {
        frames.push(frame);
    }
    assert_eq!(frames.pop(), Some((TEXT, b"last".to_vec())));
    frames
}

#[tokio::test]
async fn each_payload_goes_out_as_it_is_written() {
    let one = |first: u8, payload: &[u8]| vec![(first, payload.to_vec())];
    for (lines, expected) in [
        (
            r#"alice -> {"b": 1.0, "a": [null, true, "é\n"]}"#,
            one(TEXT, r#"{"b":1.0,"a":[null,true,"é\n"]}"#.as_bytes()),
        ),
        (r#"alice -> text "{not json""#, one(TEXT, b"{not json")),
        (
            "for $x in [\"a\"]:\n  alice -> {\"k\": $x, \"${x}\": \"<${x}>\"}",
            one(TEXT, br#"{"k":"a","a":"<a>"}"#),
        ),
        (r#"alice -> bytes hex "00ff""#, one(BINARY, &[0, 255])),
        (
            "alice -> frame text more \"a\"\nalice -> frame continuation rsv 2 hex \"ff\"",
            vec![(1, b"a".to_vec()), (0x80 | 0x20, vec![255])],
        ),
        (r#"alice -> frame 11 """#, one(FIN | 11, b"")),
        (r#"alice -> frame binary unmasked "hi""#, one(BINARY, b"hi")),
        (
            "for $opcode in [3]:\n  alice -> frame $opcode \"x\"",
            one(FIN | 3, b"x"),
        ),
    ] {
        assert_eq!(sent(lines).await, expected, "{lines}");
    }
}

#[tokio::test]
async fn bytes_that_were_made_arrive_whole_and_can_be_expected_back() {
    let server = Server::upgrading(async |mut peer| {
        while let Some((first, payload)) = peer.receive().await {
            peer.frame(first, payload).await;
        }
        peer
    })
    .await;
    play(
        r#"
let $file = bytes 100KiB
let $half = $file[50KiB..]
let $sum = sha256 $half
alice connects /
alice -> bytes $file
alice <- bytes $file
for $part in $file by 64KiB:
  alice -> bytes $part
  alice <- bytes $part
alice -> text $sum
alice <- text $sum
alice -> bytes $half
alice <- bytes $file
"#,
        &server,
    )
    .await
    .fails(Missing, "alice <- bytes $file");
}

#[tokio::test]
async fn what_was_passed_over_cannot_match_later() {
    let server = Server::greeting(&[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]).await;
    let passed = play(
        "alice connects /\nalice <- {\"n\": 2}\nalice <- {\"n\": 3}",
        &server,
    )
    .await;
    assert_eq!(
        passed.passes().line("alice <- {\"n\": 2}").passed_over,
        [r#"{"n":1}"#]
    );

    let failed = play(
        "alice connects /\nalice <- {\"n\": 2}\nalice <- {\"n\": 1}",
        &server,
    )
    .await;
    failed.fails(Missing, "alice <- {\"n\": 1}");
    assert_eq!(
        failed.because(),
        "{\"n\":3}: n: expected 1\nthen nothing for 2 s\none that matches came earlier: a line above was met by a later one"
    );
}

#[tokio::test]
async fn next_takes_the_very_next_message_that_is_no_ping() {
    let server = Server::upgrading(async |mut peer| {
        peer.frame(PING, "are you there").await;
        peer.text(r#"{"n":1}"#).await;
        peer.text(r#"{"n":2}"#).await;
        peer
    })
    .await;
    play(
        "alice connects /\nalice <- next {\"n\": 1}\nalice <- next {\"n\": 2}",
        &server,
    )
    .await
    .passes();
    let failed = play("alice connects /\nalice <- next {\"n\": 2}", &server).await;
    failed.fails(NotNext, "alice <- next");
    assert_eq!(
        failed.because(),
        "{\"n\":1}: n: expected 2\nanother message came first"
    );
}

#[tokio::test]
async fn pings_and_pongs_show_only_where_a_line_asks_for_a_frame() {
    let server = Server::upgrading(async |mut peer| {
        while let Some((first, payload)) = peer.receive_any().await {
            if first == PING {
                peer.frame(PONG, payload).await;
            } else {
                peer.frame(PING, "from the server").await;
                peer.text("said").await;
            }
        }
        peer
    })
    .await;
    play(
        r#"
alice connects /
alice -> frame ping "mine"
alice -> text "hello"
alice <- frame pong "mine"
alice <- frame ping "from the server"
alice <- next text "said"
"#,
        &server,
    )
    .await
    .passes();
    play(
        "alice connects /\nalice -> frame ping \"mine\"\nalice <- frame pong \"other\"",
        &server,
    )
    .await
    .fails(Missing, "alice <- frame pong");
}

#[tokio::test]
async fn a_variable_binds_once_and_must_be_equal_after() {
    let server = Server::greeting(&[r#"{"id":"a"}"#, r#"{"of":"a"}"#, r#"{"of":"b"}"#]).await;
    play(
        "alice connects /\nalice <- {\"id\": $id}\nalice <- next {\"of\": $id}",
        &server,
    )
    .await
    .passes();
    let script = "alice connects /\nalice <- {\"id\": $id}\nalice <- {\"of\": $id}\nalice <- next {\"of\": $id}";
    let failed = play(script, &server).await;
    failed.fails(NotNext, "alice <- next");
    assert!(
        failed
            .because()
            .starts_with(r#"{"of":"b"}: of: expected "a""#),
        "{}",
        failed.because()
    );
}

#[tokio::test]
async fn a_connection_that_ends_fails_the_line_at_once_and_says_how() {
    let closing = Server::upgrading(async |mut peer| {
        peer.frame(CLOSE, [&1008_u16.to_be_bytes()[..], b"no"].concat())
            .await;
        peer
    })
    .await;
    let dropping = Server::start(async |request| drop(request.upgrade().await)).await;
    let masked = Server::upgrading(async |mut peer| {
        peer.raw(&[TEXT, 0x81, 0, 0, 0, 0, b'x']).await;
        peer
    })
    .await;
    let not_utf8 = Server::upgrading(async |mut peer| {
        peer.frame(TEXT, [b'a', 0xff]).await;
        peer
    })
    .await;
    let gigabyte = Server::upgrading(async |mut peer| {
        peer.raw(&[BINARY, 127, 0, 0, 0, 0, 0x40, 0, 0, 0]).await;
        peer
    })
    .await;
    for (server, expected) in [
        (
            closing,
            "alice's connection was closed by the server with 1008 \"no\"",
        ),
        (
            dropping,
            "alice's connection was dropped by the server: TCP ended without a close frame",
        ),
        (
            masked,
            "alice's connection was given up: the server masked a frame; only clients mask (RFC 6455 section 5.1)",
        ),
        (
            not_utf8,
            "alice's connection was given up: the server sent a text message that is not UTF-8: byte 1 is wrong (RFC 6455 section 8.1)",
        ),
        (
            gigabyte,
            "alice's connection was given up: the server announced a message of 1073741824 bytes; the limit is 67108864 (RFC 6455 section 10.4)",
        ),
    ] {
        let began = Instant::now();
        let failed = play("alice connects /\nalice <- {}", &server).await;
        failed.fails(Missing, "alice <- {}");
        assert_eq!(failed.because(), expected);
        assert!(began.elapsed() < Duration::from_secs(1), "{expected}");
    }
}

#[tokio::test]
async fn a_value_of_the_servers_that_cannot_be_used_fails_the_line_that_uses_it() {
    let server = Server::greeting(&[r#"{"code":"none","text":7,"offset":-1}"#]).await;
    let first = "let $file = bytes 1KiB\nalice connects /\nalice <- {\"code\": $code, \"text\": $text, \"offset\": $offset}\n";
    for (line, because) in [
        (
            "alice closes $code",
            "`$code` must hold a number that fits here, but holds \"none\"",
        ),
        (
            "alice -> text $text",
            "`$text` must hold a string, but holds 7",
        ),
        (
            "alice -> bytes $text",
            "`$text` must hold bytes, but holds 7",
        ),
        (
            "let $rest = $file[$offset..]\nalice -> bytes $rest",
            "`$offset` must hold a number of bytes, but holds -1",
        ),
    ] {
        let used = "alice -> [$code, $text, $offset]\nalice -> bytes $file\n";
        let failed = play(&format!("{first}{used}{line}"), &server).await;
        failed.fails(NotSent, line.lines().next().unwrap());
        assert_eq!(failed.because(), because);
    }
}
