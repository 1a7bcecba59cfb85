//! Close frames, the script's and the server's, and violations, which end in one.

use bytes::Bytes;

use super::*;
use crate::actor::{Ended, Outgoing, Violation};

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
        assert_eq!(connection.round_trip(DEADLINE).await, None);
    }
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
