//! What a client may ask for: the chain before each message.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::bucket::Limiter;
use crate::chain::Chain;
use crate::protocol::{ClientId, ClientMessage, ErrorCode, Namespace, Refusal};
use crate::server::Rate;
use crate::token::Session;

const LONGEST_ROOM_NAME: usize = 64;
const LONGEST_CONTENT: usize = 2000;
const LONGEST_MOVE: usize = 64;
const LONGEST_CLIENT_ID: usize = 64;

/// A message that has come, and what the chain has found out about it.
// ANCHOR: incoming
#[derive(Debug)]
pub struct Incoming {
    /// Whose connection it came on.
    pub session: Arc<Session>,
    /// The namespaces that this connection has joined.
    pub joined: Vec<Namespace>,
    /// As it came; null, if it was no JSON.
    pub value: Value,
    /// What is asked for, once it has been checked.
    pub message: Option<ClientMessage>,
}

/// What a message passes before it is done. Whatever is wrong with it, it costs a token.
pub fn intake(rate: Rate) -> Chain<Incoming> {
    Chain::new()
        .link(limited(Limiter::new(rate)))
        .link(envelope)
        .link(allowed)
        .link(joined)
        .link(event)
}
// ANCHOR_END: incoming

impl Incoming {
    /// The namespace that the message names, if there is one of that name.
    pub fn namespace(&self) -> Option<Namespace> {
        Namespace::named(self.value["namespace"].as_str()?)
    }

    /// The sender's own name for the message.
    pub fn client_id(&self) -> Option<ClientId> {
        text_of(&self.value["clientId"], LONGEST_CLIENT_ID)
    }

    fn kind(&self) -> &str {
        self.value["type"].as_str().unwrap_or_default()
    }
}

/// Refuses what comes too fast.
// ANCHOR: limited
fn limited(limiter: Limiter) -> impl Fn(&mut Incoming) -> Result<(), Refusal> {
    move |incoming| {
        let taken = limiter.take(&incoming.session.user.id, Instant::now());
        taken.map_err(|wait| Refusal {
            code: ErrorCode::RateLimited,
            retry_after: Some(wait),
        })
    }
}
// ANCHOR_END: limited

/// Refuses what is no message, or for a namespace that there is not.
// ANCHOR: links
fn envelope(incoming: &mut Incoming) -> Result<(), Refusal> {
    // On what is not an object, and for a member that is missing, indexing gives null.
    if !incoming.value["type"].is_string() {
        return Err(ErrorCode::InvalidMessage.into());
    }
    // It is about the connection, and so about both.
    if incoming.kind() != "refresh-token" && incoming.namespace().is_none() {
        return Err(ErrorCode::UnknownNamespace.into());
    }
    Ok(())
}

/// Refuses to let anyone join what their token does not allow.
fn allowed(incoming: &mut Incoming) -> Result<(), Refusal> {
    let allowed = &incoming.session.allowed;
    if incoming.kind() == "join-namespace"
        && !incoming.namespace().is_some_and(|it| allowed.contains(&it))
    {
        return Err(ErrorCode::ForbiddenNamespace.into());
    }
    Ok(())
}

/// Refuses whatever is for a namespace that this connection has not joined.
fn joined(incoming: &mut Incoming) -> Result<(), Refusal> {
    let about_it = matches!(incoming.kind(), "join-namespace" | "refresh-token");
    let joined = &incoming.joined;
    if !about_it && !incoming.namespace().is_some_and(|it| joined.contains(&it)) {
        return Err(ErrorCode::NotInNamespace.into());
    }
    Ok(())
}
// ANCHOR_END: links

/// Refuses what the namespace does not know, and what is wrong in itself.
// ANCHOR: event
fn event(incoming: &mut Incoming) -> Result<(), Refusal> {
    incoming.message = Some(match incoming.namespace() {
        _ if incoming.kind() == "refresh-token" => ClientMessage::RefreshToken {
            token: incoming.value["token"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        },
        Some(namespace) => parse(incoming.kind(), namespace, &incoming.value)?,
        None => return Err(ErrorCode::UnknownNamespace.into()),
    });
    Ok(())
}

fn parse(kind: &str, namespace: Namespace, value: &Value) -> Result<ClientMessage, ErrorCode> {
    Ok(match (kind, namespace) {
        ("join-namespace", _) => ClientMessage::JoinNamespace { namespace },
        ("leave-namespace", _) => ClientMessage::LeaveNamespace { namespace },
        ("join-room", _) => ClientMessage::JoinRoom {
            namespace,
            room: room(value)?,
        },
        ("leave-room", _) => ClientMessage::LeaveRoom {
            namespace,
            room: room(value)?,
        },
        ("send-message", Namespace::Chat) => ClientMessage::SendMessage {
            room: room(value)?,
            message: not_blank(&value["message"], LONGEST_CONTENT)
                .ok_or(ErrorCode::InvalidContent)?,
        },
        ("game-move", Namespace::Game) => ClientMessage::GameMove {
            room: room(value)?,
            r#move: text_of(&value["move"], LONGEST_MOVE).ok_or(ErrorCode::InvalidMove)?,
        },
        _ => return Err(ErrorCode::UnknownType),
    })
}
// ANCHOR_END: event

fn room(value: &Value) -> Result<String, ErrorCode> {
    not_blank(&value["room"], LONGEST_ROOM_NAME).ok_or(ErrorCode::InvalidRoom)
}

fn not_blank(value: &Value, longest: usize) -> Option<String> {
    text_of(value, longest).filter(|text| !text.trim().is_empty())
}

/// A string of 1 to `longest` characters.
fn text_of(value: &Value, longest: usize) -> Option<String> {
    let text = value.as_str()?;
    let fits = !text.is_empty() && text.chars().count() <= longest;
    fits.then(|| text.to_owned())
}
