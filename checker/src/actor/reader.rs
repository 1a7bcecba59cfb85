//! The task that reads a connection into the inbox, answers pings and the close frame.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::{oneshot, watch};

use super::assembler::{Assembler, Message};
use super::inbox::{Ended, Event, Full, Recorder, TextMessage};
use super::meter::Meter;
use super::outgoing::FrameSpec;
use super::writer::Outbox;
use super::{Role, Violation};

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// What the reader does with the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reads it into the inbox.
    Read,
    /// Does not touch it.
    Stall,
    /// Reads it and throws away what comes.
    Discard,
}

/// The pings of `round_trip` that are on their way, oldest first; nothing once the reader has ended.
#[derive(Debug, Clone)]
pub(super) struct Probes(Arc<Mutex<Option<Vec<Probe>>>>);

#[derive(Debug)]
struct Probe {
    payload: Bytes,
    answered: oneshot::Sender<Instant>,
}

impl Probes {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }

    /// Registers a ping before it is sent. What is returned fails when no answer can come any more.
    pub(super) fn add(&self, payload: Bytes) -> oneshot::Receiver<Instant> {
        let (answered, answer) = oneshot::channel();
        if let Some(probes) = &mut *self.lock() {
            probes.push(Probe { payload, answered });
        }
        answer
    }

    /// Forgets a ping.
    pub(super) fn remove(&self, payload: &Bytes) {
        if let Some(probes) = &mut *self.lock() {
            probes.retain(|probe| probe.payload != payload);
        }
    }

    /// Whether a pong answers one of these. It then answers those before it too (RFC 6455 §5.5.3).
    fn answer(&self, payload: &Bytes, at: Instant) -> bool {
        let mut probes = self.lock();
        let Some(probes) = probes.as_mut() else {
            return false;
        };
        let Some(index) = probes.iter().position(|probe| probe.payload == payload) else {
            return false;
        };
        for probe in probes.drain(..=index) {
            let _ = probe.answered.send(at);
        }
        true
    }

    /// No pong will come: tells those who wait, and all who come later.
    fn end(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Probe>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads one connection.
pub(super) struct Reader {
    pub(super) role: Role,
    pub(super) tcp: OwnedReadHalf,
    pub(super) meter: Meter,
    /// What has been read and not yet been taken apart.
    pub(super) input: BytesMut,
    /// When the last of `input` was read.
    pub(super) at: Instant,
    pub(super) mode: watch::Receiver<Mode>,
    pub(super) recorder: Recorder,
    pub(super) outbox: Outbox,
    pub(super) probes: Probes,
}

/// Why the connection is not recorded any further.
enum Stop {
    Full,
    Violation(Violation),
}

impl From<Full> for Stop {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl Reader {
    /// Ends with TCP, or when the inbox is full.
    pub(super) async fn run(mut self) {
        let outcome = self.record_all().await;
        self.probes.end();
        if let Err(Stop::Violation(violation)) = outcome {
            if !self.outbox.close_sent() {
                self.outbox
                    .push(&FrameSpec::close(Some(violation.close_code()), b""));
            }
            self.outbox.finish();
            self.outbox.end();
            let _ = self.recorder.record(self.at, Event::Violation(violation));
            self.discard_all().await;
        }
    }

    /// Returns at the end of TCP.
    async fn record_all(&mut self) -> Result<(), Stop> {
        let mut assembler = Assembler::new(self.role);
        let mut ending = Ended::Dropped;
        loop {
            while let Some(message) = assembler.next(&mut self.input).map_err(Stop::Violation)? {
                if matches!(message, Message::Close { .. }) {
                    ending = Ended::Closed;
                }
                self.take(message)?;
            }
            match self.read().await {
                Read::Some => self.at = Instant::now(),
                Read::End => {
                    self.at = Instant::now();
                    // Whatever is queued still goes out: the server may have closed its side only.
                    self.outbox.finish();
                    self.outbox.end();
                    self.recorder.record(self.at, Event::Ended(ending))?;
                    return Ok(());
                }
                Read::Discarded => return Ok(()),
            }
        }
    }

    /// Answers a message and records it.
    fn take(&mut self, message: Message) -> Result<(), Full> {
        let event = match message {
            Message::Text(text) => Event::Text(TextMessage::new(text)),
            Message::Binary(bytes) => Event::Binary(bytes),
            Message::Ping(payload) => {
                self.outbox.push(&FrameSpec::pong(payload.clone()));
                Event::Ping(payload)
            }
            Message::Pong(payload) if self.probes.answer(&payload, self.at) => return Ok(()),
            Message::Pong(payload) => Event::Pong(payload),
            Message::Close { code, reason } => {
                if !self.outbox.close_sent() {
                    self.outbox.push(&FrameSpec::close(code, b""));
                }
                if self.role == Role::Server {
                    // RFC 6455 §7.1.1: it is the server that ends TCP.
                    self.outbox.finish();
                }
                Event::Close { code, reason }
            }
        };
        self.recorder.record(self.at, event)
    }

    /// Adds to the input as the mode asks.
    async fn read(&mut self) -> Read {
        loop {
            let mode = *self.mode.borrow_and_update();
            match mode {
                Mode::Read => {
                    self.input.reserve(CHUNK);
                    tokio::select! {
                        biased;
                        Ok(()) = self.mode.changed() => {}
                        read = self.tcp.read_buf(&mut self.input) => {
                            return match read {
                                Ok(read @ 1..) => {
                                    self.meter.count_received(read);
                                    Read::Some
                                }
                                _ => Read::End,
                            };
                        }
                    }
                }
                Mode::Stall => {
                    // An error means that the connection was dropped, which also ends this task.
                    if self.mode.changed().await.is_err() {
                        return Read::Discarded;
                    }
                }
                Mode::Discard => {
                    self.discard_all().await;
                    return Read::Discarded;
                }
            }
        }
    }

    /// Reads to the end of TCP, so that no reset destroys what has been sent.
    async fn discard_all(&mut self) {
        self.input = BytesMut::with_capacity(CHUNK);
        while let Ok(1..) = self.tcp.read_buf(&mut self.input).await {
            self.input.clear();
        }
    }
}

enum Read {
    Some,
    End,
    Discarded,
}
