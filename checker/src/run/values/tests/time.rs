//! Values that have to do with time: when a token ends, how long to wait.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::notation::ast::{Duration as Written, DurationUnit};

fn expiring(claims: &Json, expires_in: Option<Written>) -> Result<Value, EvaluateError> {
    let generator = Generator::Jwt {
        claims: plain(claims),
        expires_in,
        signing: JwtSigning::Secret,
    };
    evaluate(&generator, &Bindings::new())
}

fn claims(token: &Value) -> Json {
    let claims = string(token).split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[test]
fn a_token_expires_so_long_after_it_was_made() {
    let in_1500_ms = Written {
        count: 1500,
        unit: DurationUnit::Milliseconds,
    };
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let before = now();
    let token = expiring(&json!({"sub": "u1"}), Some(in_1500_ms)).unwrap();
    let after = now();
    let claims = claims(&token);
    assert_eq!(claims["sub"], "u1");
    let exp = claims["exp"].as_f64().unwrap();
    let rounding = Duration::from_millis(1);
    let least = (before + Duration::from_millis(1500) - rounding).as_secs_f64();
    let most = (after + Duration::from_millis(1500)).as_secs_f64();
    assert!(
        (least..=most).contains(&exp),
        "{exp} is not from {least} to {most}"
    );
}

#[test]
fn a_claim_is_not_set_twice() {
    let in_2_s = Written {
        count: 2,
        unit: DurationUnit::Seconds,
    };
    assert_eq!(
        expiring(&json!({"exp": 1}), Some(in_2_s)),
        Err(EvaluateError::DuplicateMember("exp".to_owned()))
    );
}

#[test]
fn a_wait_is_a_whole_number_of_milliseconds_of_at_most_ten_seconds() {
    let held = |value| milliseconds(&var("wait"), &bound([("wait", Value::Json(value))]));
    for (value, expected) in [(json!(0), 0), (json!(250.0), 250), (json!(10_000), 10_000)] {
        assert_eq!(held(value), Ok(expected));
    }
    let wrong = [
        json!(-1),
        json!(0.5),
        json!(10_001),
        json!("250"),
        json!(null),
    ];
    let told: Vec<String> = wrong
        .into_iter()
        .map(|value| held(value).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}
