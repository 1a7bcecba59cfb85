//! Streams of events, requests under way, and what is counted of them.

use super::*;
use crate::actor::inbox::Ended;
use crate::actor::{Cost, EventStream, RequestError, ask};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

async fn listen(target: &Target, inbox: &Inbox) -> Result<Opened<EventStream>, RequestError> {
    EventStream::open(target, "/events", &[], inbox, DEADLINE).await
}

async fn listening(target: &Target, inbox: &Inbox) -> EventStream {
    match listen(target, inbox).await {
        Ok(Opened::Accepted { connection, .. }) => connection,
        other => panic!("not accepted: {other:?}"),
    }
}

#[tokio::test]
async fn events_come_into_the_inbox_and_the_end_after_them() {
    let (target, server) = serve(async |mut tcp| {
        let head = read_head(&mut tcp).await;
        tcp.write_all(HEAD.as_bytes()).await.unwrap();
        tcp.write_all(b"event: post\nid: 7\ndata: {\"a\":")
            .await
            .unwrap();
        tcp.write_all(b"1}\n\ndata: x\n\ndata: unended\n")
            .await
            .unwrap();
        head
    })
    .await;
    let inbox = Inbox::new();
    let _stream = listening(&target, &inbox).await;

    let entries = entries(&inbox, 3).await;
    let [first, second, end] = &entries[..] else {
        panic!("{entries:?}")
    };
    let Event::ServerSent(event) = &first.event else {
        panic!("{first:?}")
    };
    assert_eq!((event.name.as_str(), event.id.as_str()), ("post", "7"));
    assert_eq!(first.event.json(), Some(&serde_json::json!({"a": 1})));
    assert!(matches!(&second.event, Event::ServerSent(event) if event.data.text == "x"));
    assert!(
        matches!(end.event, Event::Ended(Ended::Complete)),
        "{end:?}"
    );
    let head = finished(server).await;
    assert_eq!(
        header(&head, "accept").as_deref(),
        Some("text/event-stream")
    );
}

#[tokio::test]
async fn a_stream_that_breaks_off_was_dropped() {
    let (target, _server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        let head = HEAD.replace("\r\n\r\n", "\r\ntransfer-encoding: chunked\r\n\r\n");
        tcp.write_all(format!("{head}9\r\ndata: x\n\n\r\n").as_bytes())
            .await
            .unwrap();
    })
    .await;
    let inbox = Inbox::new();
    let _stream = listening(&target, &inbox).await;
    let entries = entries(&inbox, 2).await;
    assert!(matches!(entries[0].event, Event::ServerSent(_)));
    assert!(
        matches!(entries[1].event, Event::Ended(Ended::Dropped)),
        "{entries:?}"
    );
}

#[tokio::test]
async fn another_content_type_is_no_stream_and_another_status_is_a_refusal() {
    for (answer, said) in [
        (
            "content-type: text/plain\r\n",
            "its `Content-Type` is `text/plain`",
        ),
        ("", "it has no `Content-Type`"),
    ] {
        let (target, _server) = serve(async move |mut tcp| {
            read_head(&mut tcp).await;
            let answer = format!("HTTP/1.1 200 OK\r\n{answer}content-length: 0\r\n\r\n");
            tcp.write_all(answer.as_bytes()).await.unwrap();
        })
        .await;
        let error = listen(&target, &Inbox::new()).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    let (target, _server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        let answer = "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno";
        tcp.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    match listen(&target, &Inbox::new()).await.unwrap() {
        Opened::Refused(response) => {
            assert_eq!((response.status, &response.body[..]), (400, &b"no"[..]))
        }
        Opened::Accepted { .. } => panic!("it was refused"),
    }
}

#[tokio::test]
async fn dropping_a_stream_ends_tcp_and_records_nothing_more() {
    let (target, server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        tcp.write_all(format!("{HEAD}data: x\n\n").as_bytes())
            .await
            .unwrap();
        // Returns when the client is gone, whichever way.
        tcp.read_u8().await.is_err()
    })
    .await;
    let inbox = Inbox::new();
    let stream = listening(&target, &inbox).await;
    entries(&inbox, 1).await;
    stream.drop_tcp().await;
    assert!(finished(server).await);
    assert_eq!(inbox.len(), 1);
}

#[tokio::test]
async fn an_answer_comes_into_the_inbox_when_it_comes() {
    let (target, server) = serve(async |mut tcp| {
        let head = read_head(&mut tcp).await;
        (head, tcp)
    })
    .await;
    let inbox = Inbox::new();
    let asked = ask(&target, "GET", "/long", &[], None, &inbox, DEADLINE).await;
    let (head, mut tcp) = finished(server).await;
    assert!(head.starts_with("GET /long HTTP/1.1\r\n"), "{head}");
    assert!(inbox.is_empty());
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";
    tcp.write_all(answer.as_bytes()).await.unwrap();
    let entries = entries(&inbox, 1).await;
    let Event::Answer(Ok(response)) = &entries[0].event else {
        panic!("{entries:?}")
    };
    assert_eq!(&response.body[..], b"[]");
    assert_eq!(
        target.meter.read(),
        Cost {
            requests: 1,
            sent: head.len() as u64,
            received: answer.len() as u64,
        }
    );
    drop(asked);
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_answered_with_the_reason() {
    let target = Target::new("127.0.0.1:1".parse().unwrap());
    let inbox = Inbox::new();
    let _asked = ask(&target, "GET", "/a b", &[], None, &inbox, DEADLINE).await;
    let entries = entries(&inbox, 1).await;
    assert!(matches!(
        entries[0].event,
        Event::Answer(Err(RequestError::InvalidPath(_)))
    ));
}

#[tokio::test]
async fn every_byte_of_a_websocket_is_counted_the_handshake_too() {
    let (target, server) = serve(async |mut tcp| {
        let head = read_head(&mut tcp).await;
        let answer = switching_protocols(&head);
        // The frame comes in the same piece as the answer.
        let sent = [answer.as_bytes(), &frame(TEXT, "hello")].concat();
        tcp.write_all(&sent).await.unwrap();
        let mut received = Vec::new();
        tcp.read_to_end(&mut received).await.unwrap();
        (head.len() + received.len(), sent.len())
    })
    .await;
    let inbox = Inbox::new();
    let connection = open(&target, &inbox).await;
    entries(&inbox, 1).await;
    let message = crate::actor::Outgoing::Text("hi".to_owned());
    connection.send(message, DEADLINE).await.unwrap();
    connection.drop_tcp(DEADLINE).await.unwrap();
    let (sent, received) = finished(server).await;
    let cost = Cost {
        requests: 1,
        sent: sent as u64,
        received: received as u64,
    };
    assert_eq!(target.meter.read(), cost);
}
