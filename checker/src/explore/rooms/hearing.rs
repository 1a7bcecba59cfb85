//! What clients hear: to which place each message belongs.

use std::sync::Arc;

use serde_json::Value as Json;

use super::expected::{Answered, Moment};
use super::heard::{self, About, Heard, Saying};
use super::model::{ROOM_NAMES, RoomsModel, Seen};
use super::place::Place;
use crate::actor::Entry;

impl RoomsModel {
    pub(super) fn hear_message(
        &mut self,
        client: usize,
        connection: usize,
        entry: &Arc<Entry>,
        json: &Json,
    ) {
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
}
