//! Who did what in which room, and who heard what.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::super::model::{Counterexample, Known, Model, NAMES, Verdict};
use super::Action;
use super::expected::{Addressee, Answered, Facts, Moment, Named, Said};
use super::heard::{self, About, Heard, Saying, Who};
use super::place::Place;
use super::private_rules::{PrivateOp, PrivateRules, PrivateState};
use super::room_rules::{RoomOp, RoomRules, RoomState};
use super::{script, suspects};
use crate::actor::{Entry, Event};
use crate::notation::ast::Line;
use crate::notation::parser;

/// What rooms are called, in the order in which they are first met.
pub(super) const ROOM_NAMES: [&str; super::ROOMS] = ["tea", "coffee", "cake"];
const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// The rules of rooms, and all that happened.
pub(in crate::explore) struct RoomsModel {
    pub(super) facts: Arc<Facts>,
    pub(super) clients: BTreeMap<usize, Client>,
    /// The clients in the order in which they first did something.
    order: Vec<usize>,
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
    connection: Option<usize>,
    /// All that there ever were.
    connections: Vec<usize>,
    connected_in: Option<usize>,
    /// What it said, to rooms and to others.
    said: Vec<usize>,
    /// How many messages of its own it has named.
    named: usize,
    /// How many things it has heard.
    heard: usize,
    /// The `seq`s that it has seen in each room, and which of the things it heard told them.
    seen: BTreeMap<usize, Vec<Seen>>,
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
    is_lost: bool,
    has_heard: bool,
    /// How often each name was given to something sent.
    named: BTreeMap<String, usize>,
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

    fn facts_mut(&mut self) -> &mut Facts {
        // The rules that hold it live for one judgement only.
        Arc::make_mut(&mut self.facts)
    }

    pub(super) fn name(&self, client: usize) -> &'static str {
        let place = self.order.iter().position(|known| *known == client);
        place
            .and_then(|place| NAMES.get(place))
            .unwrap_or(&NAMES[0])
    }

    fn room(&mut self, room: usize) -> usize {
        if let Some(known) = self.room_order.iter().position(|known| *known == room) {
            return known;
        }
        self.room_order.push(room);
        self.rooms.push(Place::new(RoomState::default()));
        self.room_order.len() - 1
    }

    fn step(&mut self, client: usize, deed: Deed) -> usize {
        self.steps.push(Step {
            round: self.round,
            act: self.act,
            client,
            deed,
        });
        self.steps.len() - 1
    }

    /// The client's connection, which is opened if there is none. Nothing if it has had one in this round.
    fn connection(&mut self, client: usize, lines: &mut Vec<Line>) -> Option<usize> {
        if !self.order.contains(&client) {
            self.order.push(client);
        }
        let name = self.name(client);
        let round = self.round;
        let known = self.clients.entry(client).or_default();
        if let Some(connection) = known.connection {
            return Some(connection);
        }
        if known.connected_in == Some(round) {
            return None;
        }
        known.connected_in = Some(round);
        let is_first = known.connections.is_empty();
        let connection = self.links.len();
        known.connections.push(connection);
        known.connection = Some(connection);
        self.links.push(Link {
            client,
            is_lost: false,
            has_heard: false,
            named: BTreeMap::new(),
        });
        if is_first {
            self.step(client, Deed::SignIn);
            lines.extend(line(&script::sign_in(name, true)));
        }
        let step = self.step(client, Deed::Connect);
        lines.extend(line(&script::connect(name)));
        let private = self.private.entry(client);
        private
            .or_insert_with(|| Place::new(PrivateState::default()))
            .push(connection, step, PrivateOp::Connect);
        Some(connection)
    }

    /// The next name for something that the client sends.
    fn next_name(&mut self, client: usize) -> String {
        let initial = self.name(client).get(..1).unwrap_or_default();
        let known = self.clients.entry(client).or_default();
        known.named += 1;
        format!("{initial} {}", known.named)
    }

    fn named(&mut self, connection: usize, client_id: String) -> Named {
        let count = self.links[connection]
            .named
            .entry(client_id.clone())
            .or_default();
        *count += 1;
        let nth = *count - 1;
        Named { client_id, nth }
    }

    fn new_said(&mut self, client: usize, to: Addressee, long: bool) -> usize {
        let client_id = self.next_name(client);
        let said = self.facts.said.len();
        let number = match NUMBERS.get(said) {
            Some(word) => (*word).to_owned(),
            None => format!("number {}", said + 1),
        };
        let text = match long {
            true => format!("{number}, and a good deal more that takes its time to tell"),
            false => number,
        };
        self.facts_mut().said.push(Said {
            by: client,
            to,
            text,
            client_id,
        });
        self.clients.entry(client).or_default().said.push(said);
        said
    }

    fn send(&mut self, client: usize, connection: usize, said: usize) -> Vec<Line> {
        let message = self.facts.said[said].clone();
        let named = self.named(connection, message.client_id.clone());
        let deed = Deed::Send {
            said,
            named: named.clone(),
        };
        let step = self.step(client, deed);
        match message.to {
            Addressee::Room(room) => {
                self.rooms[room].push(connection, step, RoomOp::Say { said, named });
            }
            Addressee::User(user) => {
                if let Some(place) = self.private.get_mut(&user) {
                    place.push(connection, step, PrivateOp::Whisper { said, named });
                }
            }
        }
        let target = match message.to {
            Addressee::Room(_) => String::new(),
            Addressee::User(user) => quoted(&self.facts.users[user].id),
        };
        line(&script::send(self.name(client), &message, &target))
            .into_iter()
            .collect()
    }

    fn drop_connection(&mut self, client: usize) -> Vec<Line> {
        let known = self.clients.entry(client).or_default();
        let Some(connection) = known.connection.take() else {
            return Vec::new();
        };
        let step = self.step(client, Deed::Drop);
        self.links[connection].is_lost = true;
        for room in &mut self.rooms {
            room.lose(connection, step, RoomOp::End { user: client });
        }
        for place in self.private.values_mut() {
            place.lose(connection, step, PrivateOp::End);
        }
        line(&format!("{} drops", self.name(client)))
            .into_iter()
            .collect()
    }

    fn perform(&mut self, client: usize, connection: usize, action: Action) -> Vec<Line> {
        let name = self.name(client);
        let lines = match action {
            Action::Connect | Action::Drop => None,
            Action::Join(room) => {
                let room = self.room(room);
                let step = self.step(client, Deed::Join(room));
                let op = RoomOp::Join {
                    user: client,
                    after: None,
                };
                self.rooms[room].push(connection, step, op);
                line(&script::join(name, room))
            }
            Action::Resume { room, back } => {
                let room = self.room(room);
                let seen = self.clients.get(&client).and_then(|c| c.seen.get(&room));
                let since = seen.and_then(|seen| seen.iter().rev().nth(back).or(seen.first()));
                let Some(since) = since.copied() else {
                    return Vec::new();
                };
                let step = self.step(client, Deed::Resume { room, since });
                let op = RoomOp::Join {
                    user: client,
                    after: Some(since.seq),
                };
                self.rooms[room].push(connection, step, op);
                line(&script::resume(name, room, &since.seq.to_string()))
            }
            Action::Leave(room) => {
                let room = self.room(room);
                let client_id = self.next_name(client);
                let named = self.named(connection, client_id);
                let deed = Deed::Leave {
                    room,
                    named: named.clone(),
                };
                let text = script::in_room(name, "leave-room", room, Some(&named));
                let step = self.step(client, deed);
                let op = RoomOp::Leave {
                    user: client,
                    named,
                };
                self.rooms[room].push(connection, step, op);
                line(&text)
            }
            Action::Type(room) => return self.type_in(client, connection, room, true),
            Action::StopTyping(room) => return self.type_in(client, connection, room, false),
            Action::Say { room, long } => {
                let room = self.room(room);
                let said = self.new_said(client, Addressee::Room(room), long);
                return self.send(client, connection, said);
            }
            Action::Whisper { to, long } => {
                if to == client || self.facts.users[to].id.is_empty() {
                    return Vec::new();
                }
                let said = self.new_said(client, Addressee::User(to), long);
                return self.send(client, connection, said);
            }
            Action::Resend { back } => {
                let known = self.clients.get(&client);
                let said = known.and_then(|known| known.said.iter().rev().nth(back).copied());
                return match said {
                    Some(said) => self.send(client, connection, said),
                    None => Vec::new(),
                };
            }
        };
        lines.into_iter().collect()
    }

    fn type_in(&mut self, client: usize, connection: usize, room: usize, on: bool) -> Vec<Line> {
        let room = self.room(room);
        let client_id = self.next_name(client);
        let named = self.named(connection, client_id);
        let kind = if on { "typing" } else { "stop-typing" };
        let text = script::in_room(self.name(client), kind, room, Some(&named));
        let deed = Deed::Type {
            room,
            on,
            named: named.clone(),
        };
        let step = self.step(client, deed);
        let op = RoomOp::Type {
            user: client,
            on,
            named,
        };
        self.rooms[room].push(connection, step, op);
        line(&text).into_iter().collect()
    }

    fn stray(&mut self, client: usize, message: Option<String>, because: impl Into<String>) {
        self.stray.get_or_insert(Stray {
            client,
            message,
            because: because.into(),
        });
    }

    fn hear_message(&mut self, client: usize, connection: usize, entry: &Arc<Entry>, json: &Json) {
        let index = self.clients.get(&client).map_or(0, |known| known.heard);
        let moment = Moment {
            at: entry.at,
            index,
        };
        let text = json.to_string();
        let Some(about) = heard::read(json) else {
            return self.stray(client, Some(text), "it is no message that answers anything");
        };
        let is_first = !std::mem::replace(&mut self.links[connection].has_heard, true);
        let is_connected = matches!(about, About::Client(Saying::Connected { .. }));
        if is_first && !is_connected {
            return self.stray(client, Some(text), "`connected` comes before anything else");
        }
        match about {
            About::Room(name, said) => {
                let rooms = ROOM_NAMES.iter().take(self.rooms.len());
                let Some(room) = rooms.into_iter().position(|known| *known == name) else {
                    return self.stray(client, Some(text), "there is no such room");
                };
                let seq = match &said {
                    Saying::Joined { seq, .. } => Some(*seq),
                    Saying::Message(message) => Some(message.seq),
                    Saying::Missed { messages } => messages.last().map(|last| last.seq),
                    _ => None,
                };
                if let (Some(seq), Some(known)) = (seq, self.clients.get_mut(&client)) {
                    known
                        .seen
                        .entry(room)
                        .or_default()
                        .push(Seen { seq, index });
                }
                self.rooms[room].hear(connection, Heard { said, moment });
            }
            About::Client(said) => {
                if let Some(place) = self.private.get_mut(&client) {
                    place.hear(connection, Heard { said, moment });
                }
            }
            About::Sent(client_id, answer) => {
                let answered = Answered { answer, moment };
                self.hear_answer(client, connection, client_id, answered, text);
            }
        }
    }

    fn hear_answer(
        &mut self,
        client: usize,
        connection: usize,
        client_id: String,
        answered: Answered,
        text: String,
    ) {
        let asked = self.links[connection].named.get(&client_id).copied();
        let answers = self
            .facts_mut()
            .answers
            .entry((connection, client_id))
            .or_default();
        answers.push(answered);
        if answers.len() > asked.unwrap_or_default() {
            return self.stray(
                client,
                Some(text),
                "it answers nothing that has no answer yet",
            );
        }
        self.rooms.iter_mut().for_each(Place::renew);
        self.private.values_mut().for_each(Place::renew);
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
            lines = self.drop_connection(client);
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
            Event::Ping(_) | Event::Pong(_) => {}
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

    fn may_be_otherwise(&self) -> bool {
        let mut rooms = self.rooms.iter().enumerate();
        let mut private = self.private.iter();
        rooms.any(|(room, place)| place.may_be_otherwise(&self.room_rules(room)))
            || private.any(|(user, place)| place.may_be_otherwise(&self.private_rules(*user)))
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

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// One line of the notation.
fn line(text: &str) -> Option<Line> {
    parser::parse_str(text).0.lines.into_iter().next()
}
