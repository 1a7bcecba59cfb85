//! What a client's requests and connections cost, counted on their TCP connections.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Counts all that is sent and received by those who hold a clone of it.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    sent: watch::Sender<u64>,
    received: AtomicU64,
}

/// What a [`Meter`] has counted. The headers of HTTP and of WebSocket frames are in it; those of TCP and below are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// HTTP requests, those that open a connection included.
    pub requests: u64,
    /// Bytes to the server.
    pub sent: u64,
    /// Bytes from the server.
    pub received: u64,
}

impl Cost {
    /// What was spent since an earlier reading of the same meter.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            sent: self.sent.saturating_sub(earlier.sent),
            received: self.received.saturating_sub(earlier.received),
        }
    }

    /// Bytes in both directions.
    pub fn bytes(self) -> u64 {
        self.sent + self.received
    }
}

impl Meter {
    /// What has been counted so far.
    pub fn read(&self) -> Cost {
        Cost {
            requests: self.0.requests.load(Ordering::Relaxed),
            sent: *self.0.sent.borrow(),
            received: self.0.received.load(Ordering::Relaxed),
        }
    }

    /// Returns once more bytes have been sent than these.
    pub(super) async fn sent_beyond(&self, bytes: u64) {
        let mut sent = self.0.sent.subscribe();
        // An error would mean that the sender is gone, but `self` holds it.
        let _ = sent.wait_for(|&sent| sent > bytes).await;
    }

    pub(super) fn count_request(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_sent(&self, bytes: usize) {
        self.0.sent.send_modify(|sent| *sent += bytes as u64);
    }

    pub(super) fn count_received(&self, bytes: usize) {
        self.0.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A TCP connection whose bytes are counted.
#[derive(Debug)]
pub(super) struct Metered {
    tcp: TcpStream,
    meter: Meter,
}

impl Metered {
    pub(super) fn new(tcp: TcpStream, meter: Meter) -> Self {
        Self { tcp, meter }
    }

    /// For one who goes on counting.
    pub(super) fn into_parts(self) -> (TcpStream, Meter) {
        (self.tcp, self.meter)
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.tcp).poll_read(context, buffer))?;
        self.meter.count_received(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.tcp).poll_write(context, bytes))?;
        self.meter.count_sent(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
