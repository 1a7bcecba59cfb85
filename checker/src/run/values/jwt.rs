//! JSON Web Tokens, good and bad (RFC 7519, in the compact form of RFC 7515 §3.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

/// Signed with HS256 (RFC 7518 §3.2).
pub(super) fn signed(claims: &Map<String, Value>, key: &[u8]) -> Result<String, InvalidLength> {
    let input = signing_input(r#"{"alg":"HS256","typ":"JWT"}"#, &written(claims));
    let signature = hs256(&input, key)?;
    Ok(format!("{input}.{signature}"))
}

/// With `alg` `none` and an empty signature (RFC 7519 §6.1): what no server may accept.
pub(super) fn unsigned(claims: &Map<String, Value>) -> String {
    let input = signing_input(r#"{"alg":"none","typ":"JWT"}"#, &written(claims));
    format!("{input}.")
}

fn written(claims: &Map<String, Value>) -> String {
    serde_json::to_string(claims).expect("JSON is written as JSON")
}

fn signing_input(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

fn hs256(input: &str, key: &[u8]) -> Result<String, InvalidLength> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(input.as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs256_signs_the_example_of_rfc_7515_appendix_a_1() {
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .expect("the RFC's key is base64url");
        let input = signing_input(
            "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
        );
        assert_eq!(
            input,
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
             eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        );
        assert_eq!(
            hs256(&input, &key).expect("HMAC takes keys of any length"),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        );
    }

    #[test]
    fn an_unsigned_token_says_alg_none_and_ends_with_a_dot() {
        assert_eq!(
            unsigned(&Map::from_iter([("sub".to_owned(), "u1".into())])),
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ1MSJ9.",
        );
    }
}
