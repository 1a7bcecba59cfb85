//! What clients do: the lines that they play, and what that is in the places that it concerns.

use std::collections::BTreeMap;

use super::Action;
use super::expected::{Addressee, Named, Said};
use super::lines;
use super::model::{Deed, Link, RoomsModel};
use super::place::Place;
use super::private_rules::{PrivateOp, PrivateState};
use super::room_rules::RoomOp;
use crate::notation::ast::Line;
use crate::notation::parser;

const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

impl RoomsModel {
    /// The client's connection, which is opened if there is none. Nothing if it has had one in this round.
    pub(super) fn connection(&mut self, client: usize, lines: &mut Vec<Line>) -> Option<usize> {
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
            lines.extend(line(&lines::sign_in(name, true)));
        }
        let step = self.step(client, Deed::Connect);
        lines.extend(line(&lines::connect(name)));
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
            Addressee::User(user) => lines::quoted(&self.facts.users[user].id),
        };
        line(&lines::send(self.name(client), &message, &target))
            .into_iter()
            .collect()
    }

    /// Whether the client has done nothing in this round of which the server would have to tell it. Only a message to a
    /// room may get lost: it can be sent again, and others hear whether it arrived.
    pub(super) fn may_drop(&self, client: usize) -> bool {
        let steps = self.steps.iter().rev();
        let mut steps = steps.take_while(|step| step.round == self.round);
        steps.all(|step| step.client != client || self.is_said_in_room(&step.deed))
    }

    fn is_said_in_room(&self, deed: &Deed) -> bool {
        let Deed::Send { said, .. } = deed else {
            return false;
        };
        matches!(self.facts.said[*said].to, Addressee::Room(_))
    }

    pub(super) fn drop_connection(&mut self, client: usize) -> Vec<Line> {
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

    pub(super) fn perform(
        &mut self,
        client: usize,
        connection: usize,
        action: Action,
    ) -> Vec<Line> {
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
                line(&lines::join(name, room))
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
                line(&lines::resume(name, room, &since.seq.to_string()))
            }
            Action::Leave(room) => {
                let room = self.room(room);
                let client_id = self.next_name(client);
                let named = self.named(connection, client_id);
                let deed = Deed::Leave {
                    room,
                    named: named.clone(),
                };
                let text = lines::in_room(name, "leave-room", room, Some(&named));
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
        let text = lines::in_room(self.name(client), kind, room, Some(&named));
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
}

/// One line of the notation.
fn line(text: &str) -> Option<Line> {
    parser::parse_str(text).0.lines.into_iter().next()
}
