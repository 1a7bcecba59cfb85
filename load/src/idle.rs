//! What a connection costs that says nothing.

use crate::LoadError;
use crate::client::Client;
use crate::service::Started;

/// Connections that are opened and closed first: the memory of what all connections share is not theirs.
const WARM_UP: usize = 64;

/// What so many idle connections cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Idle {
    /// How many were held at the same time.
    pub connections: usize,
    /// The server's resident memory without them, in KiB.
    pub before_kib: u64,
    /// And with them.
    pub with_kib: u64,
}

impl Idle {
    /// What one connection costs, in KiB.
    pub fn kib_each(&self) -> f64 {
        self.with_kib.saturating_sub(self.before_kib) as f64 / self.connections as f64
    }
}

/// Holds so many connections, all of one user, at the same time. The server has answered on each of them when the memory
/// is read.
///
/// # Errors
///
/// When a connection is refused or lost, or the memory cannot be read.
pub async fn idle(started: &Started, connections: usize) -> Result<Idle, LoadError> {
    let one_user = |_| "mira".to_owned();
    for mut client in Client::connect_all(started, WARM_UP, one_user).await? {
        client.is_served().await?;
    }
    let before_kib = started.resident_kib()?;
    let mut clients = Client::connect_all(started, connections, one_user).await?;
    // Twice: the second time, the first to be opened have been idle for a while and must still be there.
    for _ in 0..2 {
        for client in &mut clients {
            client.is_served().await?;
        }
    }
    Ok(Idle {
        connections,
        before_kib,
        with_kib: started.resident_kib()?,
    })
}
