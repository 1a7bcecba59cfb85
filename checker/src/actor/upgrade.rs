//! The opening handshake of a WebSocket connection (RFC 6455 §4.1).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use hyper::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::http::{Exchange, HttpResponse, RequestError, Target, assemble, broken, in_time};
use super::meter::{Meter, Metered};

/// What is wrong with an upgrade request (RFC 6455 §4.2.1), for the student.
pub(super) fn check_request(method: &Method, headers: &HeaderMap) -> Result<String, String> {
    if method != Method::GET {
        return Err(format!("its method is {method}, where GET belongs"));
    }
    if !has_token(headers, &CONNECTION, "upgrade") {
        return Err(format!(
            "{}, where `Connection: Upgrade` belongs",
            describe(headers, &CONNECTION)
        ));
    }
    if !has_token(headers, &SEC_WEBSOCKET_VERSION, "13") {
        return Err(format!(
            "{}, where `Sec-WebSocket-Version: 13` belongs",
            describe(headers, &SEC_WEBSOCKET_VERSION)
        ));
    }
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .map_or(&b""[..], |key| key.as_bytes());
    if STANDARD.decode(key).map(|key| key.len()) != Ok(16) {
        return Err(format!(
            "{}, where 16 random bytes in base64 belong",
            describe(headers, &SEC_WEBSOCKET_KEY)
        ));
    }
    Ok(derive_accept_key(key))
}

/// What the server answered to an upgrade request.
pub(super) enum Answer {
    Upgraded(Upgraded),
    Refused(HttpResponse),
}

/// A TCP connection that has switched protocols.
pub(super) struct Upgraded {
    pub(super) tcp: TcpStream,
    /// Has counted all so far.
    pub(super) meter: Meter,
    /// What came behind the 101 response.
    pub(super) read_already: BytesMut,
    /// When the 101 response was there.
    pub(super) at: Instant,
    pub(super) took: Duration,
}

/// Sends an upgrade request and judges the answer.
pub(super) async fn upgrade(
    target: &Target,
    path: &str,
    headers: &[(String, String)],
    deadline: Duration,
) -> Result<Answer, RequestError> {
    let own = vec![
        (HOST, target.address.to_string()),
        (CONNECTION, "Upgrade".to_owned()),
        (UPGRADE, "websocket".to_owned()),
        (SEC_WEBSOCKET_VERSION, "13".to_owned()),
        (SEC_WEBSOCKET_KEY, generate_key()),
    ];
    let request = assemble(Method::GET, path, own, headers, Bytes::new())?;
    let sent = request.headers().clone();
    in_time(deadline, async {
        let exchange = Exchange::start(target, request).await?;
        if exchange.response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Answer::Refused(exchange.finish().await?));
        }
        check(&sent, exchange.response.headers()).map_err(RequestError::InvalidUpgrade)?;
        let at = exchange.answered;
        let took = at.duration_since(exchange.start);
        let upgraded = hyper::upgrade::on(exchange.response)
            .await
            .map_err(|error| broken(&error))?;
        let parts = upgraded
            .downcast::<TokioIo<Metered>>()
            .map_err(|_| RequestError::Broken("gave a connection of another kind".to_owned()))?;
        let (tcp, meter) = parts.io.into_inner().into_parts();
        Ok(Answer::Upgraded(Upgraded {
            tcp,
            meter,
            read_already: BytesMut::from(&parts.read_buf[..]),
            at,
            took,
        }))
    })
    .await
}

/// The rules for a 101 response, each with what is wrong and what should be there.
fn check(sent: &HeaderMap, answer: &HeaderMap) -> Result<(), String> {
    if !has_token(answer, &UPGRADE, "websocket") {
        return Err(format!(
            "{}, where `Upgrade: websocket` belongs",
            describe(answer, &UPGRADE)
        ));
    }
    if !has_token(answer, &CONNECTION, "upgrade") {
        return Err(format!(
            "{}, where `Connection: Upgrade` belongs",
            describe(answer, &CONNECTION)
        ));
    }
    let key = sent
        .get(SEC_WEBSOCKET_KEY)
        .map_or(&b""[..], |key| key.as_bytes());
    let accept = derive_accept_key(key);
    if answer
        .get(SEC_WEBSOCKET_ACCEPT)
        .is_none_or(|value| value != accept.as_str())
    {
        return Err(format!(
            "{}, where `{accept}` answers the key `{}`",
            describe(answer, &SEC_WEBSOCKET_ACCEPT),
            String::from_utf8_lossy(key),
        ));
    }
    for name in [SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL] {
        for chosen in tokens(answer, &name) {
            // An extension's parameters are the server's to choose.
            let chosen = chosen.split(';').next().unwrap_or_default().trim();
            let offered = tokens(sent, &name)
                .iter()
                .any(|offer| offer.split(';').next().unwrap_or_default().trim() == chosen);
            if !offered {
                return Err(format!(
                    "{}, which the client did not offer",
                    describe(answer, &name)
                ));
            }
        }
    }
    Ok(())
}

pub(super) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name)
        .iter()
        .any(|found| found.eq_ignore_ascii_case(token))
}

/// The items of a header's comma-separated list.
fn tokens(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            text.split(',')
                .map(|item| item.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Which header is what.
fn describe(headers: &HeaderMap, name: &HeaderName) -> String {
    match headers.get(name) {
        Some(value) => format!(
            "its `{}` is `{}`",
            canonical(name),
            String::from_utf8_lossy(value.as_bytes())
        ),
        None => format!("it has no `{}`", canonical(name)),
    }
}

/// A name as RFC 6455 writes it.
fn canonical(name: &HeaderName) -> &'static str {
    match name.as_str() {
        "upgrade" => "Upgrade",
        "connection" => "Connection",
        "sec-websocket-accept" => "Sec-WebSocket-Accept",
        "sec-websocket-key" => "Sec-WebSocket-Key",
        "sec-websocket-version" => "Sec-WebSocket-Version",
        "sec-websocket-extensions" => "Sec-WebSocket-Extensions",
        _ => "Sec-WebSocket-Protocol",
    }
}
