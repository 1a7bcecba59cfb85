//! HTTP requests.

use bytes::Bytes;

use super::*;
use crate::actor::{Body, HttpResponse, RequestError, request};

/// Answers one request, and gives its head and body.
async fn answer(answer: impl Into<Vec<u8>>) -> (Target, JoinHandle<(String, Vec<u8>)>) {
    let answer = answer.into();
    serve(async move |mut tcp| {
        let head = read_head(&mut tcp).await;
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        tcp.read_exact(&mut body).await.unwrap();
        tcp.write_all(&answer).await.unwrap();
        (head, body)
    })
    .await
}

async fn get(target: &Target) -> Result<HttpResponse, RequestError> {
    request(target, "GET", "/api/rooms", &[], None, DEADLINE).await
}

#[tokio::test]
async fn a_body_goes_out_whole_with_its_type() {
    for bytes in [
        Bytes::from_static(br#"{"username":"mira"}"#),
        Bytes::from(vec![0xff; 300_000]),
    ] {
        let (target, server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
        let headers = [("authorization".to_owned(), "Bearer x".to_owned())];
        let body = Body {
            content_type: "application/json".to_owned(),
            bytes: bytes.clone(),
        };

        let response = request(
            &target,
            "POST",
            "/api/sign-in?a=1",
            &headers,
            Some(body),
            DEADLINE,
        )
        .await
        .unwrap();

        assert_eq!((response.status, &response.body[..]), (200, &b"{}"[..]));
        let (head, received) = finished(server).await;
        assert!(
            head.starts_with("POST /api/sign-in?a=1 HTTP/1.1\r\n"),
            "{head}"
        );
        assert_eq!(header(&head, "host"), Some(target.address.to_string()));
        assert_eq!(header(&head, "connection").as_deref(), Some("close"));
        assert_eq!(
            header(&head, "content-type").as_deref(),
            Some("application/json")
        );
        assert_eq!(header(&head, "authorization").as_deref(), Some("Bearer x"));
        assert_eq!(received, bytes);
    }
}

#[tokio::test]
async fn a_response_may_be_chunked_or_end_with_the_connection() {
    let chunked = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    let unframed = "HTTP/1.0 404 Not Found\r\n\r\nhello world";
    for wire in [chunked, unframed] {
        let (target, _server) = answer(wire).await;
        let response = get(&target).await.unwrap();
        assert_eq!(
            (response.status, &response.body[..]),
            (404, &b"hello world"[..])
        );
    }
}

#[tokio::test]
async fn responses_to_head_and_delete_have_no_body() {
    let (target, _server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
    let response = request(&target, "HEAD", "/", &[], None, DEADLINE)
        .await
        .unwrap();
    assert_eq!((response.status, response.body.len()), (200, 0));

    let (target, server) = answer("HTTP/1.1 204 No Content\r\n\r\n").await;
    let response = request(&target, "DELETE", "/x", &[], None, DEADLINE)
        .await
        .unwrap();
    assert_eq!((response.status, response.body.len()), (204, 0));
    assert!(
        server
            .await
            .unwrap()
            .0
            .starts_with("DELETE /x HTTP/1.1\r\n")
    );
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::new(listener.local_addr().unwrap());
    drop(listener);

    let error = get(&target).await.unwrap_err().to_string();

    let expected = format!(
        "could not connect to {}: Connection refused",
        target.address
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[tokio::test]
async fn half_a_response_is_no_response() {
    for (wire, said) in [
        (
            "",
            "the server closed the connection before the end of the response",
        ),
        (
            "HTTP/1.1 200 OK\r\nConte",
            "the server closed the connection before the end of the response",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
            "the server closed the connection before the end of the response",
        ),
        (
            "hello\r\n\r\n",
            "the server answered with something that is not HTTP/1.1: invalid HTTP version parsed",
        ),
    ] {
        let (target, _server) = answer(wire).await;
        assert_eq!(
            get(&target).await.unwrap_err().to_string(),
            said,
            "{wire:?}"
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_is_timed_out() {
    let (target, _server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
            .await
            .unwrap();
        std::future::pending::<()>().await;
    })
    .await;

    let outcome = request(&target, "GET", "/", &[], None, Duration::from_millis(50)).await;

    assert!(
        matches!(outcome, Err(RequestError::TimedOut { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_by_its_declared_length() {
    let (target, _server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n").await;

    let outcome = get(&target).await;

    assert!(
        matches!(outcome, Err(RequestError::TooLarge)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_body_without_end_is_read_up_to_the_limit() {
    let (target, server) = serve(async |mut tcp| {
        read_head(&mut tcp).await;
        tcp.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await
            .unwrap();
        let chunk = [&b"100000\r\n"[..], &[b'x'; 1 << 20], b"\r\n"].concat();
        while tcp.write_all(&chunk).await.is_ok() {}
    })
    .await;

    let outcome = get(&target).await;

    assert!(
        matches!(outcome, Err(RequestError::TooLarge)),
        "{:?}",
        outcome.map(|response| response.body.len())
    );
    finished(server).await;
}

#[tokio::test]
async fn a_method_must_be_a_token() {
    let target = Target::new("127.0.0.1:1".parse().unwrap());
    let outcome = request(&target, "GET /", "/", &[], None, DEADLINE).await;
    assert!(
        matches!(outcome, Err(RequestError::InvalidMethod(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_answer_that_comes_before_the_body_was_read_counts() {
    for _ in 0..20 {
        let (target, _server) = serve(async move |mut tcp| {
            read_head(&mut tcp).await;
            tcp.write_all(b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 5\r\n\r\nlarge")
                .await
                .unwrap();
        })
        .await;
        let body = Body {
            content_type: "application/octet-stream".to_owned(),
            bytes: Bytes::from(vec![0; 16 << 20]),
        };

        let response = request(&target, "POST", "/", &[], Some(body), DEADLINE).await;

        let response = response.unwrap();
        assert_eq!((response.status, &response.body[..]), (413, &b"large"[..]));
    }
}
