//! What a token says, or what is wrong with it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use groundwork::{Tokens, User};
use jsonwebtoken::{Algorithm, Validation, decode};
use serde_json::{Map, Number, Value};

use crate::protocol::{ErrorCode, Namespace};

/// What a good token says.
// ANCHOR: session
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who it is.
    pub user: User,
    /// The namespaces that they may join.
    pub allowed: Vec<Namespace>,
    /// When it ends, in seconds since 1970, as the token has it.
    pub exp: Number,
}

impl Session {
    /// How long it still lasts. Zero if it has ended.
    pub fn time_left(&self) -> Duration {
        let now = Utc::now().timestamp_micros() as f64 / 1e6;
        let seconds = self.exp.as_f64().unwrap_or_default() - now;
        // What is too long for a `Duration` is as good as for ever.
        Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
    }
}
// ANCHOR_END: session

type Object = Map<String, Value>;

/// What a token says.
///
/// # Errors
/// The first thing that is wrong with it. Nothing in a token counts before its signature is right,
/// and how to verify it is not for the token to say.
// ANCHOR: verify
pub fn verify(token: &str, tokens: &Tokens) -> Result<Session, ErrorCode> {
    if token.is_empty() {
        return Err(ErrorCode::TokenMissing);
    }
    let (header, claims) = parts(token).ok_or(ErrorCode::TokenMalformed)?;
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(ErrorCode::TokenAlgorithm);
    }
    if !is_signed(token, tokens) {
        return Err(ErrorCode::TokenSignature);
    }
    let session = session(&claims).ok_or(ErrorCode::TokenClaims)?;
    if session.time_left().is_zero() {
        return Err(ErrorCode::TokenExpired);
    }
    Ok(session)
}
// ANCHOR_END: verify

/// The header and the claims, if it is three parts of base64url with a JSON object in each of the
/// first two.
// ANCHOR: parts
fn parts(token: &str) -> Option<(Object, Object)> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return None;
    };
    URL_SAFE_NO_PAD.decode(signature).ok()?;
    Some((object(header)?, object(claims)?))
}

fn object(part: &str) -> Option<Object> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
// ANCHOR_END: parts

// ANCHOR: signature
fn is_signed(token: &str, tokens: &Tokens) -> bool {
    let mut only_the_signature = Validation::new(Algorithm::HS256);
    only_the_signature.required_spec_claims.clear();
    only_the_signature.validate_exp = false;
    only_the_signature.validate_aud = false;
    decode::<Object>(token, &tokens.decoding_key(), &only_the_signature).is_ok()
}
// ANCHOR_END: signature

/// The session that claims describe, if all that must be there are there and of their kind.
fn session(claims: &Object) -> Option<Session> {
    let text = |name| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let allowed = match claims.get("namespaces") {
        None => Namespace::ALL.to_vec(),
        Some(names) => allowed(names)?,
    };
    Some(Session {
        user: User {
            id: text("userId")?,
            username: text("username")?,
        },
        allowed,
        exp: claims.get("exp")?.as_number()?.clone(),
    })
}

/// Those of the names that this server has, if all are names.
fn allowed(names: &Value) -> Option<Vec<Namespace>> {
    let names: Vec<&str> = names
        .as_array()?
        .iter()
        .map(Value::as_str)
        .collect::<Option<_>>()?;
    Some(names.into_iter().filter_map(Namespace::named).collect())
}
