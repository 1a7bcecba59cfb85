//! Messages, pings and close frames, both ways.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::accept_async;

use super::*;
use crate::actor::{Ended, FrameSpec, Outgoing, Violation};

/// A server made with tokio-tungstenite that sends back what it gets.
async fn echo() -> (Target, JoinHandle<()>) {
    serve(async |tcp| {
        let mut socket = accept_async(tcp).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() || message.is_binary() {
                socket.send(message).await.unwrap();
            }
        }
    })
    .await
}

/// A server that keeps all that comes until the client ends TCP.
async fn keep(behind: Vec<u8>) -> (Target, JoinHandle<Vec<u8>>) {
    serve_upgraded(behind, async |mut tcp| {
        let mut received = Vec::new();
        tcp.read_to_end(&mut received).await.unwrap();
        received
    })
    .await
}

/// The first frame as a server would send it, without its mask, and the bytes behind it. It must be short.
fn unmask(wire: &[u8]) -> (Vec<u8>, &[u8]) {
    let (header, rest) = wire.split_at(2);
    assert_eq!(header[1] & 0x80, 0x80, "a client's frame is masked");
    let (mask, rest) = rest.split_at(4);
    let (payload, rest) = rest.split_at(usize::from(header[1] & 0x7f));
    let plain: Vec<_> = payload
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask)
        .collect();
    (frame(header[0], plain), rest)
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
async fn a_close_of_the_clients_is_answered_and_tcp_ends() {
    let (target, _server) = echo().await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    let reason = Bytes::from_static(b"bye");
    connection
        .send(
            Outgoing::Close {
                code: Some(3000),
                reason,
            },
            DEADLINE,
        )
        .await
        .unwrap();

    let entries = entries(&inbox, 2).await;
    assert!(
        matches!(
            &entries[0].event,
            Event::Close {
                code: Some(3000),
                ..
            }
        ),
        "{entries:?}"
    );
    assert!(
        matches!(entries[1].event, Event::Ended(Ended::Closed)),
        "{entries:?}"
    );
}

#[tokio::test]
async fn the_answer_to_a_close_of_the_clients_is_not_answered_again() {
    let (target, server) = serve_upgraded(vec![], async |mut tcp| {
        let mut received = vec![0; 8];
        tcp.read_exact(&mut received).await.unwrap();
        tcp.write_all(&frame(CLOSE, 1000_u16.to_be_bytes()))
            .await
            .unwrap();
        tcp.shutdown().await.unwrap();
        tcp.read_to_end(&mut received).await.unwrap();
        received
    })
    .await;
    let connection = open(&target, &Inbox::new()).await;
    let reason = Bytes::new();
    connection
        .send(
            Outgoing::Close {
                code: Some(1000),
                reason,
            },
            DEADLINE,
        )
        .await
        .unwrap();

    let received = finished(server).await;

    assert_eq!(unmask(&received).1, b"", "one close frame and no other");
}

#[tokio::test]
async fn a_close_of_the_servers_is_answered_once_with_its_code() {
    let close = [&1013_u16.to_be_bytes()[..], b"too slow"].concat();
    for (sent, answer) in [
        (frame(CLOSE, close), frame(CLOSE, [0x03, 0xf5])),
        (frame(CLOSE, ""), frame(CLOSE, "")),
    ] {
        let (target, server) = serve_upgraded(sent, async |mut tcp| {
            let mut received = vec![0; 6];
            tcp.read_exact(&mut received).await.unwrap();
            tcp.shutdown().await.unwrap();
            tcp.read_to_end(&mut received).await.unwrap();
            received
        })
        .await;
        let inbox = Inbox::new();
        let _connection = open(&target, &inbox).await;

        let received = finished(server).await;
        let (plain, rest) = unmask(&received);
        assert_eq!((plain, rest), (answer.clone(), &[][..]));
        let entries = entries(&inbox, 2).await;
        let Event::Close { code, reason } = &entries[0].event else {
            panic!("not a close: {entries:?}");
        };
        let expected = if answer.len() > 2 {
            (Some(1013), "too slow")
        } else {
            (None, "")
        };
        assert_eq!((*code, &reason[..]), expected);
        assert!(
            matches!(entries[1].event, Event::Ended(Ended::Closed)),
            "{entries:?}"
        );
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

#[tokio::test]
async fn a_violation_is_the_last_event_and_is_answered_with_a_close_frame() {
    let gibibyte = vec![BINARY, 127, 0, 0, 0, 0, 0x40, 0, 0, 0];
    for (wrong, violation, code) in [
        (
            vec![TEXT, 0x81, 1, 2, 3, 4, b'x'],
            Violation::MaskedFrame,
            1002_u16,
        ),
        (frame(TEXT, [0xff]), Violation::TextNotUtf8 { at: 0 }, 1007),
        (
            gibibyte,
            Violation::MessageTooLong { length: 1 << 30 },
            1009,
        ),
    ] {
        let wire = [frame(TEXT, "right"), wrong, frame(TEXT, "ignored")].concat();
        let (target, server) = keep(wire).await;
        let inbox = Inbox::new();
        let connection = open(&target, &inbox).await;

        let received = finished(server).await;

        let (plain, rest) = unmask(&received);
        assert_eq!((plain, rest), (frame(CLOSE, code.to_be_bytes()), &[][..]));
        let entries = entries(&inbox, 2).await;
        assert_eq!(text(&entries[0]), "right");
        assert!(
            matches!(&entries[1].event, Event::Violation(found) if *found == violation),
            "{entries:?}"
        );
        assert_eq!(inbox.len(), 2);
        let sent = connection
            .send(Outgoing::Text("x".to_owned()), DEADLINE)
            .await;
        assert!(sent.is_err(), "the connection has been failed");
    }
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
async fn close_frames_by_hand_may_be_wrong_and_more_may_follow_them() {
    let (target, server) = keep(vec![]).await;
    let connection = open(&target, &Inbox::new()).await;
    let reason = Bytes::from_static(&[0xff]);
    connection
        .send(
            Outgoing::Close {
                code: Some(999),
                reason,
            },
            DEADLINE,
        )
        .await
        .unwrap();
    connection
        .send(Outgoing::Text("more".to_owned()), DEADLINE)
        .await
        .unwrap();
    connection.drop_tcp(DEADLINE).await.unwrap();

    let received = finished(server).await;

    let (close, rest) = unmask(&received);
    assert_eq!(close, frame(CLOSE, [0x03, 0xe7, 0xff]));
    assert_eq!(unmask(rest).0, frame(TEXT, "more"));
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
