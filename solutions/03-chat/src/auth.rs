//! User names and tokens.

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::{ErrorCode, User};

const LONGEST_USERNAME: usize = 32;

/// What a token says.
// ANCHOR: claims
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    user_id: String,
    username: String,
    /// In seconds since 1970.
    exp: i64,
}
// ANCHOR_END: claims

/// The user whom the body of a sign-in names.
///
/// # Errors
/// [`ErrorCode::InvalidUsername`] unless it is a JSON object whose `username` is a string of 1 to
/// 32 characters that is not blank.
pub fn user_named(body: &[u8]) -> Result<User, ErrorCode> {
    let body: Value = serde_json::from_slice(body).map_err(|_| ErrorCode::InvalidUsername)?;
    let username = body["username"]
        .as_str()
        .ok_or(ErrorCode::InvalidUsername)?;
    if username.trim().is_empty() || username.chars().count() > LONGEST_USERNAME {
        return Err(ErrorCode::InvalidUsername);
    }
    Ok(User {
        // Made from the name and not counted: a counter begins again with the server, while tokens
        // live on, and would give one user's id to another.
        id: format!("user:{username}"),
        username: username.to_owned(),
    })
}

/// A token for a user that lasts 24 hours, or nothing if it cannot be signed.
// ANCHOR: issue
pub fn issue(user: &User, secret: &str) -> Option<String> {
    let claims = Claims {
        user_id: user.id.clone(),
        username: user.username.clone(),
        exp: (Utc::now() + TimeDelta::days(1)).timestamp(),
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).ok()
}
// ANCHOR_END: issue

/// The user whom a token names.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] unless it was signed with HS256 and this secret, has all claims, and
/// has not ended.
// ANCHOR: verify
pub fn verify(token: &str, secret: &str) -> Result<User, ErrorCode> {
    // The algorithm is pinned: the token must not choose how it is checked.
    let mut validation = Validation::new(Algorithm::HS256);
    // By default a token is good for a minute after it has ended.
    validation.leeway = 0;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let token = decode::<Claims>(token, &key, &validation).map_err(|_| ErrorCode::Unauthorized)?;
    Ok(User {
        id: token.claims.user_id,
        username: token.claims.username,
    })
}
// ANCHOR_END: verify
