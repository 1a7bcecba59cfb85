//! The server as a process of its own: how it stops.
#![cfg(unix)]

mod process;

use std::time::Duration;

use futures_util::StreamExt;
use process::Server;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// The page says five seconds; the rest is for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_server_that_is_asked_to_stop_closes_each_connection_with_1001() {
    let mut server = Server::start(&[]);
    let mut sockets = Vec::new();
    for path in ["/echo", "/chat", "/echo"] {
        let (socket, _) = connect_async(server.url(path)).await.expect("it listens");
        sockets.push(socket);
    }
    server.ask_to_stop();
    for mut socket in sockets {
        let message = timeout(PATIENCE, socket.next())
            .await
            .expect("it says something");
        let Some(Ok(Message::Close(Some(frame)))) = message else {
            panic!("not a close frame with a code: {message:?}");
        };
        assert_eq!(frame.code, CloseCode::Away);
        // Reading on answers it, and the server ends the connection.
        assert!(matches!(timeout(PATIENCE, socket.next()).await, Ok(None)));
    }
    assert_eq!(server.exit_code(), Some(0));
}

#[tokio::test]
async fn a_server_does_not_wait_for_ever_for_those_who_do_not_answer() {
    let mut server = Server::start(&[]);
    let (silent, _) = connect_async(server.url("/echo"))
        .await
        .expect("it listens");
    server.ask_to_stop();
    assert_eq!(server.exit_code(), Some(0));
    drop(silent);
}
