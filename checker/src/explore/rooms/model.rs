//! Who did what in which room, and who heard what.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::model::{Counterexample, Known, Model, NAMES, Verdict};
use super::Action;
use super::expected::{Facts, Named};
use super::heard::Who;
use super::place::Place;
use super::private_rules::PrivateRules;
use super::room_rules::RoomRules;
use super::room_state::RoomState;
use super::{script, suspects};
use crate::actor::{Entry, Event};
use crate::notation::ast::Line;

/// What rooms are called, in the order in which they are first met.
pub(super) const ROOM_NAMES: [&str; super::ROOMS] = ["tea", "coffee", "cake"];
/// The rules of rooms, and all that happened.
pub(in crate::explore) struct RoomsModel {
    pub(super) facts: Arc<Facts>,
    pub(super) clients: BTreeMap<usize, Client>,
    /// The clients in the order in which they first did something.
    pub(super) order: Vec<usize>,
    /// The same of rooms.
    room_order: Vec<usize>,
    pub(super) links: Vec<Link>,
    pub(super) rooms: Vec<Place<RoomRules>>,
    /// Each client's.
    pub(super) private: BTreeMap<usize, Place<PrivateRules>>,
    pub(super) steps: Vec<Step>,
    pub(super) round: usize,
    /// How many actions there were before the one of now.
    act: usize,
    pub(super) stray: Option<Stray>,
}

/// One client.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// The open connection.
    pub(super) connection: Option<usize>,
    /// All that there ever were.
    pub(super) connections: Vec<usize>,
    pub(super) connected_in: Option<usize>,
    /// What it said, to rooms and to others.
    pub(super) said: Vec<usize>,
    /// How many messages of its own it has named.
    pub(super) named: usize,
    /// How many things it has heard.
    pub(super) heard: usize,
    /// The `seq`s that it has seen in each room, and which of the things it heard told them.
    pub(super) seen: BTreeMap<usize, Vec<Seen>>,
}

/// A `seq` that a client has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) seq: u64,
    pub(super) index: usize,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) client: usize,
    pub(super) is_lost: bool,
    pub(super) has_heard: bool,
    /// How often each name was given to something sent.
    pub(super) named: BTreeMap<String, usize>,
}

/// Something that a client did.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) round: usize,
    /// Which of all actions brought it about.
    pub(super) act: usize,
    pub(super) client: usize,
    pub(super) deed: Deed,
}

/// What it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    SignIn,
    Connect,
    Join(usize),
    Resume { room: usize, since: Seen },
    Leave { room: usize, named: Named },
    Send { said: usize, named: Named },
    Type { room: usize, on: bool, named: Named },
    Drop,
}

/// Something that came and could not be about anything.
#[derive(Debug, Clone)]
pub(super) struct Stray {
    pub(super) client: usize,
    /// The message, or nothing if the connection ended.
    pub(super) message: Option<String>,
    pub(super) because: String,
}

impl RoomsModel {
    /// No rooms, and nobody there. Each room keeps so many messages.
    pub(super) fn new(kept: usize) -> Self {
        let nobody = Who {
            id: String::new(),
            name: String::new(),
        };
        Self {
            facts: Arc::new(Facts {
                users: vec![nobody; NAMES.len()],
                said: Vec::new(),
                answers: BTreeMap::new(),
                kept,
            }),
            clients: BTreeMap::new(),
            order: Vec::new(),
            room_order: Vec::new(),
            links: Vec::new(),
            rooms: Vec::new(),
            private: BTreeMap::new(),
            steps: Vec::new(),
            round: 0,
            act: 0,
            stray: None,
        }
    }

    pub(super) fn facts_mut(&mut self) -> &mut Facts {
        // The rules that hold it live for one judgement only.
        Arc::make_mut(&mut self.facts)
    }

    pub(super) fn name(&self, client: usize) -> &'static str {
        let place = self.order.iter().position(|known| *known == client);
        place
            .and_then(|place| NAMES.get(place))
            .unwrap_or(&NAMES[0])
    }

    pub(super) fn room(&mut self, room: usize) -> usize {
        if let Some(known) = self.room_order.iter().position(|known| *known == room) {
            return known;
        }
        self.room_order.push(room);
        self.rooms.push(Place::new(RoomState::default()));
        self.room_order.len() - 1
    }

    pub(super) fn step(&mut self, client: usize, deed: Deed) -> usize {
        self.steps.push(Step {
            round: self.round,
            act: self.act,
            client,
            deed,
        });
        self.steps.len() - 1
    }

    pub(super) fn stray(
        &mut self,
        client: usize,
        message: Option<String>,
        because: impl Into<String>,
    ) {
        self.stray.get_or_insert(Stray {
            client,
            message,
            because: because.into(),
        });
    }

    pub(super) fn room_rules(&self, room: usize) -> RoomRules {
        RoomRules {
            facts: Arc::clone(&self.facts),
            room,
        }
    }

    pub(super) fn private_rules(&self, user: usize) -> PrivateRules {
        PrivateRules {
            facts: Arc::clone(&self.facts),
            user,
        }
    }
}

impl Model for RoomsModel {
    type Action = Action;

    fn begin_round(&mut self) {
        self.round += 1;
        self.rooms.iter_mut().for_each(Place::begin_round);
        self.private.values_mut().for_each(Place::begin_round);
    }

    fn act(&mut self, client: usize, action: &Action, _: Known<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        if *action == Action::Drop {
            if self.may_drop(client) {
                lines = self.drop_connection(client);
            }
        } else if let Some(connection) = self.connection(client, &mut lines) {
            lines.extend(self.perform(client, connection, *action));
        }
        self.act += 1;
        lines
    }

    fn learn(&mut self, known: Known<'_>) {
        for client in self.order.clone() {
            if !self.facts.users[client].id.is_empty() {
                continue;
            }
            let name = self.name(client);
            let text = |variable: &str| Some(known(variable)?.as_str()?.to_owned());
            if let (Some(id), Some(name)) = (text(&format!("{name}_id")), text(name)) {
                self.facts_mut().users[client] = Who { id, name };
            }
        }
    }

    fn hear(&mut self, client: usize, current: bool, entry: &Arc<Entry>) {
        let Some(known) = self.clients.get(&client) else {
            return;
        };
        let mut connections = known.connections.iter().rev();
        let connection = match current {
            true => connections.next(),
            false => connections.nth(1),
        };
        let Some(connection) = connection.copied() else {
            return;
        };
        match &entry.event {
            Event::Text(message) => match message.json() {
                Some(json) => self.hear_message(client, connection, entry, json),
                None => self.stray(client, Some(message.text.clone()), "it is not JSON"),
            },
            // A client of an exploration neither listens to a stream nor asks and goes on.
            Event::Ping(_) | Event::Pong(_) | Event::ServerSent(_) | Event::Answer(_) => {}
            _ if self.links[connection].is_lost => {}
            Event::Binary(_) => self.stray(client, None, "a binary message came"),
            Event::Close { .. } | Event::Ended(_) | Event::Overflow { .. } => {
                self.stray(client, None, "the server ended the connection");
            }
            Event::Violation(violation) => {
                self.stray(client, None, violation.to_string());
            }
        }
        if let Some(known) = self.clients.get_mut(&client) {
            known.heard += 1;
        }
    }

    fn judge(&mut self) -> Verdict {
        if self.stray.is_some() {
            return Verdict::Broken;
        }
        let mut worst = Verdict::Settled;
        for room in 0..self.rooms.len() {
            let rules = self.room_rules(room);
            worst = worst.or(self.rooms[room].judge(&rules));
        }
        let facts = Arc::clone(&self.facts);
        for (user, place) in &mut self.private {
            let facts = Arc::clone(&facts);
            let rules = PrivateRules { facts, user: *user };
            worst = worst.or(place.judge(&rules));
        }
        worst
    }

    fn name_of(&self, client: usize) -> Option<&'static str> {
        self.order.contains(&client).then(|| self.name(client))
    }

    fn suspects(&self) -> Vec<Vec<usize>> {
        suspects::suspects(self)
    }

    fn counterexample(&self) -> Counterexample {
        script::counterexample(self)
    }
}
