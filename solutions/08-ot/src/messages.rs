//! What a client may say.

use serde_json::Value;

use crate::error::MAX_LENGTH;
use crate::protocol::{ClientMessage, DocId, ErrorCode, OpId, Refusal, Revision, id_of};
use crate::wire;

/// Checks one message. Nothing that it does not return goes any further.
///
/// # Errors
/// What is wrong with it by itself, whatever documents there are.
// ANCHOR: parse
pub fn parse(message: &Value) -> Result<ClientMessage, Refusal> {
    // On what is not an object, and for a member that is missing, indexing gives null.
    let kind = message["type"].as_str().ok_or(ErrorCode::InvalidMessage)?;
    Ok(match kind {
        "open" => ClientMessage::Open {
            doc_id: doc_id(message)?,
        },
        "resume" => ClientMessage::Resume {
            doc_id: doc_id(message)?,
            epoch: epoch(message)?,
            revision: revision(message)?,
        },
        "operation" => ClientMessage::Operation {
            doc_id: doc_id(message)?,
            op_id: op_id(message)?,
            revision: revision(message)?,
            operation: wire::operation(&message["operation"])
                .map_err(|reason| Refusal::because(ErrorCode::InvalidOperation, reason))?,
        },
        "close" => ClientMessage::Close {
            doc_id: doc_id(message)?,
        },
        _ => return Err(ErrorCode::UnknownType.into()),
    })
}
// ANCHOR_END: parse

fn doc_id(message: &Value) -> Result<DocId, ErrorCode> {
    let id = id_of(&message["docId"]).filter(|id| !id.trim().is_empty());
    id.map(str::to_owned).ok_or(ErrorCode::InvalidDocId)
}

fn op_id(message: &Value) -> Result<OpId, ErrorCode> {
    let id = id_of(&message["opId"]);
    id.map(str::to_owned).ok_or(ErrorCode::InvalidOpId)
}

fn epoch(message: &Value) -> Result<String, ErrorCode> {
    let epoch = message["epoch"].as_str().map(str::to_owned);
    epoch.ok_or(ErrorCode::InvalidEpoch)
}

fn revision(message: &Value) -> Result<Revision, ErrorCode> {
    let revision = message["revision"].as_u64();
    revision
        .filter(|revision| *revision <= MAX_LENGTH)
        .ok_or(ErrorCode::InvalidRevision)
}
