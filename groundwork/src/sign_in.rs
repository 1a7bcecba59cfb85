//! Names and tokens. In the exercise `chat` they are the student's work; from there on they are
//! given.

use std::fmt;

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const LONGEST_USERNAME: usize = 32;

/// Someone who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Who it is.
    pub id: String,
    /// The name to show.
    pub username: String,
}

impl User {
    /// The user whom the body of a sign-in names, if it is a JSON object whose `username` is a
    /// string of 1 to 32 characters that is not blank. The same name is the same user.
    pub fn named(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let username = body["username"].as_str()?;
        let valid = !username.trim().is_empty() && username.chars().count() <= LONGEST_USERNAME;
        valid.then(|| Self {
            // Made from the name and not counted: tokens live on when the server starts again.
            id: format!("user:{username}"),
            username: username.to_owned(),
        })
    }
}

/// Signs tokens and verifies them: JSON Web Tokens (RFC 7519) with HS256.
#[derive(Clone)]
pub struct Tokens {
    secret: String,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    user_id: String,
    username: String,
    /// In seconds since 1970.
    exp: i64,
}

impl Tokens {
    /// Tokens that are signed with `secret`.
    pub fn new(secret: String) -> Self {
        Self { secret }
    }

    /// A token that lasts 24 hours, or nothing if it cannot be signed.
    pub fn issue(&self, user: &User) -> Option<String> {
        self.issue_for(user, TimeDelta::days(1))
    }

    /// A token that lasts so long (to the second), or nothing if it cannot be signed.
    pub fn issue_for(&self, user: &User, lifetime: TimeDelta) -> Option<String> {
        let claims = Claims {
            user_id: user.id.clone(),
            username: user.username.clone(),
            exp: Utc::now().checked_add_signed(lifetime)?.timestamp(),
        };
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        encode(&Header::new(Algorithm::HS256), &claims, &key).ok()
    }

    /// The key that signatures are verified with, for those who do it themselves.
    pub fn decoding_key(&self) -> DecodingKey {
        DecodingKey::from_secret(self.secret.as_bytes())
    }

    /// The user whom a token names, if it was signed with HS256 and this secret and has not ended.
    pub fn verify(&self, token: &str) -> Option<User> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        let claims = decode::<Claims>(token, &self.decoding_key(), &validation);
        let claims = claims.ok()?.claims;
        Some(User {
            id: claims.user_id,
            username: claims.username,
        })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret stays out of logs.
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_names_the_user_it_was_issued_for() {
        let tokens = Tokens::new("secret".to_owned());
        let mira = User::named(br#"{"username": "mira"}"#).expect("a valid name");
        let token = tokens.issue(&mira).expect("claims are JSON");
        assert_eq!(tokens.verify(&token), Some(mira));
    }

    #[test]
    fn a_token_of_another_key_or_past_its_end_is_not_good() {
        let sign = |secret: &str, exp: i64| {
            let claims = json!({ "userId": "u", "username": "mira", "exp": exp });
            let key = EncodingKey::from_secret(secret.as_bytes());
            encode(&Header::default(), &claims, &key).expect("claims are JSON")
        };
        let (tokens, now) = (Tokens::new("secret".to_owned()), Utc::now().timestamp());
        assert!(tokens.verify(&sign("secret", now + 60)).is_some());
        assert_eq!(tokens.verify(&sign("another", now + 60)), None);
        assert_eq!(tokens.verify(&sign("secret", now - 1)), None);
        assert_eq!(tokens.verify("nonsense"), None);
    }

    #[test]
    fn a_name_has_1_to_32_characters_and_is_not_blank() {
        let named = |name: Value| User::named(json!({ "username": name }).to_string().as_bytes());
        assert!(named(json!("é".repeat(32))).is_some());
        for wrong in [json!(""), json!(" \t"), json!("é".repeat(33)), json!(7)] {
            assert_eq!(named(wrong.clone()), None, "{wrong}");
        }
        assert_eq!(User::named(b"{not json"), None);
    }
}
