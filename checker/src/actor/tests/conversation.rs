//! Messages, pings and frames by hand, both ways.

use bytes::Bytes;

use super::*;
use crate::actor::{FrameSpec, Outgoing};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_can_be_opened_and_used_from_any_thread() {
    let (target, _server) = echo().await;
    let inbox = Inbox::new();
    let opened = {
        let inbox = inbox.clone();
        tokio::spawn(async move { open(&target, &inbox).await })
    };
    let connection = Arc::new(finished(opened).await);

    let sending = (0..10).map(|n| {
        let connection = Arc::clone(&connection);
        tokio::spawn(async move {
            connection
                .send(Outgoing::Text(n.to_string()), DEADLINE)
                .await
        })
    });
    for sent in sending.collect::<Vec<_>>() {
        finished(sent).await.unwrap();
    }

    let mut texts: Vec<_> = entries(&inbox, 10)
        .await
        .iter()
        .map(|entry| text(entry).to_owned())
        .collect();
    texts.sort();
    assert_eq!(texts, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn text_and_binary_of_every_length_form_come_back() {
    let (target, _server) = echo().await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    for (index, length) in [0, 1, 125, 126, 65_535, 65_536, 3 << 20]
        .into_iter()
        .enumerate()
    {
        connection
            .send(Outgoing::Text("ö".repeat(length / 2)), DEADLINE)
            .await
            .unwrap();
        let bytes = Bytes::from(vec![index as u8; length]);
        connection
            .send(Outgoing::Binary(bytes.clone()), DEADLINE)
            .await
            .unwrap();

        let entries = entries(&inbox, 2 * index + 2).await;

        assert_eq!(text(&entries[2 * index]), "ö".repeat(length / 2));
        let Event::Binary(back) = &entries[2 * index + 1].event else {
            panic!("not binary: {:?}", entries[2 * index + 1]);
        };
        assert_eq!(back, &bytes);
    }
}

#[tokio::test]
async fn a_ping_is_recorded_and_answered_with_its_payload() {
    let (target, server) = keep(frame(PING, "are you there")).await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    let entries = entries(&inbox, 1).await;
    assert!(matches!(&entries[0].event, Event::Ping(payload) if payload == "are you there"));
    connection.drop_tcp(DEADLINE).await.unwrap();

    let received = finished(server).await;
    let (plain, rest) = unmask(&received);
    assert_eq!((plain, rest), (frame(PONG, "are you there"), &[][..]));
}

#[tokio::test]
async fn a_round_trip_is_timed_and_leaves_no_trace() {
    let (target, _server) = echo().await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    let (first, second) = tokio::join!(
        connection.round_trip(DEADLINE),
        connection.round_trip(DEADLINE)
    );

    assert!(first.unwrap() > Duration::ZERO && second.unwrap() > Duration::ZERO);
    let ping = FrameSpec {
        opcode: 9,
        ..text_frame("by hand")
    };
    connection
        .send(Outgoing::Frame(ping), DEADLINE)
        .await
        .unwrap();
    let entries = entries(&inbox, 1).await;
    assert!(
        matches!(&entries[0].event, Event::Pong(payload) if payload == "by hand"),
        "{entries:?}"
    );
}

fn text_frame(payload: &'static str) -> FrameSpec {
    FrameSpec {
        fin: true,
        rsv: 0,
        opcode: 1,
        masked: true,
        claimed_len: None,
        payload: Bytes::from_static(payload.as_bytes()),
    }
}

/// What a server gets of a frame.
async fn on_the_wire(spec: FrameSpec) -> Vec<u8> {
    let (target, server) = keep(vec![]).await;
    let connection = open(&target, &Inbox::new()).await;
    connection
        .send(Outgoing::Frame(spec), DEADLINE)
        .await
        .unwrap();
    connection.drop_tcp(DEADLINE).await.unwrap();
    finished(server).await
}

#[tokio::test]
async fn frames_by_hand_are_on_the_wire_as_they_were_written() {
    let unmasked = FrameSpec {
        masked: false,
        ..text_frame("hi")
    };
    assert_eq!(on_the_wire(unmasked.clone()).await, [0x81, 2, b'h', b'i']);

    let claims = FrameSpec {
        claimed_len: Some(5 << 30),
        opcode: 2,
        ..unmasked.clone()
    };
    let length = [0, 0, 0, 1, 0x40, 0, 0, 0];
    assert_eq!(
        on_the_wire(claims).await,
        [&[0x82, 127][..], &length, b"hi"].concat()
    );

    let less = FrameSpec {
        claimed_len: Some(1),
        ..unmasked.clone()
    };
    assert_eq!(on_the_wire(less).await, [0x81, 1, b'h', b'i']);

    for (rsv, first) in [(4, 0xc1), (2, 0xa1), (1, 0x91), (7, 0xf1)] {
        let reserved = FrameSpec {
            rsv,
            ..unmasked.clone()
        };
        assert_eq!(on_the_wire(reserved).await, [first, 2, b'h', b'i']);
    }

    let unknown = FrameSpec {
        opcode: 11,
        fin: false,
        ..unmasked
    };
    assert_eq!(on_the_wire(unknown).await, [0x0b, 2, b'h', b'i']);

    let (plain, rest) = (
        on_the_wire(text_frame("masked")).await,
        on_the_wire(text_frame("masked")).await,
    );
    assert_eq!(unmask(&plain).0, frame(TEXT, "masked"));
    assert_ne!(plain[2..6], rest[2..6], "masks differ");
}

#[tokio::test]
async fn fragments_by_hand_are_one_message_to_the_server() {
    let (target, _server) = echo().await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;
    let first = FrameSpec {
        fin: false,
        payload: Bytes::from_static(&[0xf0, 0x9f]),
        ..text_frame("")
    };
    let ping = FrameSpec {
        opcode: 9,
        ..text_frame("between")
    };
    let last = FrameSpec {
        opcode: 0,
        payload: Bytes::from_static(&[0x98, 0x80]),
        ..text_frame("")
    };

    for frame in [first, ping, last] {
        connection
            .send(Outgoing::Frame(frame), DEADLINE)
            .await
            .unwrap();
    }

    let entries = entries(&inbox, 2).await;
    assert!(
        matches!(&entries[0].event, Event::Pong(payload) if payload == "between"),
        "{entries:?}"
    );
    assert_eq!(text(&entries[1]), "😀");
}
