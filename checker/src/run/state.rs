//! What changes while a check is played, and where in its script the player is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::prohibition::Prohibition;
use super::transcript::{Exchange, Transcript};
use super::under_way::UnderWay;
use super::values::Values;
use crate::actor::{Inbox, Link, Meter};
use crate::notation::ast::ClientName;
use crate::notation::value::Bindings;

pub(super) type Clients = BTreeMap<ClientName, ClientState>;

/// All that changes while a check is played. The lock is never held across an await.
pub(super) struct State {
    pub(super) bindings: Bindings,
    pub(super) clients: Clients,
    /// What each client's requests and connections cost.
    pub(super) meters: BTreeMap<ClientName, Meter>,
    pub(super) prohibitions: Vec<Prohibition>,
    /// How long this server's last few answers took, the newest last.
    pub(super) round_trips: Vec<Duration>,
    /// When somebody last did something to the server.
    pub(super) last_action: Instant,
    pub(super) transcript: Transcript,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            bindings: Bindings::new(),
            clients: Clients::new(),
            meters: BTreeMap::new(),
            prohibitions: Vec::new(),
            round_trips: Vec::new(),
            last_action: Instant::now(),
            transcript: Transcript::default(),
        }
    }

    pub(super) fn exchange(&mut self, id: ExchangeId) -> &mut Exchange {
        &mut self.transcript.parts[id.part].exchanges[id.index]
    }
}

/// One client's inbox, how far it has been read, and its connection.
pub(super) struct ClientState {
    pub(super) inbox: Inbox,
    /// The first entry that no line has dealt with.
    pub(super) place: usize,
    /// The entries that lines were met by.
    pub(super) taken: BTreeSet<usize>,
    /// The first entry of the connection of now.
    pub(super) connected_at: usize,
    pub(super) connection: Option<Arc<Link>>,
    /// The request that is under way, or whose answer nobody has looked at yet.
    pub(super) asked: Option<UnderWay>,
}

impl ClientState {
    pub(super) fn new() -> Self {
        Self {
            inbox: Inbox::new(),
            place: 0,
            taken: BTreeSet::new(),
            connected_at: 0,
            connection: None,
            asked: None,
        }
    }
}

/// A line in the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExchangeId {
    pub(super) part: usize,
    pub(super) index: usize,
}

/// Where in the script the player is.
#[derive(Clone)]
pub(super) struct Frame<'v> {
    /// The random values of the check whose script this is.
    pub(super) values: &'v Values,
    pub(super) depth: usize,
    pub(super) part: usize,
    /// The turns of the `for` lines around.
    pub(super) turns: Vec<usize>,
    /// When the event of the line above happened.
    pub(super) last_event: Instant,
}

impl<'v> Frame<'v> {
    pub(super) fn new(values: &'v Values, part: usize) -> Self {
        Self {
            values,
            depth: 0,
            part,
            turns: Vec::new(),
            last_event: Instant::now(),
        }
    }

    /// The lines that follow stand in a block.
    pub(super) fn deepen(&mut self) {
        self.depth += 1;
    }
}
