//! What is said over a connection: the echo and the chat.

use std::convert::Infallible;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::connection::{Connection, End};
use crate::protocol::{ClientMessage, ErrorCode, ServerMessage};
use crate::server::Server;
use crate::upgrade::Socket;

/// Sends back what comes, until the connection ends.
// ANCHOR: echo
pub async fn echo(socket: Socket, server: &Server) {
    let mut connection = Connection::new(socket, server);
    let Err(end) = echo_all(&mut connection).await;
    connection.end(end).await;
}

async fn echo_all(connection: &mut Connection) -> Result<Infallible, End> {
    loop {
        let message = connection.next().await?;
        connection.send(message).await?;
    }
}
// ANCHOR_END: echo

/// Lets a client take part in the chat, until the connection ends.
// ANCHOR: chat
pub async fn chat(socket: Socket, server: &Server) {
    let mut connection = Connection::new(socket, server);
    let Err(end) = converse(&mut connection, server).await;
    connection.end(end).await;
}

async fn converse(connection: &mut Connection, server: &Server) -> Result<Infallible, End> {
    let joined = timeout(server.config.join_timeout, join(connection)).await;
    let username =
        joined.unwrap_or_else(|_| Err(End::close(CloseCode::Policy, "say who you are")))?;
    // From here on: what is said after the welcome must not be missed.
    let mut said = server.chat.listen();
    let welcome = ServerMessage::Welcome {
        username: username.clone(),
    };
    tell(connection, &welcome).await?;
    loop {
        tokio::select! {
            message = hear(connection) => match message? {
                Ok(message) => answer(message, &username, connection, server).await?,
                Err(code) => tell(connection, &ServerMessage::error(code)).await?,
            },
            text = said.recv() => match text {
                Ok(text) => connection.send(Message::Text(text)).await?,
                // Some of it is no longer kept; a gap must not look like silence.
                Err(RecvError::Lagged(_)) => {
                    return Err(End::close(CloseCode::Again, "too slow: connect again"));
                }
                Err(RecvError::Closed) => return Err(End::Gone),
            },
        }
    }
}
// ANCHOR_END: chat

/// Waits until the client says who it is.
async fn join(connection: &mut Connection) -> Result<String, End> {
    loop {
        let code = match hear(connection).await? {
            Ok(ClientMessage::Join { username }) => return Ok(username),
            Ok(ClientMessage::Leave) => return Err(goodbye()),
            Ok(ClientMessage::SendMessage { .. }) => ErrorCode::NotJoined,
            Err(code) => code,
        };
        tell(connection, &ServerMessage::error(code)).await?;
    }
}

// ANCHOR: answer
async fn answer(
    message: ClientMessage,
    username: &str,
    connection: &mut Connection,
    server: &Server,
) -> Result<(), End> {
    match message {
        ClientMessage::Join { .. } => {
            tell(connection, &ServerMessage::error(ErrorCode::AlreadyJoined)).await
        }
        ClientMessage::Leave => Err(goodbye()),
        ClientMessage::SendMessage { client_id, content } => {
            let said = server.chat.say(username, client_id.clone(), &content);
            if let Err(error) = said.await {
                // The client is told that it is not its fault, and nothing about our disk.
                eprintln!("lifecycle: a message could not be written down: {error}");
                return Err(End::close(CloseCode::Error, "internal error"));
            }
            tell(connection, &ServerMessage::Ack { client_id }).await
        }
    }
}
// ANCHOR_END: answer

/// The next text message, or what is wrong with it.
// ANCHOR: hear
async fn hear(connection: &mut Connection) -> Result<Result<ClientMessage, ErrorCode>, End> {
    match connection.next().await? {
        Message::Text(text) => Ok(ClientMessage::parse(&text)),
        _ => Err(End::close(
            CloseCode::Unsupported,
            "only text is understood here",
        )),
    }
}
// ANCHOR_END: hear

async fn tell(connection: &mut Connection, message: &ServerMessage) -> Result<(), End> {
    let text = message.to_json();
    connection.send(Message::Text(text.into())).await
}

fn goodbye() -> End {
    End::close(CloseCode::Normal, "goodbye")
}
