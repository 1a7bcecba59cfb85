//! What clients do, as lines of the notation.

use serde_json::Value as Json;

use super::super::model::NAMES;
use super::expected::{Addressee, Named, Said};
use super::model::ROOM_NAMES;

/// `alice POST /api/sign-in …`
pub(super) fn sign_in(name: &str, with_id: bool) -> String {
    let id = match with_id {
        true => format!("\"userId\": ${name}_id, "),
        false => String::new(),
    };
    format!(
        "{name} POST /api/sign-in {{\"username\": ${name}}} => 200 {{\"token\": ${name}_token, {id}...}}"
    )
}

/// `alice connects …`
pub(super) fn connect(name: &str) -> String {
    format!("{name} connects /ws?token=${{{name}_token}}")
}

/// `alice -> {"type": "join-room", …}`
pub(super) fn join(name: &str, room: usize) -> String {
    in_room(name, "join-room", room, None)
}

/// `alice -> {"type": "resume", …}`; `after` is a number or a variable.
pub(super) fn resume(name: &str, room: usize, after: &str) -> String {
    let room = ROOM_NAMES[room];
    format!("{name} -> {{\"type\": \"resume\", \"room\": \"{room}\", \"after\": {after}}}")
}

/// `alice -> {"type": "leave-room", …}`, with a name if it will be refused.
pub(super) fn in_room(name: &str, kind: &str, room: usize, named: Option<&Named>) -> String {
    let room = ROOM_NAMES[room];
    let named = named.map_or_else(String::new, |named| {
        format!(", \"clientId\": {}", quoted(&named.client_id))
    });
    format!("{name} -> {{\"type\": \"{kind}\", \"room\": \"{room}\"{named}}}")
}

/// `alice -> {"type": "send-message", …}`; `target` is what stands for the id of whom it is for.
pub(super) fn send(name: &str, said: &Said, target: &str) -> String {
    let to = match said.to {
        Addressee::Room(room) => {
            format!(
                "\"type\": \"send-message\", \"room\": \"{}\"",
                ROOM_NAMES[room]
            )
        }
        Addressee::User(_) => {
            format!("\"type\": \"private-message\", \"targetUserId\": {target}")
        }
    };
    let (message, client_id) = (quoted(&said.text), quoted(&said.client_id));
    format!("{name} -> {{{to}, \"message\": {message}, \"clientId\": {client_id}}}")
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// The lines, with ids only where they are used.
pub(super) fn with_ids(lines: Vec<String>) -> Vec<String> {
    let names: Vec<&str> = NAMES.to_vec();
    let used: Vec<&str> = names
        .into_iter()
        .filter(|name| {
            let variable = format!("${name}_id");
            lines.iter().filter(|line| line.contains(&variable)).count() > 1
        })
        .collect();
    lines
        .into_iter()
        .map(|line| match line.split_once(" POST /api/sign-in ") {
            Some((name, _)) => sign_in(name, used.contains(&name)),
            None => line,
        })
        .collect()
}
