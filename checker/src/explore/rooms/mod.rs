//! Rooms: the rules of the course's assignment on them, as its page has them.
//!
//! ```text
//! Rooms -- Action        what a client may do
//! RoomsModel             who did what, who heard what
//!   acts                 what clients do
//!   hearing              to which place belongs what they hear
//!   Place                a room, or a user's private messages: order::search, is there an order that explains it
//!     RoomRules          who hears what when somebody comes, goes, speaks or types
//!     RoomState          who is in, who types, what was said
//!     PrivateRules       who is online
//!   heard, expected      what the server's messages say, and what they should
//!   suspects             what is likely to have gone wrong
//!   script               all of it as a transcript, made of lines and patterns
//! ```

mod acts;
mod expected;
mod heard;
mod hearing;
mod lines;
mod model;
mod patterns;
mod place;
mod private_rules;
mod room_rules;
mod room_state;
mod script;
mod suspects;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::{Dice, Exploration};
use model::RoomsModel;

/// Rooms with members, messages, typing, private messages and connections that are lost.
pub(super) struct Rooms;

/// What a client does. Whoever is not connected connects first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Only that.
    Connect,
    /// Joins a room, perhaps once more.
    Join(usize),
    /// Joins it and asks for what it has missed since one of the last messages that it saw there.
    Resume {
        /// The room.
        room: usize,
        /// Since so many messages before the last.
        back: usize,
    },
    /// Leaves it, if it is in it.
    Leave(usize),
    /// Says something there, whether or not it is in it.
    Say {
        /// The room.
        room: usize,
        /// At some length.
        long: bool,
    },
    /// Sends one of its last messages again.
    Resend {
        /// So many before the last.
        back: usize,
    },
    /// Writes to another client.
    Whisper {
        /// To whom, if it ever was there.
        to: usize,
        /// At some length.
        long: bool,
    },
    /// Types in a room.
    Type(usize),
    /// Types there no longer.
    StopTyping(usize),
    /// Its connection is lost.
    Drop,
}

/// How many rooms there are.
const ROOMS: usize = 3;
/// How far back resending and resuming go.
const BACK: usize = 5;
/// Typing must not end by itself.
const LEAST_TYPING_TIMEOUT_MS: u64 = 60_000;

impl Exploration for Rooms {
    type Action = Action;
    type Model = RoomsModel;

    fn name(&self) -> &'static str {
        "rooms"
    }

    fn action(&self, dice: &mut Dice, clients: usize) -> Action {
        let kind = dice.weighted(&[
            (2, 0),
            (19, 1),
            (9, 2),
            (9, 3),
            (26, 4),
            (8, 5),
            (9, 6),
            (7, 7),
            (4, 8),
            (7, 9),
        ]);
        let room = dice.weighted(&[(9, 0), (4, 1), (1, ROOMS - 1)]);
        let back = dice.below(BACK);
        let long = dice.chance(30);
        let to = dice.below(clients);
        match kind {
            0 => Action::Connect,
            1 => Action::Join(room),
            2 => Action::Resume { room, back },
            3 => Action::Leave(room),
            4 => Action::Say { room, long },
            5 => Action::Resend { back },
            6 => Action::Whisper { to, long },
            7 => Action::Type(room),
            8 => Action::StopTyping(room),
            _ => Action::Drop,
        }
    }

    fn simpler(&self, action: &Action) -> Vec<Action> {
        match *action {
            Action::Connect | Action::Drop => Vec::new(),
            Action::Say { room, long: true } => {
                vec![Action::Connect, Action::Say { room, long: false }]
            }
            Action::Whisper { to, long: true } => {
                vec![Action::Connect, Action::Whisper { to, long: false }]
            }
            Action::Resume { room, back } => {
                let mut simpler = vec![Action::Connect, Action::Join(room)];
                if back > 0 {
                    simpler.push(Action::Resume { room, back: 0 });
                }
                simpler
            }
            _ => vec![Action::Connect],
        }
    }

    fn model(&self, env: &BTreeMap<String, String>) -> Result<RoomsModel, String> {
        let number = |name: &str, default: u64| match env.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| format!("`{name}` is not a whole number: {text}")),
        };
        if number("TYPING_TIMEOUT_MS", 5_000)? < LEAST_TYPING_TIMEOUT_MS {
            return Err(
                "the exploration `rooms` takes no account of time: write `env TYPING_TIMEOUT_MS=600000` above it"
                    .to_owned(),
            );
        }
        let kept = number("RESUME_BUFFER", 100)?;
        Ok(RoomsModel::new(usize::try_from(kept).unwrap_or(usize::MAX)))
    }
}
