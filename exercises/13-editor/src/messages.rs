//! What a client may say. In the exercise `ot` it was the student's work.

use ot::error::MAX_LENGTH;
use ot::protocol::id_of;
use ot::wire;
use serde_json::Value;

use crate::protocol::{ClientMessage, Cursor, ErrorCode, OpId, Refusal, Revision};

/// Checks one message. Nothing that it does not return goes any further.
///
/// # Errors
/// What is wrong with it by itself, whatever the document is.
pub fn parse(message: &Value) -> Result<ClientMessage, Refusal> {
    // On what is not an object, and for a member that is missing, indexing gives null.
    let kind = message["type"].as_str().ok_or(ErrorCode::InvalidMessage)?;
    Ok(match kind {
        "operation" => ClientMessage::Operation {
            op_id: op_id(message)?,
            revision: revision(message)?,
            operation: wire::operation(&message["operation"])
                .map_err(|reason| Refusal::because(ErrorCode::InvalidOperation, reason))?,
        },
        "cursor" => ClientMessage::Cursor {
            revision: revision(message)?,
            cursor: Cursor {
                anchor: whole(&message["anchor"]).ok_or(ErrorCode::InvalidCursor)?,
                head: whole(&message["head"]).ok_or(ErrorCode::InvalidCursor)?,
            },
        },
        "undo" => ClientMessage::Undo {
            op_id: op_id(message)?,
        },
        "redo" => ClientMessage::Redo {
            op_id: op_id(message)?,
        },
        _ => return Err(ErrorCode::UnknownType.into()),
    })
}

fn op_id(message: &Value) -> Result<OpId, ErrorCode> {
    let id = id_of(&message["opId"]);
    id.map(str::to_owned).ok_or(ErrorCode::InvalidOpId)
}

fn revision(message: &Value) -> Result<Revision, ErrorCode> {
    whole(&message["revision"]).ok_or(ErrorCode::InvalidRevision)
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().filter(|number| *number <= MAX_LENGTH)
}
