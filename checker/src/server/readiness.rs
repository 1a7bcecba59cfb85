//! Waiting until a server accepts connections, or it is clear that it will not.

use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::Pid;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use super::listening::listening_addresses;

/// What came of the wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// A connection was accepted.
    Accepts,
    /// Time is up.
    NeverListened,
    /// It accepts connections, at these addresses only.
    ListensElsewhere(Vec<SocketAddr>),
}

/// How long until the first look at where the server listens, and between two.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Connects to `address` until that succeeds. `supervisor` is the ancestor of all that may listen there.
pub(super) async fn wait_until_ready(
    address: SocketAddr,
    within: Duration,
    supervisor: Option<Pid>,
) -> Readiness {
    let start = Instant::now();
    let deadline = start + within;
    // A server may open another port first, for its metrics say.
    let patience = within / 4;
    let mut elsewhere_since = None;
    let mut next_look = start + LOOK_EVERY.min(within);
    let mut pause = Duration::from_millis(1);
    loop {
        if timeout_at(deadline, accepts(address)).await == Ok(true) {
            return Readiness::Accepts;
        }
        let now = Instant::now();
        if now >= next_look || now >= deadline {
            next_look = now + LOOK_EVERY;
            let found = listens_at(supervisor).await;
            if found.is_empty() || found.iter().any(|at| reaches(*at, address)) {
                elsewhere_since = None;
            } else if now >= deadline || now - *elsewhere_since.get_or_insert(now) >= patience {
                return Readiness::ListensElsewhere(found);
            }
        }
        if now >= deadline {
            return Readiness::NeverListened;
        }
        sleep(pause.min(deadline - now)).await;
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

async fn accepts(address: SocketAddr) -> bool {
    let Ok(stream) = TcpStream::connect(address).await else {
        return false;
    };
    // Where nobody listens, the system may choose the very port as the client's own and connect the socket to itself.
    stream.local_addr().is_ok_and(|own| own != address)
}

async fn listens_at(supervisor: Option<Pid>) -> Vec<SocketAddr> {
    let Some(supervisor) = supervisor else {
        return Vec::new();
    };
    // It reads a few hundred small files.
    tokio::task::spawn_blocking(move || listening_addresses(supervisor))
        .await
        .unwrap_or_default()
}

/// Whether who connects to `address` reaches a socket that listens at `at`.
fn reaches(at: SocketAddr, address: SocketAddr) -> bool {
    at.port() == address.port() && (at.ip() == address.ip() || at.ip().is_unspecified())
}
