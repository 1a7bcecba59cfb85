//! What a client may say.
//!
//! Checks: `open` (10), then every other: a new kind of message is an arm in [`parse`].

use serde_json::Value;

use crate::protocol::{ClientMessage, Refusal};

/// **10.** Checks one message. What is wrong must not get past here.
///
/// [`id_of`](crate::protocol::id_of) reads names, [`wire::operation`](crate::wire::operation) reads
/// operations; [`Refusal::because`] keeps what it says of one that it cannot read. An `ErrorCode`
/// becomes a refusal by itself, with `?` or `into()`.
///
/// # Errors
/// [`InvalidMessage`](crate::protocol::ErrorCode::InvalidMessage), `UnknownType`, and one for each
/// member that is missing or wrong. The page says what each member must be.
pub fn parse(message: &Value) -> Result<ClientMessage, Refusal> {
    todo!("check {message}")
}
