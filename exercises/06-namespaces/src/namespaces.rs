//! The namespaces, their rooms, and who is in them.
//!
//! Checks: `connect` (4), `join` and `both` (7), `message`, `move` and `leak` (10), `leave-room` and
//! `leave-namespace` (10), `errors` (8), `refresh` to `narrower` (16).

use std::sync::Arc;

use groundwork::Outgoing;

use crate::chain::Chain;
use crate::handshake::Handshake;
use crate::incoming::Incoming;
use crate::protocol::{ClientMessage, Namespace, Refusal};
use crate::server::Config;
use crate::token::Session;

/// What all connections share.
///
/// Add the two chains, and what the connections must know of each other, behind one
/// `std::sync::Mutex`: the rooms by namespace *and* name, each with the outboxes of those who are in
/// it, and the last connection's number.
#[derive(Debug)]
pub struct Namespaces {
    config: Config,
}

/// A connection's place among the others.
///
/// Add what its methods need: the namespaces, the connection's number and outbox, the namespaces
/// and the rooms that it has joined.
#[derive(Debug)]
pub struct Client {
    session: Arc<Session>,
}

impl Namespaces {
    /// Nobody is there.
    ///
    /// Make both chains here, once for all connections ([`admission`](crate::handshake::admission)
    /// in **3**, [`intake`](crate::incoming::intake) in **6**).
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// **3.** What a request passes before it is upgraded.
    pub fn admission(&self) -> &Chain<Handshake> {
        todo!("give the chain that was made for {:?}", self.config)
    }

    /// **6.** What a message passes before it is done.
    pub fn intake(&self) -> &Chain<Incoming> {
        todo!("give the chain that was made for {:?}", self.config.rate)
    }

    /// **4.** Lets a connection in. Its outbox ([`groundwork::outbox`], with room for 256) gets
    /// `connected`.
    pub fn connect(namespaces: &Arc<Self>, session: Session) -> (Client, Outgoing) {
        let _ = namespaces;
        todo!("let {session:?} in")
    }
}

impl Client {
    /// What all connections share.
    pub fn namespaces(&self) -> &Namespaces {
        todo!("give what all connections share")
    }

    /// What this connection's token says: the last one, if it was refreshed.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// **7.** The namespaces that this connection has joined.
    pub fn joined(&self) -> &[Namespace] {
        todo!("give the namespaces that {:?} has joined", self.session)
    }

    /// **7.** Does what a message asks for, which has passed the chain, and answers it
    /// ([`groundwork::deliver`]).
    ///
    /// Begin with `join-namespace` and `join-room`; messages and moves, and leaving again, are
    /// **10**. A connection may be in 100 rooms. `refresh-token` is **16**: the token is verified,
    /// must be the same user's, and takes the place of the session; then the connection leaves what
    /// it no longer allows.
    ///
    /// # Errors
    /// What only shows now: `not-in-room`, `too-many-rooms`, and all that can be wrong with a fresh
    /// token.
    pub fn perform(&mut self, message: ClientMessage) -> Result<(), Refusal> {
        todo!("do {message:?}")
    }

    /// **8.** Tells this connection, and no other, that its message was refused.
    ///
    /// `retryAfter` is in milliseconds, rounded up.
    pub fn refuse(&self, refusal: Refusal, refused: &Incoming) {
        let _ = refused;
        todo!("refuse with {refusal:?}")
    }

    /// **10.** Leaves all rooms.
    ///
    /// Call it from an `impl Drop`, so that no way out of [`serve`](crate::connection::serve) can
    /// miss it. (Write it first: a `todo!()` in `drop` ends the process, if another panic led
    /// there.)
    pub fn disconnect(&mut self) {
        todo!("leave all rooms")
    }
}
