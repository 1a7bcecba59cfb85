//! What an inbox promises.

use std::time::Instant;

use bytes::Bytes;

use super::*;
use crate::actor::TextMessage;

#[tokio::test]
async fn growth_is_seen_by_all_who_wait_and_by_those_who_come_late() {
    let inbox = Inbox::new();
    let recorder = inbox.recorder();
    let waiting = {
        let inbox = inbox.clone();
        tokio::spawn(async move { inbox.grown_beyond(1).await })
    };

    for payload in ["one", "two"] {
        recorder
            .record(Instant::now(), Event::Pong(payload.into()))
            .unwrap();
    }

    timeout(DEADLINE, waiting).await.unwrap().unwrap();
    timeout(DEADLINE, inbox.grown_beyond(0)).await.unwrap();
    assert!(
        timeout(Duration::ZERO, inbox.grown_beyond(2))
            .await
            .is_err()
    );
    assert_eq!(inbox.len(), 2);
    assert!(inbox.get(2).is_none());
}

#[test]
fn a_full_inbox_says_so_once_and_takes_nothing_more_from_any_connection() {
    let inbox = Inbox::new();
    let big = Bytes::from(vec![0; 64 << 20]);
    let (one, two) = (inbox.recorder(), inbox.recorder());

    let taken = (0..10)
        .take_while(|_| {
            one.record(Instant::now(), Event::Binary(big.clone()))
                .is_ok()
        })
        .count();

    assert_eq!(
        taken, 3,
        "three of 64 MiB and their entries fit in 256 MiB, four do not"
    );
    let last = inbox.get(inbox.len() - 1).unwrap();
    assert!(
        matches!(last.event, Event::Overflow { entries: 3, bytes } if bytes > 3 * big.len()),
        "{last:?}"
    );
    two.record(Instant::now(), Event::Pong(Bytes::new()))
        .unwrap_err();
    assert_eq!(inbox.len(), 4);
}

#[test]
fn a_muted_connection_records_nothing_while_others_do() {
    let inbox = Inbox::new();
    let (old, new) = (inbox.recorder(), inbox.recorder());

    old.mute();
    old.record(Instant::now(), Event::Pong("old".into()))
        .unwrap();
    new.record(Instant::now(), Event::Pong("new".into()))
        .unwrap();

    assert_eq!(inbox.len(), 1);
    assert!(matches!(&inbox.get(0).unwrap().event, Event::Pong(payload) if payload == "new"));
}

#[test]
fn a_text_is_weighed_as_the_json_that_it_becomes() {
    let inbox = Inbox::new();
    let recorder = inbox.recorder();
    let event = |text: String| Event::Text(TextMessage::new(text));
    let pairs = 2 << 20;

    recorder
        .record(Instant::now(), event(",".repeat(pairs * 3)))
        .unwrap();
    let nested = format!("[{}[]]", "[],".repeat(pairs));
    recorder.record(Instant::now(), event(nested)).unwrap_err();
}

#[test]
fn text_that_is_not_json_is_kept_as_text() {
    let event = Event::Text(TextMessage::new("{not json".to_owned()));
    assert!(event.json().is_none());
    let event = Event::Text(TextMessage::new(r#" {"a": [1]} "#.to_owned()));
    assert_eq!(event.json().unwrap()["a"][0], 1);
}
