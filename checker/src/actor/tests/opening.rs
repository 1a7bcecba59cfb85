//! Upgrades: accepted, refused, broken.

use super::*;
use crate::actor::RequestError;

#[tokio::test]
async fn a_thousand_messages_in_the_write_of_the_101_all_arrive_in_order() {
    let messages = (0..1000).flat_map(|n| frame(TEXT, format!(r#"{{"n":{n}}}"#)));
    let (target, _server) = serve_upgraded(messages.collect(), async |tcp| tcp).await;
    let inbox = Inbox::new();
    let _connection = open(&target, &inbox).await;

    let entries = entries(&inbox, 1000).await;

    let numbers: Vec<_> = entries
        .iter()
        .map(|entry| entry.event.json().unwrap()["n"].clone())
        .collect();
    assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
    assert!(entries.is_sorted_by_key(|entry| entry.at));
}

#[tokio::test]
async fn the_101_and_what_follows_it_may_be_cut_anywhere() {
    let behind = [frame(TEXT, "first"), frame(PING, "second")].concat();
    // The key, and so the response, has the same length each time.
    let request = "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let length = switching_protocols(request).len() + behind.len();
    for cut in 1..length {
        let behind = behind.clone();
        let (target, _server) = serve(async move |mut tcp| {
            tcp.set_nodelay(true).unwrap();
            let head = read_head(&mut tcp).await;
            let wire = [switching_protocols(&head).as_bytes(), &behind].concat();
            tcp.write_all(&wire[..cut]).await.unwrap();
            // Lets the client read the one part before the other is written.
            tokio::task::yield_now().await;
            tcp.write_all(&wire[cut..]).await.unwrap();
            tcp
        })
        .await;
        let inbox = Inbox::new();
        let _connection = open(&target, &inbox).await;

        let entries = entries(&inbox, 2).await;

        assert_eq!(text(&entries[0]), "first", "cut at {cut}");
        assert!(
            matches!(&entries[1].event, Event::Ping(payload) if payload == "second"),
            "cut at {cut}"
        );
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_status_headers_and_body() {
    let (target, _server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n\
                      {\"code\":\"token\"}";
        tcp.write_all(answer.as_bytes()).await.unwrap();
        tcp
    })
    .await;

    let opened = Connection::open(&target, "/ws", &[], &Inbox::new(), DEADLINE).await;

    let Ok(Opened::Refused(response)) = opened else {
        panic!("not refused: {opened:?}");
    };
    assert_eq!(response.status, 401);
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(response.body, r#"{"code":"token"}"#);
}

#[tokio::test]
async fn the_request_is_a_browsers_without_origin_and_cookies() {
    let (target, server) = serve(async |mut tcp| read_head(&mut tcp).await).await;

    let opened = Connection::open(&target, "/ws?token=a%20b", &[], &Inbox::new(), DEADLINE).await;

    assert!(matches!(opened, Err(RequestError::Broken(_))), "{opened:?}");
    let head = finished(server).await;
    let key = header(&head, "sec-websocket-key").unwrap();
    let expected = format!(
        "GET /ws?token=a%20b HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-Websocket-Version: 13\r\nSec-Websocket-Key: {key}\r\n\r\n",
        target.address
    );
    assert_eq!(head, expected);
    assert_eq!(key.len(), 24, "16 bytes in base64");
}

#[tokio::test]
async fn a_header_of_the_script_replaces_the_clients_own() {
    let (target, server) = serve(async |mut tcp| read_head(&mut tcp).await).await;
    let headers = [
        ("Origin".to_owned(), "https://evil.example".to_owned()),
        ("HOST".to_owned(), "chat.example".to_owned()),
        ("sec-websocket-VERSION".to_owned(), "8".to_owned()),
    ];

    let _ = Connection::open(&target, "/ws", &headers, &Inbox::new(), DEADLINE).await;

    let head = finished(server).await;
    assert_eq!(
        header(&head, "origin").as_deref(),
        Some("https://evil.example")
    );
    assert_eq!(header(&head, "host").as_deref(), Some("chat.example"));
    assert_eq!(header(&head, "sec-websocket-version").as_deref(), Some("8"));
    assert_eq!(head.to_lowercase().matches("\r\nhost:").count(), 1);
}

/// What is said of a 101 with these headers, `{accept}` being the right key.
async fn verdict(headers: &'static [&'static str]) -> String {
    let (target, _server) = serve(async move |mut tcp| {
        let head = read_head(&mut tcp).await;
        let accept = derive_accept_key(header(&head, "sec-websocket-key").unwrap().as_bytes());
        let lines: String = headers
            .iter()
            .map(|line| format!("{}\r\n", line.replace("{accept}", &accept)))
            .collect();
        let answer = format!("HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n");
        tcp.write_all(answer.as_bytes()).await.unwrap();
        tcp
    })
    .await;
    match Connection::open(&target, "/ws", &[], &Inbox::new(), DEADLINE).await {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_101_must_have_the_headers_of_an_upgrade() {
    const UPGRADE: &str = "Upgrade: websocket";
    const CONNECTION: &str = "Connection: Upgrade";
    const ACCEPT: &str = "Sec-WebSocket-Accept: {accept}";

    assert_eq!(verdict(&[UPGRADE, CONNECTION, ACCEPT]).await, "accepted");
    assert_eq!(
        verdict(&[CONNECTION, ACCEPT]).await,
        "the server answered 101 Switching Protocols, but it has no `Upgrade`, where `Upgrade: websocket` belongs \
         (RFC 6455 section 4.1)"
    );
    assert_eq!(
        verdict(&["Upgrade: h2c", CONNECTION, ACCEPT]).await,
        "the server answered 101 Switching Protocols, but its `Upgrade` is `h2c`, where `Upgrade: websocket` belongs \
         (RFC 6455 section 4.1)"
    );
    assert_eq!(
        verdict(&[UPGRADE, "Connection: keep-alive", ACCEPT]).await,
        "the server answered 101 Switching Protocols, but its `Connection` is `keep-alive`, where \
         `Connection: Upgrade` belongs (RFC 6455 section 4.1)"
    );
    let wrong_accept = verdict(&[UPGRADE, CONNECTION, "Sec-WebSocket-Accept: bm8="]).await;
    assert!(
        wrong_accept.contains("but its `Sec-WebSocket-Accept` is `bm8=`, where `"),
        "{wrong_accept}"
    );
    assert_eq!(
        verdict(&[
            UPGRADE,
            CONNECTION,
            ACCEPT,
            "Sec-WebSocket-Extensions: permessage-deflate"
        ])
        .await,
        "the server answered 101 Switching Protocols, but its `Sec-WebSocket-Extensions` is `permessage-deflate`, \
         which the client did not offer (RFC 6455 section 4.1)"
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_at_the_deadline() {
    let (target, _server) = serve(async |tcp| {
        std::future::pending::<()>().await;
        drop(tcp);
    })
    .await;
    let deadline = Duration::from_millis(50);

    let opened = Connection::open(&target, "/ws", &[], &Inbox::new(), deadline).await;

    let Err(RequestError::TimedOut { after }) = opened else {
        panic!("not timed out: {opened:?}");
    };
    assert_eq!(after, deadline);
}

#[tokio::test]
async fn what_cannot_stand_in_a_request_is_refused_before_connecting() {
    let target = Target::new("127.0.0.1:1".parse().unwrap());
    for path in ["", "ws", "/a b", "/a#b", "/a\r\nx: y"] {
        let opened = Connection::open(&target, path, &[], &Inbox::new(), DEADLINE).await;
        assert!(
            matches!(&opened, Err(RequestError::InvalidPath(bad)) if bad == path),
            "{path}: {opened:?}"
        );
    }
    let headers = [("X".to_owned(), "a\r\nb".to_owned())];
    let opened = Connection::open(&target, "/", &headers, &Inbox::new(), DEADLINE).await;
    assert!(
        matches!(opened, Err(RequestError::InvalidHeader(_))),
        "{opened:?}"
    );
}
