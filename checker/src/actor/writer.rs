//! The task that writes to a connection, and the queue before it: so that writing never waits for reading.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Role;
use super::meter::Meter;
use super::outgoing::FrameSpec;

/// Why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The connection had already ended, by the other end or by a violation of its.
    #[error("the other end had already ended the connection")]
    Ended,
    /// Nothing can be sent on a stream of events.
    #[error("a stream of events goes one way")]
    OneWay,
    /// The other end does not read. What is unsent stays queued and goes out if it reads again.
    #[error("the other end stopped reading: {unsent} bytes could not be sent within {waited:?}")]
    Blocked {
        /// How many bytes wait in the grader, with those of earlier sends.
        unsent: usize,
        /// How long this send waited.
        waited: Duration,
    },
}

/// The queue to a connection's writer. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Outbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    role: Role,
    queue: mpsc::UnboundedSender<Job>,
    /// RFC 6455 §5.3: masks come from a strong source and differ from frame to frame.
    masks: Mutex<ChaCha20Rng>,
    unsent: AtomicUsize,
    close_sent: AtomicBool,
    ended: AtomicBool,
}

/// What the writer does next, and whom it tells when the kernel has it.
#[derive(Debug)]
enum Job {
    Write(Bytes, oneshot::Sender<Instant>),
    Finish(oneshot::Sender<Instant>),
}

/// Resolves when the kernel has what was queued; fails when the connection is gone.
pub(super) type Sent = oneshot::Receiver<Instant>;

impl Outbox {
    /// The queue, and the task that empties it.
    pub(super) fn new(
        role: Role,
        tcp: OwnedWriteHalf,
        meter: Meter,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (queue, jobs) = mpsc::unbounded_channel();
        let outbox = Self(Arc::new(Shared {
            role,
            queue,
            masks: Mutex::new(ChaCha20Rng::from_os_rng()),
            unsent: AtomicUsize::new(0),
            close_sent: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }));
        let writer = write(tcp, meter, jobs, outbox.clone());
        (outbox, writer)
    }

    /// Queues a frame.
    pub(super) fn push(&self, frame: &FrameSpec) -> Sent {
        if frame.is_close() {
            self.0.close_sent.store(true, Ordering::Relaxed);
        }
        let wire = match self.0.role {
            Role::Client => frame.encode(self.mask()),
            Role::Server => frame.unmasked().encode([0; 4]),
        };
        self.0.unsent.fetch_add(wire.len(), Ordering::Relaxed);
        self.queue(|sent| Job::Write(wire, sent))
    }

    /// Queues the end of TCP (FIN), after which nothing more is written.
    pub(super) fn finish(&self) -> Sent {
        self.queue(Job::Finish)
    }

    /// Waits for what was queued.
    pub(super) async fn wait(&self, sent: Sent, deadline: Duration) -> Result<Instant, SendError> {
        match timeout(deadline, sent).await {
            Ok(Ok(at)) => Ok(at),
            Ok(Err(_)) => Err(SendError::Ended),
            Err(_) => Err(SendError::Blocked {
                unsent: self.0.unsent.load(Ordering::Relaxed),
                waited: deadline,
            }),
        }
    }

    /// Whether a close frame has been queued.
    pub(super) fn close_sent(&self) -> bool {
        self.0.close_sent.load(Ordering::Relaxed)
    }

    /// From now on [`Self::is_ended`].
    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }

    /// Whether the connection is over, as far as the script is concerned.
    pub(super) fn is_ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    fn queue(&self, job: impl FnOnce(oneshot::Sender<Instant>) -> Job) -> Sent {
        let (told, sent) = oneshot::channel();
        // If the writer is gone, the job is dropped with its sender, which `sent` reports.
        let _ = self.0.queue.send(job(told));
        sent
    }

    fn mask(&self) -> [u8; 4] {
        let mut masks = self.0.masks.lock().unwrap_or_else(PoisonError::into_inner);
        masks.next_u32().to_ne_bytes()
    }
}

/// Ends when told to finish, or when the server has reset the connection.
async fn write(
    mut tcp: OwnedWriteHalf,
    meter: Meter,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    outbox: Outbox,
) {
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Write(mut wire, told) => {
                while wire.has_remaining() {
                    let Ok(written) = tcp.write(&wire).await else {
                        return;
                    };
                    meter.count_sent(written);
                    wire.advance(written);
                    outbox.0.unsent.fetch_sub(written, Ordering::Relaxed);
                }
                let _ = told.send(Instant::now());
            }
            Job::Finish(told) => {
                if tcp.shutdown().await.is_ok() {
                    let _ = told.send(Instant::now());
                }
                return;
            }
        }
    }
}
