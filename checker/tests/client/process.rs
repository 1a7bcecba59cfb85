//! The client under test: this test executable again, with the defect that an environment variable names.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines, Stdin,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// The variable that names the defect; set to nothing, the client is right.
pub(crate) const DEFECT: &str = "DEFECT";

/// Instead of a defect: the client speaks plain HTTP.
pub(crate) const HTTP: &str = "http";

/// Sends one operation again and again until it is applied, prints each answer, and ends.
async fn post_until_applied() -> ! {
    let url = std::env::var("SERVER_HTTP_URL").unwrap();
    let address = url.strip_prefix("http://").unwrap();
    loop {
        if let Some(answer) = post(address, r#"{"id":7,"insert":"x"}"#).await {
            println!("{answer}");
            if answer.starts_with("200 ") {
                std::process::exit(0);
            }
        }
    }
}

/// The status and the body of the answer, if one comes.
async fn post(address: &str, body: &str) -> Option<String> {
    let mut tcp = TcpStream::connect(address).await.ok()?;
    let request = format!(
        "POST /api/operations?v=1 HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    tcp.write_all(request.as_bytes()).await.ok()?;
    let mut response = String::new();
    tcp.read_to_string(&mut response).await.ok()?;
    let status = response.split(' ').nth(1)?.to_owned();
    let (_, body) = response.split_once("\r\n\r\n")?;
    Some(format!("{status} {body}"))
}

/// What is wrong with a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    /// Comes back after 3 s, always.
    Fixed,
    /// Comes back at once.
    Eager,
    /// Waits as long after a success as before it.
    NeverResets,
    /// Forgets what is typed while it is away.
    DropsQueue,
    /// Sends twice what was typed while it was away.
    SendsTwice,
    /// Sends what was typed last first.
    Reversed,
    /// Gives a message another id when it sends it again.
    AnotherId,
    /// Sends an acknowledged message again.
    IgnoresAcks,
    /// Comes back though it was told to stay away.
    ComesBackAfterPolicy,
    /// Ends when what it gets is no JSON.
    DiesOnGarbage,
    /// Says nothing of the reason for which it was closed.
    SilentAboutTheReason,
    /// Ends with another status.
    WrongStatus,
    /// Sends nothing when it has connected.
    NoHello,
}

const DEFECTS: [(&str, Defect); 13] = [
    ("fixed", Defect::Fixed),
    ("eager", Defect::Eager),
    ("never-resets", Defect::NeverResets),
    ("drops-queue", Defect::DropsQueue),
    ("sends-twice", Defect::SendsTwice),
    ("reversed", Defect::Reversed),
    ("another-id", Defect::AnotherId),
    ("ignores-acks", Defect::IgnoresAcks),
    ("comes-back-after-policy", Defect::ComesBackAfterPolicy),
    ("dies-on-garbage", Defect::DiesOnGarbage),
    ("silent-about-the-reason", Defect::SilentAboutTheReason),
    ("wrong-status", Defect::WrongStatus),
    ("no-hello", Defect::NoHello),
];

impl Defect {
    pub(crate) fn name(self) -> &'static str {
        let mut defects = DEFECTS.iter();
        defects.find(|(_, defect)| *defect == self).unwrap().0
    }
}

/// Does nothing unless it is run as the client under test.
#[tokio::test]
async fn client() {
    let Ok(defect) = std::env::var(DEFECT) else {
        return;
    };
    if defect == HTTP {
        post_until_applied().await;
    }
    let mut defects = DEFECTS.iter();
    let defect = defects.find(|(name, _)| *name == defect);
    Client::new(defect.map(|(_, defect)| *defect)).run().await;
}

struct Client {
    defect: Option<Defect>,
    input: Lines<BufReader<Stdin>>,
    unacknowledged: VecDeque<(u64, String)>,
    next_id: u64,
    attempt: u32,
}

enum Next {
    Reconnect,
    StayAway,
}

impl Client {
    fn new(defect: Option<Defect>) -> Self {
        Self {
            defect,
            input: BufReader::new(tokio::io::stdin()).lines(),
            unacknowledged: VecDeque::new(),
            next_id: 0,
            attempt: 0,
        }
    }

    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    async fn run(mut self) {
        loop {
            if let Next::StayAway = self.converse().await {
                loop {
                    self.typed().await;
                }
            }
            let wait = tokio::time::sleep(self.wait());
            self.attempt += 1;
            tokio::pin!(wait);
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    line = self.input.next_line() => self.take(line.unwrap(), false),
                }
            }
        }
    }

    fn wait(&self) -> Duration {
        if self.has(Defect::Fixed) {
            return Duration::from_secs(3);
        }
        if self.has(Defect::Eager) {
            return Duration::ZERO;
        }
        let number = |name: &str| std::env::var(name).unwrap().parse::<u64>().unwrap();
        let longest =
            number("BACKOFF_CAP_MS").min(number("BACKOFF_BASE_MS") << self.attempt.min(16));
        // From half of it to one and a half.
        let jitter = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .subsec_nanos();
        Duration::from_millis(longest / 2 + u64::from(jitter) % (longest + 1))
    }

    /// From a connection to its end.
    async fn converse(&mut self) -> Next {
        let url = std::env::var("SERVER_URL").unwrap();
        let address = url.strip_prefix("ws://").unwrap();
        let Ok(tcp) = TcpStream::connect(address).await else {
            return Next::Reconnect;
        };
        let Ok((mut socket, _)) = tokio_tungstenite::client_async(&url, tcp).await else {
            return Next::Reconnect;
        };
        let mut outgoing = VecDeque::new();
        if !self.has(Defect::NoHello) {
            let name = std::env::var("CLIENT_NAME").unwrap();
            outgoing.push_back(json!({"type": "join", "username": name}));
        }
        let again = if self.has(Defect::SendsTwice) { 2 } else { 1 };
        for _ in 0..again {
            let mut messages: Vec<_> = self.unacknowledged.iter().cloned().collect();
            if self.has(Defect::Reversed) {
                messages.reverse();
            }
            for (id, content) in messages {
                let id = if self.has(Defect::AnotherId) {
                    id + 1_000
                } else {
                    id
                };
                outgoing.push_back(message(id, &content));
            }
        }
        loop {
            while let Some(message) = outgoing.pop_front() {
                if socket
                    .send(Message::text(message.to_string()))
                    .await
                    .is_err()
                {
                    return Next::Reconnect;
                }
            }
            tokio::select! {
                line = self.input.next_line() => {
                    self.take(line.unwrap(), true);
                    if let Some((id, content)) = self.unacknowledged.back() {
                        outgoing.push_back(message(*id, content));
                    }
                }
                received = socket.next() => match received {
                    Some(Ok(Message::Text(text))) => self.received(&text),
                    Some(Ok(Message::Close(Some(frame)))) if frame.code == CloseCode::Policy => {
                        if !self.has(Defect::SilentAboutTheReason) {
                            println!("the server closed the connection: {}", frame.reason);
                        }
                        if !self.has(Defect::ComesBackAfterPolicy) {
                            return Next::StayAway;
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Next::Reconnect,
                },
            }
        }
    }

    fn received(&mut self, text: &str) {
        let message: Value = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) if self.has(Defect::DiesOnGarbage) => panic!("{error}"),
            Err(_) => return,
        };
        match message["type"].as_str() {
            Some("welcome") => {
                println!("welcome");
                if !self.has(Defect::NeverResets) {
                    self.attempt = 0;
                }
            }
            Some("ack") if !self.has(Defect::IgnoresAcks) => {
                let id = message["clientId"].as_u64();
                self.unacknowledged.retain(|(own, _)| Some(*own) != id);
            }
            _ => {}
        }
    }

    async fn typed(&mut self) {
        let line = self.input.next_line().await.unwrap();
        self.take(line, false);
    }

    fn take(&mut self, line: Option<String>, is_connected: bool) {
        match line.as_deref() {
            None | Some("quit") => {
                std::process::exit(if self.has(Defect::WrongStatus) { 3 } else { 0 })
            }
            Some(_) if !is_connected && self.has(Defect::DropsQueue) => {}
            Some(content) => {
                self.unacknowledged
                    .push_back((self.next_id, content.to_owned()));
                self.next_id += 1;
            }
        }
    }
}

fn message(id: u64, content: &str) -> Value {
    json!({"type": "send-message", "clientId": id, "content": content})
}
