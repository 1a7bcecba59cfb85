//! What a token says, or what is wrong with it.
//!
//! Checks: `connect` (2), `missing` to `expired` (11), `expiry` (15).

use std::time::Duration;

use groundwork::{Tokens, User};
use serde_json::Number;

use crate::protocol::{ErrorCode, Namespace};

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub user: User,
    /// The namespaces that they may join.
    pub allowed: Vec<Namespace>,
    /// When it ends, in seconds since 1970, as the token has it. There may be a fraction.
    pub exp: Number,
}

impl Session {
    /// **11.** How long it still lasts; zero if it has ended.
    ///
    /// `chrono::Utc::now()` tells the time. `exp` may be any number: see
    /// `Duration::try_from_secs_f64`.
    pub fn time_left(&self) -> Duration {
        todo!("tell how long it is until {}", self.exp)
    }
}

/// **2.** What a token says.
///
/// For `connect` it is enough that a good token is read. Then tell apart what can be wrong
/// (**11**), in the order of the page's table:
///
/// - take it apart: `split('.')`, `base64::engine::general_purpose::URL_SAFE_NO_PAD`, two JSON
///   objects;
/// - look at `alg` yourself: it must be `HS256`, whatever the token would like;
/// - let `jsonwebtoken::decode` verify the signature, with `tokens.decoding_key()`, and nothing
///   else: in its `Validation`, no claims are required, and neither `exp` nor `aud` is looked at;
/// - read the claims. `namespaces` may be missing, and then all of them are allowed;
/// - look whether any time is left.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn verify(token: &str, tokens: &Tokens) -> Result<Session, ErrorCode> {
    let _ = tokens;
    todo!("verify {token:?}")
}
