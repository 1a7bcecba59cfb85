//! A server that does just what a test wants, and a page played against it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use checker::actor::Target;
use checker::assignment::{self, Assignment};
use checker::notation::diagnostic::{self, Severity};
use checker::run::values::Seed;
use checker::run::{self, Clock, Conditions, Exchange, FailureKind, Outcome, Transcript};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

pub(crate) const FIN: u8 = 0x80;
pub(crate) const TEXT: u8 = FIN | 1;
pub(crate) const BINARY: u8 = FIN | 2;
pub(crate) const CLOSE: u8 = FIN | 8;
pub(crate) const PING: u8 = FIN | 9;
pub(crate) const PONG: u8 = FIN | 10;

/// A server in this process. Dropping it ends its connections.
pub(crate) struct Server {
    pub(crate) target: Target,
    _accepting: JoinSet<()>,
}

impl Server {
    /// Calls the handler for each connection, once the head of its first request is there.
    pub(crate) async fn start<F>(handle: impl Fn(Request) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let handle = Arc::new(handle);
            let mut connections = JoinSet::new();
            let count = AtomicUsize::new(0);
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                tcp.set_nodelay(true).unwrap();
                let number = count.fetch_add(1, Ordering::Relaxed);
                let handle = Arc::clone(&handle);
                connections.spawn(async move {
                    if let Some(request) = Request::read(tcp, number).await {
                        handle(request).await;
                    }
                });
            }
        });
        Self {
            target: Target::new(address),
            _accepting: accepting,
        }
    }

    /// Switches protocols on each connection and calls the handler; afterwards the connection stays open and its pings are
    /// answered.
    pub(crate) async fn upgrading<F>(handle: impl Fn(Peer) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Peer> + Send + 'static,
    {
        let handle = Arc::new(handle);
        Self::start(move |request| {
            let handle = Arc::clone(&handle);
            async move {
                let peer = request.upgrade().await;
                handle(peer).await.stay().await;
            }
        })
        .await
    }

    /// Sends these texts to each who connects.
    pub(crate) async fn greeting(texts: &'static [&'static str]) -> Self {
        Self::upgrading(move |mut peer| async move {
            for text in texts {
                peer.text(text).await;
            }
            peer
        })
        .await
    }
}

/// The head of a request and the connection that it came on.
pub(crate) struct Request {
    /// How many connections came before this one.
    pub(crate) number: usize,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) tcp: TcpStream,
}

impl Request {
    async fn read(mut tcp: TcpStream, number: usize) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(tcp.read_u8().await.ok()?);
        }
        let mut request = Self {
            number,
            head: String::from_utf8(head).unwrap(),
            body: Vec::new(),
            tcp,
        };
        if let Some(length) = request.header("content-length") {
            request.body = vec![0; length.parse().unwrap()];
            request.tcp.read_exact(&mut request.body).await.ok()?;
        }
        Some(request)
    }

    /// `GET /api/rooms`.
    pub(crate) fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    pub(crate) async fn respond(mut self, status: u16, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let mut response = head.into_bytes();
        response.extend(body);
        // Who asked may be gone.
        let _ = self.tcp.write_all(&response).await;
    }

    pub(crate) async fn upgrade(mut self) -> Peer {
        let key = self.header("sec-websocket-key").unwrap();
        let accept = derive_accept_key(key.as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-accept: {accept}\r\n\r\n"
        );
        let _ = self.tcp.write_all(answer.as_bytes()).await;
        Peer {
            number: self.number,
            tcp: self.tcp,
        }
    }
}

/// The server's side of a WebSocket connection.
pub(crate) struct Peer {
    pub(crate) number: usize,
    pub(crate) tcp: TcpStream,
}

impl Peer {
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        // The client may have ended the connection, which is part of what is tested.
        let _ = self.tcp.write_all(bytes).await;
    }

    pub(crate) async fn frame(&mut self, first: u8, payload: impl AsRef<[u8]>) {
        self.raw(&frame(first, payload)).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.frame(TEXT, text).await;
    }

    /// The next frame that is no ping (which is answered); its first byte and its payload. `None` at the end of TCP.
    pub(crate) async fn receive(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            let (first, payload) = self.receive_any().await?;
            if first == PING {
                self.frame(PONG, payload).await;
            } else {
                return Some((first, payload));
            }
        }
    }

    /// The next frame. A masked payload is unmasked.
    pub(crate) async fn receive_any(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.tcp.read_u8().await.ok()?;
        let second = self.tcp.read_u8().await.ok()?;
        let length = match second & 0x7f {
            126 => u64::from(self.tcp.read_u16().await.ok()?),
            127 => self.tcp.read_u64().await.ok()?,
            short => u64::from(short),
        };
        let mut mask = [0; 4];
        if second & 0x80 != 0 {
            self.tcp.read_exact(&mut mask).await.ok()?;
        }
        let mut payload = vec![0; length as usize];
        self.tcp.read_exact(&mut payload).await.ok()?;
        for (index, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[index % 4];
        }
        Some((first, payload))
    }

    /// The next text message.
    pub(crate) async fn receive_text(&mut self) -> Option<String> {
        let (first, payload) = self.receive().await?;
        (first == TEXT).then(|| String::from_utf8(payload).unwrap())
    }

    /// Answers pings until the client ends the connection.
    pub(crate) async fn stay(mut self) {
        while let Some((first, payload)) = self.receive().await {
            if first == CLOSE {
                self.frame(CLOSE, payload).await;
                return;
            }
        }
    }

    /// Answers pings for a while.
    pub(crate) async fn stay_for(&mut self, time: Duration) {
        let until = tokio::time::Instant::now() + time;
        while let Ok(Some(_)) = tokio::time::timeout_at(until, self.receive()).await {}
    }
}

/// A server's frame.
pub(crate) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(short as u8),
        medium @ ..65_536 => {
            frame.push(126);
            frame.extend((medium as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// A page of one check, whose script this is; or the whole page, if it has headings.
pub(crate) fn page(script: &str) -> Assignment {
    let text = if script.contains("{#") {
        script.to_owned()
    } else {
        format!("# Page\n\n## The check {{#check points=1}}\n\n```transcript\n{script}\n```\n")
    };
    let text = format!("+++\nyours = [\"src/a.rs\"]\n[server]\nsecret = \"SECRET\"\n+++\n{text}");
    let (assignment, diagnostics) = assignment::parse(Path::new("page.md"), &text);
    let errors: Vec<_> = diagnostics
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    assert!(
        errors.is_empty(),
        "{}",
        diagnostic::render(&errors, "page.md", &text, false)
    );
    assignment
}

pub(crate) fn conditions(target: &Target) -> Conditions {
    Conditions {
        target: target.clone(),
        seed: Seed::from(7),
        secret: Some("secret".to_owned()),
        clock: Clock::start(),
        timeout_factor: 1.0,
    }
}

/// How a script went.
pub(crate) struct Played {
    pub(crate) outcome: Outcome,
    pub(crate) transcript: Transcript,
    page: Assignment,
}

/// Plays the last check of a page.
pub(crate) async fn play(script: &str, server: &Server) -> Played {
    play_under(script, &conditions(&server.target)).await
}

pub(crate) async fn play_under(script: &str, conditions: &Conditions) -> Played {
    let page = page(script);
    let check = page.checks.last().unwrap();
    let run = run::run(&page, check, conditions).await;
    Played {
        outcome: run.outcome,
        transcript: run.transcript,
        page,
    }
}

impl Played {
    #[track_caller]
    pub(crate) fn passes(&self) -> &Self {
        assert_eq!(self.outcome, Outcome::Passed, "{:#?}", self.transcript);
        self
    }

    /// Failed for this kind of reason, on the line that begins like this in the page.
    #[track_caller]
    pub(crate) fn fails(&self, kind: FailureKind, line: &str) -> &Self {
        assert_eq!(self.outcome, Outcome::Failed, "{:#?}", self.transcript);
        let failed = self.failed();
        let source = &self.page.source[failed.span.clone()];
        assert!(source.starts_with(line), "{source}: {failed:#?}");
        assert_eq!(failed.failure.as_ref().unwrap().kind, kind, "{failed:#?}");
        self
    }

    /// What is said of the failure, in lines: the closest message and how it differs, then the reasons.
    #[track_caller]
    pub(crate) fn because(&self) -> String {
        let failure = self.failed().failure.clone().unwrap();
        let closest = failure
            .closest
            .map(|closest| format!("{}: {}", closest.message, closest.explanation));
        let lines: Vec<_> = closest.into_iter().chain(failure.because).collect();
        lines.join("\n")
    }

    #[track_caller]
    pub(crate) fn inconclusive(&self) -> &str {
        match &self.outcome {
            Outcome::Inconclusive { reason } => reason,
            other => panic!("{other:?}: {:#?}", self.transcript),
        }
    }

    /// The line whose source begins like this.
    #[track_caller]
    pub(crate) fn line(&self, source: &str) -> &Exchange {
        let mut lines = self.transcript.exchanges();
        let found = lines.find(|e| self.page.source[e.span.clone()].starts_with(source));
        found.expect("the line was played")
    }

    #[track_caller]
    fn failed(&self) -> &Exchange {
        self.transcript.failed_exchange().expect("a line failed").1
    }
}
