//! Messages, both ways, with tokio-tungstenite's server.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::accept_async;

use super::*;
use crate::actor::{Ended, Outgoing};

/// Sends back what it gets.
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
