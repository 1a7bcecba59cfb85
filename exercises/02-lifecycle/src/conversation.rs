//! What is said over a connection: the echo and the chat.
//!
//! Checks: `echo` and those after it (12); `chat`, `malformed`, `join-first`, `not-text`, `silent`,
//! `internal` and `leave` (18).

use crate::server::Server;
use crate::upgrade::Socket;

/// **12.** Sends back what comes, until the connection ends.
///
/// Take the [`next`](crate::connection::Connection::next) message and
/// [`send`](crate::connection::Connection::send) it, again and again; then
/// [`end`](crate::connection::Connection::end) the connection. A function that returns
/// `Result<Infallible, End>` can be left with `?` and in no other way.
pub async fn echo(socket: Socket, server: &Server) {
    let _ = server;
    todo!("echo what comes from {socket:?}")
}

/// **18.** Lets a client take part in the chat, until the connection ends.
///
/// - Wait for its `join`, at most `server.config.join_timeout`; else close with 1008.
/// - [`listen`](crate::chat::Chat::listen), then say `welcome`. From there on wait for two things at
///   once (`tokio::select!`): what the client says, and what is said to everyone.
/// - [`ClientMessage::parse`](crate::protocol::ClientMessage::parse) what is text. If it is wrong,
///   answer with an error, and go on. What is not text ends the connection, with 1003.
/// - [`say`](crate::chat::Chat::say) what the client sends, and acknowledge it. If that fails, it is
///   not the client's fault: 1011.
/// - After `leave` close with 1000. A client that is too slow to read (`RecvError::Lagged`) is closed
///   with 1013.
pub async fn chat(socket: Socket, server: &Server) {
    let _ = server;
    todo!("let {socket:?} take part")
}
