//! What a variable holds.

use std::collections::BTreeMap;

use bytes::Bytes;

/// What a variable holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON, from a `let`, a list or a pattern.
    Json(serde_json::Value),
    /// Bytes, from `bytes`, a slice, a chunk or `hex`.
    Bytes(Bytes),
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        Self::Json(json)
    }
}

/// The variables that are bound, by name without the dollar sign.
pub type Bindings = BTreeMap<String, Value>;
