//! Sides that do not read, and ends of TCP.

use bytes::Bytes;
use tokio::sync::{oneshot, watch};

use super::*;
use crate::actor::{Ended, Outgoing, SendError};

/// More than the kernel's buffers of both sides hold.
const MUCH: usize = 63 << 20;

/// The bytes of a client's unfragmented frame, its mask taken off, or nothing at the end of TCP.
async fn read_frame(tcp: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let first = tcp.read_u8().await.ok()?;
    let second = tcp.read_u8().await.unwrap();
    assert_eq!(second & 0x80, 0x80, "a client's frame is masked");
    let length = match second & 0x7f {
        126 => u64::from(tcp.read_u16().await.unwrap()),
        127 => tcp.read_u64().await.unwrap(),
        short => u64::from(short),
    };
    let mut mask = [0; 4];
    tcp.read_exact(&mut mask).await.unwrap();
    let mut payload = vec![0; length as usize];
    tcp.read_exact(&mut payload).await.unwrap();
    for (index, byte) in payload.iter_mut().enumerate() {
        *byte ^= mask[index % 4];
    }
    Some((first, payload))
}

#[tokio::test]
async fn what_was_sent_before_a_drop_arrives_and_then_tcp_ends_without_a_reset() {
    let (dropped, server_may_read) = oneshot::channel();
    let (target, server) = serve_upgraded(vec![], async |mut tcp| {
        tcp.write_all(&frame(TEXT, "unread")).await.unwrap();
        server_may_read.await.unwrap();
        let mut received = Vec::new();
        while let Some((_, payload)) = read_frame(&mut tcp).await {
            received.push(String::from_utf8(payload).unwrap());
        }
        // The client's side of TCP has ended, not the server's: what it still writes is taken.
        tcp.write_all(&vec![0; MUCH]).await.unwrap();
        received
    })
    .await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;
    // What lies unread in the client's kernel when the connection ends would make it send a reset.
    connection.stall();
    let sent: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    for text in &sent {
        connection
            .send(Outgoing::Text(text.clone()), DEADLINE)
            .await
            .unwrap();
    }

    connection.drop_tcp(DEADLINE).await.unwrap();
    let recorded = inbox.len();
    dropped.send(()).unwrap();

    assert_eq!(finished(server).await, sent);
    assert_eq!(inbox.len(), recorded, "nothing is recorded after the drop");
}

#[tokio::test]
async fn a_stalled_client_reads_nothing_until_it_resumes() {
    const LENGTH: usize = 60_000;
    let (written, mut progress) = watch::channel(0);
    let (go, may_write) = oneshot::channel();
    let (target, server) = serve_upgraded(vec![], async move |mut tcp| {
        may_write.await.unwrap();
        for n in 1..=MUCH / LENGTH {
            let text = format!("{n:0>LENGTH$}");
            tcp.write_all(&frame(TEXT, text)).await.unwrap();
            written.send_replace(n);
        }
        tcp
    })
    .await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    connection.stall();
    go.send(()).unwrap();
    progress.wait_for(|&count| count > 0).await.unwrap();

    let heard = timeout(Duration::from_millis(100), inbox.grown_beyond(0)).await;
    assert!(heard.is_err(), "a stalled client reads nothing");
    assert!(
        !server.is_finished(),
        "the server cannot send more than the kernel holds"
    );

    connection.resume();

    for (n, entry) in entries(&inbox, MUCH / LENGTH).await.iter().enumerate() {
        assert_eq!(text(entry).trim_start_matches('0'), (n + 1).to_string());
    }
}

#[tokio::test]
async fn a_send_to_a_server_that_does_not_read_says_how_much_is_unsent_and_is_not_lost() {
    let (go, may_read) = oneshot::channel();
    let (target, server) = serve_upgraded(vec![], async |mut tcp| {
        may_read.await.unwrap();
        let first = read_frame(&mut tcp).await.unwrap();
        let second = read_frame(&mut tcp).await.unwrap();
        (first, second)
    })
    .await;
    let connection = open(&target, &Inbox::new()).await;
    let waited = Duration::from_millis(50);
    let much = Bytes::from(vec![7; MUCH]);

    let blocked = connection
        .send(Outgoing::Binary(much.clone()), waited)
        .await;

    let Err(SendError::Blocked {
        unsent,
        waited: told,
    }) = blocked
    else {
        panic!("not blocked: {blocked:?}");
    };
    assert!((1..MUCH).contains(&unsent), "{unsent}");
    assert_eq!(told, waited);

    go.send(()).unwrap();
    connection
        .send(Outgoing::Text("after".to_owned()), DEADLINE)
        .await
        .unwrap();

    let (first, second) = finished(server).await;
    assert!(
        first == (BINARY, much.to_vec()),
        "the blocked frame came whole"
    );
    assert_eq!(second, (TEXT, b"after".to_vec()));
}

#[tokio::test]
async fn a_server_that_ends_tcp_without_a_close_frame_has_dropped_the_connection() {
    let (target, _server) = serve_upgraded(frame(TEXT, "last words"), async |tcp| drop(tcp)).await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;

    let entries = entries(&inbox, 2).await;

    assert_eq!(text(&entries[0]), "last words");
    assert!(
        matches!(entries[1].event, Event::Ended(Ended::Dropped)),
        "{entries:?}"
    );
    let sent = connection
        .send(Outgoing::Text("too late".to_owned()), DEADLINE)
        .await;
    assert_eq!(sent, Err(SendError::Ended));
    assert_eq!(connection.round_trip(DEADLINE).await, None);
    assert_eq!(connection.drop_tcp(DEADLINE).await, Err(SendError::Ended));
}

#[tokio::test]
async fn a_reset_is_a_drop_too_and_what_came_before_it_is_kept() {
    let (target, _server) = serve_upgraded(frame(TEXT, "last words"), async |mut tcp| {
        tcp.read_u8().await.unwrap();
        // Closing with the rest of the client's frame unread makes the kernel send a reset.
        drop(tcp);
    })
    .await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;
    connection
        .send(Outgoing::Text("unread".to_owned()), DEADLINE)
        .await
        .unwrap();

    let entries = entries(&inbox, 2).await;

    assert_eq!(text(&entries[0]), "last words");
    assert!(
        matches!(entries[1].event, Event::Ended(Ended::Dropped)),
        "{entries:?}"
    );
}

#[tokio::test]
async fn a_connection_that_goes_out_of_scope_ends_tcp_and_records_nothing_more() {
    let (target, server) = serve_upgraded(vec![], async |mut tcp| {
        while tcp.write_all(&frame(TEXT, "on and on")).await.is_ok() {}
    })
    .await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;
    entries(&inbox, 10).await;

    drop(connection);
    let recorded = inbox.len();

    finished(server).await;
    assert_eq!(inbox.len(), recorded);
}
