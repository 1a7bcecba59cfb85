//! User names and tokens.
//!
//! Checks: `sign-in` and `usernames` (1, 2), `claims` and `refused` (4).

use crate::protocol::{ErrorCode, User};

/// **1.** The user whom the body of a sign-in names.
///
/// The body is a JSON object whose `username` is a string of 1 to 32 characters that is not blank.
/// The same name must give the same id, and another name another. Make the id from the name: a
/// counter begins again with the server, while tokens live on.
///
/// # Errors
/// [`ErrorCode::InvalidUsername`] for every other body, also for one that is not JSON.
pub fn user_named(body: &[u8]) -> Result<User, ErrorCode> {
    todo!("read the user out of {} bytes of JSON", body.len())
}

/// **2.** A token for a user that lasts 24 hours, or nothing if it cannot be signed.
///
/// It is a JWT, signed with HS256 and `secret`, with the claims `userId`, `username` and `exp` (in
/// seconds since 1970). `jsonwebtoken::encode` takes any struct that is `Serialize`.
pub fn issue(user: &User, secret: &str) -> Option<String> {
    let _ = secret;
    todo!("sign a token for {}", user.username)
}

/// **4.** The user whom a token names.
///
/// The user is who the claims say, also when this server did not issue the token.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] unless the token was signed with HS256 and `secret`, has all three
/// claims, and has not ended. `jsonwebtoken::decode` checks all of this, if its `Validation` says
/// so.
pub fn verify(token: &str, secret: &str) -> Result<User, ErrorCode> {
    let _ = secret;
    todo!("verify the token {token:?}")
}
