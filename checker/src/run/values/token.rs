//! The tokens of `let $x = jwt {claims}`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json};

use super::{EvaluateError, jwt, template};
use crate::notation::ast::{JwtSigning, Template};
use crate::notation::text::resolve;
use crate::notation::value::Bindings;

pub(super) fn claims(
    claims: &Template,
    bindings: &Bindings,
) -> Result<Map<String, Json>, EvaluateError> {
    match template(claims, bindings)? {
        Json::Object(claims) => Ok(claims),
        _ => Err(EvaluateError::ClaimsNotAnObject),
    }
}

/// Adds the claim `exp`: a NumericDate, which may have a fraction (RFC 7519 §2).
pub(super) fn expire(
    claims: &mut Map<String, Json>,
    now: SystemTime,
    after: Duration,
) -> Result<(), EvaluateError> {
    let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = since_1970.saturating_add(after).as_millis();
    // Exact: milliseconds since 1970 have less than 53 bits for many thousand years.
    let exp = Json::from(milliseconds as f64 / 1000.0);
    match claims.insert("exp".to_owned(), exp) {
        None => Ok(()),
        Some(_) => Err(EvaluateError::DuplicateMember("exp".to_owned())),
    }
}

pub(super) fn sign(
    claims: &Map<String, Json>,
    signing: &JwtSigning,
    bindings: &Bindings,
    secret: Option<&str>,
) -> Result<String, EvaluateError> {
    let signed = match signing {
        JwtSigning::Secret => {
            jwt::signed(claims, secret.ok_or(EvaluateError::NoSecret)?.as_bytes())
        }
        JwtSigning::Key(key) => jwt::signed(claims, resolve(key, bindings)?.as_bytes()),
        JwtSigning::None => Ok(jwt::unsigned(claims)),
    };
    signed.map_err(EvaluateError::Key)
}
