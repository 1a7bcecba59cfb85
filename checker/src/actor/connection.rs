//! A WebSocket connection that a script drives.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;

use super::Role;
use super::http::{HttpResponse, RequestError, Target};
use super::inbox::{Inbox, Recorder};
use super::outgoing::{FrameSpec, Outgoing};
use super::reader::{Mode, Probes, Reader};
use super::upgrade::{self, Answer, Upgraded};
use super::writer::{Outbox, SendError};

/// An open connection. Dropping it ends TCP at once, perhaps with a reset, and nothing more is recorded.
#[derive(Debug)]
pub struct Connection {
    outbox: Outbox,
    mode: watch::Sender<Mode>,
    probes: Probes,
    recorder: Recorder,
    /// The reader and the writer.
    tasks: JoinSet<()>,
}

/// What became of a request that opens a connection.
#[derive(Debug)]
pub enum Opened<C = Connection> {
    /// The server switched protocols, or began a stream.
    Accepted {
        /// It is being read into the inbox already.
        connection: C,
        /// From before the TCP connection to the head of the response.
        took: Duration,
    },
    /// The server answered with another status.
    Refused(HttpResponse),
}

impl<C> Opened<C> {
    /// The same, with the connection as something else.
    pub fn map<D>(self, to: impl FnOnce(C) -> D) -> Opened<D> {
        match self {
            Self::Accepted { connection, took } => Opened::Accepted {
                connection: to(connection),
                took,
            },
            Self::Refused(response) => Opened::Refused(response),
        }
    }
}

impl Connection {
    /// Asks the server to switch protocols, and from then on reads all that comes into the inbox.
    ///
    /// `path` goes out as it is, with its query. A header replaces the client's own of the same name, whatever its
    /// case. `deadline` is for the whole of it.
    ///
    /// # Errors
    ///
    /// When there was no HTTP response, or a 101 that breaks RFC 6455 §4.1.
    pub async fn open(
        target: &Target,
        path: &str,
        headers: &[(String, String)],
        inbox: &Inbox,
        deadline: Duration,
    ) -> Result<Opened, RequestError> {
        match upgrade::upgrade(target, path, headers, deadline).await? {
            Answer::Refused(response) => Ok(Opened::Refused(response)),
            Answer::Upgraded(upgraded) => Ok(Opened::Accepted {
                took: upgraded.took,
                connection: Self::start(Role::Client, upgraded, inbox),
            }),
        }
    }

    /// Reads all that comes to this end into the inbox.
    pub(super) fn start(role: Role, upgraded: Upgraded, inbox: &Inbox) -> Self {
        let (read_half, write_half) = upgraded.tcp.into_split();
        let (outbox, writer) = Outbox::new(role, write_half, upgraded.meter.clone());
        let (mode, mode_receiver) = watch::channel(Mode::Read);
        let probes = Probes::new();
        let recorder = inbox.recorder();
        let reader = Reader {
            role,
            tcp: read_half,
            meter: upgraded.meter,
            input: upgraded.read_already,
            at: upgraded.at,
            mode: mode_receiver,
            recorder: recorder.clone(),
            outbox: outbox.clone(),
            probes: probes.clone(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(writer);
        tasks.spawn(reader.run());
        Self {
            outbox,
            mode,
            probes,
            recorder,
            tasks,
        }
    }

    /// Sends, and returns the time when the kernel had the last byte.
    ///
    /// After a close frame has been sent, more can be: a script may break the rules.
    ///
    /// # Errors
    ///
    /// When the server had ended the connection, or does not read.
    pub async fn send(&self, outgoing: Outgoing, deadline: Duration) -> Result<Instant, SendError> {
        if self.outbox.is_ended() {
            return Err(SendError::Ended);
        }
        let sent = self.outbox.push(&outgoing.into());
        self.outbox.wait(sent, deadline).await
    }

    /// Ends TCP without a close frame, after all that was sent, and returns the time when the kernel had the end.
    ///
    /// Afterwards the inbox gets nothing more. What the server still sends is read and thrown away until it ends its
    /// side too, so that no reset overtakes what was sent.
    ///
    /// # Errors
    ///
    /// When the server had ended the connection, or does not read; what is left then goes on without the caller.
    pub async fn drop_tcp(mut self, deadline: Duration) -> Result<Instant, SendError> {
        self.mode.send_replace(Mode::Discard);
        self.tasks.detach_all();
        if self.outbox.is_ended() {
            return Err(SendError::Ended);
        }
        let sent = self.outbox.finish();
        self.outbox.wait(sent, deadline).await
    }

    /// Stops reading the socket, at the latest after the read that is under way.
    ///
    /// The kernel still takes some bytes: on Linux about 4 MiB, nearly all of them in the server's own send buffer, so
    /// that a smaller receive buffer here would change little and slow down those who read.
    pub fn stall(&self) {
        self.mode.send_replace(Mode::Stall);
    }

    /// Reads the socket again.
    pub fn resume(&self) {
        self.mode.send_replace(Mode::Read);
    }

    /// How long the server takes to answer a ping. Neither the ping nor its pong shows in the inbox.
    ///
    /// Nothing, if no pong comes before the deadline or the connection has ended.
    pub async fn round_trip(&self, deadline: Duration) -> Option<Duration> {
        let payload = Bytes::from(generate_key());
        let answer = self.probes.add(payload.clone());
        let start = Instant::now();
        self.outbox.push(&FrameSpec::ping(payload.clone()));
        let answered = timeout(deadline, answer).await;
        self.probes.remove(&payload);
        Some(answered.ok()?.ok()?.duration_since(start))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.recorder.mute();
    }
}
