//! The end of the server.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use lifecycle::server::{Config, Server, router};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

const PATIENCE: Duration = Duration::from_secs(10);

fn config() -> Config {
    Config {
        heartbeat: Duration::from_secs(30),
        max_message_size: 1024,
        max_frame_size: 1024,
        join_timeout: Duration::from_secs(30),
        journal: None,
    }
}

/// Asks a server with a connection to each of its addresses to stop.
async fn stopped() {
    let server = Arc::new(Server::new(config()));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.expect("the system has a port");
    let address = listener.local_addr().expect("it is bound");
    let routes = router(Arc::clone(&server));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let mut sockets = Vec::new();
    for path in ["/echo", "/chat", "/echo"] {
        let (mut socket, _) = connect_async(format!("ws://{address}{path}"))
            .await
            .expect("it accepts");
        // Once it has answered it certainly knows the connection.
        let asked = socket.send(Message::Ping("there?".into())).await;
        asked.expect("the connection is open");
        let answer = timeout(PATIENCE, socket.next()).await;
        assert!(
            matches!(answer, Ok(Some(Ok(Message::Pong(_))))),
            "at {path}: {answer:?}"
        );
        sockets.push((path, socket));
    }

    let stopping = tokio::spawn(async move { server.stop().await });
    for (path, mut socket) in sockets {
        let said = timeout(PATIENCE, socket.next()).await;
        let Ok(Some(Ok(Message::Close(Some(frame))))) = said else {
            panic!("at {path}: not a close frame with a code: {said:?}");
        };
        assert_eq!(frame.code, CloseCode::Away, "at {path}");
        // Reading on answers it; then the server ends the connection.
        let end = timeout(PATIENCE, socket.next()).await;
        assert!(matches!(end, Ok(None)), "at {path}: {end:?}");
    }
    let stopped = timeout(PATIENCE, stopping).await;
    assert!(matches!(stopped, Ok(Ok(()))), "the server does not stop");
}

#[graded::test]
fn each_connection_is_closed_with_1001() {
    let runtime = Runtime::new().expect("the system has threads");
    runtime.block_on(stopped());
}
