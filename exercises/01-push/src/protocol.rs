//! What goes over the wire, as the page's tables have it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

/// A place in the feed: the id of the last post that a reader has seen, 0 before the first.
pub type Cursor = u64;

/// The greatest whole number that every reader of JSON understands: 2^53 - 1 (RFC 8259, section 6).
pub const GREATEST_CURSOR: Cursor = (1 << 53) - 1;

/// One entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// The first has 1, each later one the next number.
    pub id: Cursor,
    /// As it came.
    pub text: String,
}

/// The feed cannot go on from a reader's cursor: what came next is no longer kept, or the cursor was
/// never given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The least cursor from which nothing is missing.
    pub after: Cursor,
}

/// What a reader that is pushed to hears next. As JSON it is a message of the WebSocket:
/// `{"type": "post", "id", "text"}` or `{"type": "gap", "after"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Item {
    /// The next post.
    Post(Post),
    /// Some posts are missing here; the next one comes after this cursor.
    Gap(Gap),
}

/// Why a request is refused. As a response it has the right status and body already: return it as
/// the `Err`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 400: the text of a post is no string, blank or too long.
    InvalidText,
    /// 400: a cursor is missing, or is no whole number from 0 to [`GREATEST_CURSOR`].
    InvalidCursor,
    /// 410: see [`Gap`].
    Gap(Gap),
}

/// For `?` on what [`Feed::after`](crate::feed::Feed::after) returns.
impl From<Gap> for Refusal {
    fn from(gap: Gap) -> Self {
        Self::Gap(gap)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, mut body) = match self {
            Self::InvalidText => (
                StatusCode::BAD_REQUEST,
                json!({ "code": "invalid-text", "message": "a text must be a string, neither blank nor too long" }),
            ),
            Self::InvalidCursor => (
                StatusCode::BAD_REQUEST,
                json!({ "code": "invalid-cursor", "message": "a cursor must be a whole number that is at least 0" }),
            ),
            Self::Gap(gap) => (
                StatusCode::GONE,
                json!({ "code": "gap", "message": "some posts after this cursor are gone", "after": gap.after }),
            ),
        };
        body["type"] = "error".into();
        (status, Json(body)).into_response()
    }
}
