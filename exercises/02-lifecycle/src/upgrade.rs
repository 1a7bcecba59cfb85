//! From a request to a WebSocket.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::handshake;

/// A connection on which WebSocket is spoken.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Answers a request for an upgrade. If it is accepted, `serve` gets the connection, in a task of
/// its own; if not, the response says why.
// ANCHOR: upgrade
pub fn upgrade<F>(
    mut request: Request,
    config: WebSocketConfig,
    serve: impl FnOnce(Socket) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = ()> + Send,
{
    let accept = match handshake::accept(request.headers()) {
        Ok(accept) => accept,
        Err(status) => return refuse(status),
    };
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        // Ready once the response has been written: from there on the bytes are ours. An error
        // means that the client did not wait for it.
        if let Ok(upgraded) = upgraded.await {
            let io = TokioIo::new(upgraded);
            let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
            serve(socket).await;
        }
    });
    let headers = [
        (CONNECTION, "upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_ACCEPT, &accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}
// ANCHOR_END: upgrade

fn refuse(status: StatusCode) -> Response {
    // What would be accepted (RFC 6455 §4.4, RFC 9110 §7.8).
    let headers = [(UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")];
    let body = "this is a WebSocket: connect with ws://, and version 13\n";
    (status, headers, body).into_response()
}
