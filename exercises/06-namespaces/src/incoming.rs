//! What a client may ask for: the chain before each message.
//!
//! Checks: `join` and `both` (6), `unknown` and `forbidden` (9), `outside` (9), `own-types` (6),
//! `errors` (8), `order` (9), `limit` to `not-done` (14).

use std::sync::Arc;

use serde_json::Value;

use crate::chain::Chain;
use crate::protocol::{ClientId, ClientMessage, Namespace};
use crate::server::Rate;
use crate::token::Session;

/// A message that has come, and what the chain has found out about it.
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

/// **6.** What a message passes before it is done, as a chain of links, each a function of its own,
/// in the order of the page's table:
///
/// - it does not come too fast (**14**): each user's bucket is in a
///   [`Limiter`](crate::bucket::Limiter), which the link owns;
/// - it has a `type`, and a namespace that there is (**9**);
/// - the token allows the namespace that it wants to join (**9**);
/// - the connection has joined the namespace that it is for (**9**);
/// - its type is one of that namespace, and its other members are as they must be. This link puts
///   the [`ClientMessage`] into `message`.
///
/// For `join` the last one is enough.
pub fn intake(rate: Rate) -> Chain<Incoming> {
    todo!("make a chain for {rate:?}")
}

impl Incoming {
    /// **6.** The namespace that the message names, if there is one of that name.
    pub fn namespace(&self) -> Option<Namespace> {
        todo!("find the namespace of {}", self.value)
    }

    /// **8.** The sender's own name for the message: a string of 1 to 64 characters.
    pub fn client_id(&self) -> Option<ClientId> {
        todo!("find the clientId of {}", self.value)
    }
}
