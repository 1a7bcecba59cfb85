//! A chat client for the terminal: it comes back, and loses nothing that was typed.

use std::pin::pin;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::backoff::Backoff;
use crate::outbox::Outbox;
use crate::protocol::{ClientMessage, ServerMessage};
use crate::terminal::{ClientConfig, Failed, print};

/// A server that takes longer to accept a connection, or a message, is as good as gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last messages may take to be acknowledged, once the user wants to go.
const QUIT_PATIENCE: Duration = Duration::from_secs(3);
/// How long the server may take to answer our close frame.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
const QUIT: &str = "/quit";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why the client does what it does no longer.
// ANCHOR: end
enum End {
    /// The connection is lost: come back.
    Lost(String),
    /// The user wants to go.
    Quit,
    /// The server does not want us: do not come back.
    Refused(String),
}
// ANCHOR_END: end

/// Sends what is typed and prints what is said, until the user wants to go or the server does not
/// want us.
///
/// # Errors
/// When the server does not want us, or the last messages cannot be delivered.
// ANCHOR: run
pub async fn run(config: ClientConfig, input: mpsc::Receiver<String>) -> Result<(), Failed> {
    let mut client = Client {
        backoff: Backoff::new(config.backoff_base, config.backoff_cap),
        outbox: Outbox::new(config.outbox_limit),
        config,
        input,
        quit_until: None,
    };
    loop {
        let end = match client.connect().await {
            Ok(socket) => client.talk(socket).await,
            Err(end) => end,
        };
        let end = match end {
            End::Lost(why) => client.wait(&why).await,
            end => end,
        };
        match end {
            End::Lost(_) => {}
            End::Refused(reason) => return Err(Failed::Refused(reason)),
            End::Quit => {
                return match client.outbox.len() {
                    0 => Ok(()),
                    count => Err(Failed::Undelivered(count)),
                };
            }
        }
    }
}
// ANCHOR_END: run

struct Client {
    config: ClientConfig,
    backoff: Backoff,
    outbox: Outbox,
    input: mpsc::Receiver<String>,
    /// Set once the user wants to go: until then, what waits may still be delivered.
    quit_until: Option<Instant>,
}

impl Client {
    async fn connect(&mut self) -> Result<Socket, End> {
        let url = self.config.url.clone();
        match self
            .meanwhile(timeout(PATIENCE, connect_async(url)))
            .await?
        {
            Ok(Ok((socket, _))) => Ok(socket),
            // The server has understood us, and says no: asking again would not change that.
            Ok(Err(tungstenite::Error::Http(response))) if response.status().is_client_error() => {
                Err(End::Refused(response.status().to_string()))
            }
            Ok(Err(error)) => Err(End::Lost(error.to_string())),
            Err(_) => Err(End::Lost("no answer".to_owned())),
        }
    }

    /// Waits before the next attempt.
    // ANCHOR: wait
    async fn wait(&mut self, why: &str) -> End {
        self.outbox.connection_lost();
        let wait = self.backoff.next_wait();
        print(&format!("* {why}; trying again in {} ms", wait.as_millis()));
        match self.meanwhile(sleep(wait)).await {
            Ok(()) => End::Lost(String::new()),
            Err(end) => end,
        }
    }

    /// Waits for something else while the user types.
    async fn meanwhile<T>(&mut self, other: impl Future<Output = T>) -> Result<T, End> {
        let mut other = pin!(other);
        loop {
            if self.is_done() {
                return Err(End::Quit);
            }
            tokio::select! {
                done = &mut other => return Ok(done),
                () = self.user() => {}
            }
        }
    }
    // ANCHOR_END: wait

    /// Talks until the connection ends.
    // ANCHOR: talk
    async fn talk(&mut self, mut socket: Socket) -> End {
        let join = ClientMessage::Join {
            username: self.config.username.clone(),
        };
        if let Err(end) = send(&mut socket, &join).await {
            return last_words(socket, end).await;
        }
        let mut welcome = false;
        let mut heard_at = Instant::now();
        loop {
            // Before the welcome it is not clear that there is somebody who takes it.
            while welcome && let Some(message) = self.outbox.next_to_send() {
                if let Err(end) = send(&mut socket, &message).await {
                    return last_words(socket, end).await;
                }
            }
            if self.is_done() {
                close(socket, CloseCode::Normal).await;
                return End::Quit;
            }
            let silent = sleep_until(heard_at + self.config.silence);
            tokio::select! {
                incoming = socket.next() => {
                    heard_at = Instant::now();
                    match incoming {
                        Some(Ok(Message::Text(text))) => welcome |= self.hear(&text),
                        Some(Ok(Message::Close(frame))) => {
                            // tungstenite answers it when we read on.
                            read_to_the_end(&mut socket).await;
                            return closed(frame);
                        }
                        // Pings are answered by reading on; what is not text is not for us.
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return failed(socket, error).await,
                        None => return End::Lost("the connection is lost".to_owned()),
                    }
                }
                () = self.user() => {}
                () = silent => {
                    return End::Lost("the server says nothing any more".to_owned());
                }
            }
        }
    }
    // ANCHOR_END: talk

    /// Reads one message. Says whether it was the welcome.
    // ANCHOR: hear
    fn hear(&mut self, text: &str) -> bool {
        match serde_json::from_str(text) {
            Ok(ServerMessage::Welcome { username }) => {
                // Only now: a server that accepts connections and drops them is not back yet.
                self.backoff.reset();
                print(&format!("* welcome, {username}"));
                return true;
            }
            Ok(ServerMessage::NewMessage { username, content }) => {
                print(&format!("{username}: {content}"));
            }
            Ok(ServerMessage::Ack { client_id }) => self.outbox.acknowledge(&client_id),
            Ok(ServerMessage::Error { message, .. }) => print(&format!("* error: {message}")),
            // It may be newer than we are, or broken; either way the next message may be for us.
            Err(_) => {}
        }
        false
    }
    // ANCHOR_END: hear

    /// Takes the next line that the user types, or notices that time is up. Nothing is lost when it
    /// is dropped before it is ready.
    // ANCHOR: user
    async fn user(&mut self) {
        let line = match self.quit_until {
            Some(until) => return sleep_until(until).await,
            None => self.input.recv().await,
        };
        match line {
            Some(line) if line.trim() != QUIT => {
                if !line.trim().is_empty() && self.outbox.push(line.clone()).is_err() {
                    print(&format!("* the outbox is full, not sent: {line}"));
                }
            }
            // The end of the input is a wish to go as well.
            _ => self.quit_until = Some(Instant::now() + QUIT_PATIENCE),
        }
    }

    /// Whether the user wants to go, and there is nothing left to wait for.
    fn is_done(&self) -> bool {
        self.quit_until
            .is_some_and(|until| self.outbox.is_empty() || Instant::now() >= until)
    }
    // ANCHOR_END: user
}

async fn send(socket: &mut Socket, message: &ClientMessage) -> Result<(), End> {
    match timeout(PATIENCE, socket.send(Message::text(message.to_json()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(End::Lost(error.to_string())),
        Err(_) => Err(End::Lost("the server does not read".to_owned())),
    }
}

/// When sending has failed, the server may have said why before that.
async fn last_words(mut socket: Socket, end: End) -> End {
    let heard = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(frame) = message {
                return Some(closed(frame));
            }
        }
        None
    };
    timeout(CLOSE_PATIENCE, heard)
        .await
        .ok()
        .flatten()
        .unwrap_or(end)
}

/// What a close frame means for us.
// ANCHOR: closed
fn closed(frame: Option<CloseFrame>) -> End {
    match frame {
        Some(frame) if frame.code == CloseCode::Policy => End::Refused(frame.reason.to_string()),
        Some(frame) => End::Lost(format!("closed with {} {}", frame.code, frame.reason)),
        None => End::Lost("closed".to_owned()),
    }
}
// ANCHOR_END: closed

/// Reading has failed. If the server broke the protocol, it is told.
async fn failed(socket: Socket, error: tungstenite::Error) -> End {
    let code = match error {
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Protocol(_) => Some(CloseCode::Protocol),
        tungstenite::Error::Utf8(_) => Some(CloseCode::Invalid),
        tungstenite::Error::Capacity(_) => Some(CloseCode::Size),
        _ => None,
    };
    if let Some(code) = code {
        close(socket, code).await;
    }
    End::Lost(error.to_string())
}

async fn close(mut socket: Socket, code: CloseCode) {
    let frame = CloseFrame {
        code,
        reason: "".into(),
    };
    if let Ok(Ok(())) = timeout(CLOSE_PATIENCE, socket.close(Some(frame))).await {
        read_to_the_end(&mut socket).await;
    }
}

/// What comes now is of no interest, but the closing handshake ends with it.
async fn read_to_the_end(socket: &mut Socket) {
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(CLOSE_PATIENCE, rest).await.ok();
}
