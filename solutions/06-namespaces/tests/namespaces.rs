//! What the exercise's page states and its checks leave alone, because it would take too long or
//! cannot be seen from outside.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use groundwork::{Outgoing, Tokens, User};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use namespaces_solution::bucket::Limiter;
use namespaces_solution::handshake::{Handshake, admission};
use namespaces_solution::incoming::{Incoming, intake};
use namespaces_solution::namespaces::{Client, Namespaces};
use namespaces_solution::protocol::{ClientMessage, ErrorCode, Namespace, Refusal};
use namespaces_solution::server::{Config, Rate};
use namespaces_solution::token::{Session, verify};
use serde_json::{Value, json};

const SECRET: &str = "a secret of the test";

fn config() -> Config {
    Config {
        tokens: Tokens::new(SECRET.to_owned()),
        token_lifetime: TimeDelta::days(1),
        allowed_origins: None,
        rate: Rate {
            capacity: 60,
            refill: Duration::from_secs(1),
        },
    }
}

fn session(name: &str, ends_in: f64) -> Session {
    let exp = Utc::now().timestamp_millis() as f64 / 1000.0 + ends_in;
    Session {
        user: User {
            id: format!("id of {name}"),
            username: name.to_owned(),
        },
        allowed: Namespace::ALL.to_vec(),
        exp: serde_json::Number::from_f64(exp).expect("it is finite"),
    }
}

fn connect(namespaces: &Arc<Namespaces>, name: &str) -> (Client, Outgoing) {
    Namespaces::connect(namespaces, session(name, 60.0))
}

fn join_room(client: &mut Client, room: &str) -> Result<(), ErrorCode> {
    let joined = client.perform(ClientMessage::JoinRoom {
        namespace: Namespace::Chat,
        room: room.to_owned(),
    });
    joined.map_err(|refusal| refusal.code)
}

/// What waits in an outbox.
fn drain(outgoing: &mut Outgoing) -> Vec<Value> {
    let texts = std::iter::from_fn(|| outgoing.texts.try_recv().ok());
    texts
        .map(|text| serde_json::from_str(&text).expect("what is sent is JSON"))
        .collect()
}

fn incoming(value: Value) -> Incoming {
    Incoming {
        session: Arc::new(session("mira", 60.0)),
        joined: Namespace::ALL.to_vec(),
        value,
        message: None,
    }
}

fn sign(algorithm: Algorithm, claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::new(algorithm), claims, &key).expect("claims are JSON")
}

#[test]
fn only_hs256_will_do_also_with_the_right_key() {
    let claims = json!({ "userId": "m", "username": "mira", "exp": 4_102_444_800_u64 });
    let tokens = config().tokens;
    for (algorithm, expected) in [
        (Algorithm::HS256, None),
        (Algorithm::HS384, Some(ErrorCode::TokenAlgorithm)),
        (Algorithm::HS512, Some(ErrorCode::TokenAlgorithm)),
    ] {
        let verified = verify(&sign(algorithm, &claims), &tokens);
        assert_eq!(verified.err(), expected, "{algorithm:?}");
    }
}

#[test]
fn other_claims_do_no_harm_and_any_number_is_an_end() {
    let tokens = config().tokens;
    for exp in [json!(1e300), json!(4_102_444_800.5), json!(u64::MAX)] {
        let claims = json!({
            "userId": "m", "username": "mira", "exp": exp,
            "aud": "somebody", "iss": "elsewhere", "nbf": 9_999_999_999_u64,
        });
        let session = verify(&sign(Algorithm::HS256, &claims), &tokens);
        let left = session.map(|session| session.time_left());
        assert!(
            left.is_ok_and(|left| left > Duration::from_secs(1)),
            "{exp}"
        );
    }
    for exp in [json!(-1e300), json!(0), json!(-1)] {
        let claims = json!({ "userId": "m", "username": "mira", "exp": exp });
        let verified = verify(&sign(Algorithm::HS256, &claims), &tokens);
        assert_eq!(verified.err(), Some(ErrorCode::TokenExpired), "{exp}");
    }
}

#[test]
fn a_token_that_was_cut_or_patched_is_told_apart() {
    let claims = json!({ "userId": "m", "username": "mira", "exp": 4_102_444_800_u64 });
    let token = sign(Algorithm::HS256, &claims);
    let tokens = config().tokens;
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{token} has not three parts");
    };
    for (wrong, expected) in [
        (String::new(), ErrorCode::TokenMissing),
        (format!("{header}.{claims}"), ErrorCode::TokenMalformed),
        (format!("{header}.{claims}."), ErrorCode::TokenSignature),
        (format!("{header}.{claims}.***"), ErrorCode::TokenMalformed),
        (
            format!("{header}.W10.{signature}"),
            ErrorCode::TokenMalformed,
        ),
        (
            format!("e30.{claims}.{signature}"),
            ErrorCode::TokenAlgorithm,
        ),
        (
            format!("{header}.e30.{signature}"),
            ErrorCode::TokenSignature,
        ),
    ] {
        assert_eq!(verify(&wrong, &tokens).err(), Some(expected), "{wrong}");
    }
}

#[test]
fn an_own_origin_is_the_host_with_http_or_https() {
    let chain = admission(&config());
    let asks = |origin: &str, host: Option<&str>| {
        let mut handshake = Handshake {
            origin: Some(origin.to_owned()),
            host: host.map(str::to_owned),
            ..Handshake::default()
        };
        // The next link refuses whoever gets that far.
        chain
            .run(&mut handshake)
            .expect_err("there is no token")
            .code
    };
    let here = Some("chat.example:3001");
    for own in ["http://chat.example:3001", "https://chat.example:3001"] {
        assert_eq!(asks(own, here), ErrorCode::TokenMissing, "{own}");
    }
    for other in [
        "ftp://chat.example:3001",
        "chat.example:3001",
        "http://chat.example",
        "",
    ] {
        assert_eq!(asks(other, here), ErrorCode::OriginForbidden, "{other:?}");
    }
    assert_eq!(asks("http://", None), ErrorCode::OriginForbidden);
}

#[test]
fn a_connection_may_be_in_a_hundred_rooms() {
    let namespaces = Arc::new(Namespaces::new(config()));
    let (mut mira, _outgoing) = connect(&namespaces, "mira");
    for n in 0..100 {
        assert_eq!(join_room(&mut mira, &n.to_string()), Ok(()));
    }
    let one_more = join_room(&mut mira, "100");
    assert_eq!(one_more, Err(ErrorCode::TooManyRooms));
    assert_eq!(join_room(&mut mira, "7"), Ok(()), "she is in it already");
}

#[test]
fn a_lost_connection_is_in_no_room_any_more() {
    let namespaces = Arc::new(Namespaces::new(config()));
    let (mut mira, mut hears) = connect(&namespaces, "mira");
    let (mut tomas, outgoing) = connect(&namespaces, "tomas");
    for client in [&mut mira, &mut tomas] {
        assert_eq!(join_room(client, "lobby"), Ok(()));
    }
    drop(tomas);
    let mut outgoing = outgoing;
    drain(&mut outgoing);
    drain(&mut hears);
    let said = mira.perform(ClientMessage::SendMessage {
        room: "lobby".to_owned(),
        message: "Is anyone there?".to_owned(),
    });
    assert_eq!(said, Ok(()));
    assert_eq!(drain(&mut hears).len(), 1);
    assert!(drain(&mut outgoing).is_empty());
}

#[test]
fn what_a_client_says_is_read_or_refused() {
    let chain = intake(config().rate);
    let long = |length| "é".repeat(length);
    let message = |room: &str, message: &str| json!({ "type": "send-message", "namespace": "/chat", "room": room, "message": message });
    let game_move = |made: &str| json!({ "type": "game-move", "namespace": "/game", "room": "r", "move": made });
    for (value, expected) in [
        (message(&long(64), &long(2000)), None),
        (message(&long(65), "hello"), Some(ErrorCode::InvalidRoom)),
        (message("r", &long(2001)), Some(ErrorCode::InvalidContent)),
        (message("r", "\u{2003}"), Some(ErrorCode::InvalidContent)),
        (game_move(&long(64)), None),
        (game_move(" "), None),
        (game_move(&long(65)), Some(ErrorCode::InvalidMove)),
        (json!(["type"]), Some(ErrorCode::InvalidMessage)),
        (json!("type"), Some(ErrorCode::InvalidMessage)),
    ] {
        let refused = chain.run(&mut incoming(value.clone()));
        assert_eq!(
            refused.map_err(|refusal| refusal.code).err(),
            expected,
            "{value}"
        );
    }
}

#[test]
fn a_client_id_has_1_to_64_characters() {
    for (id, valid) in [
        (json!("é".repeat(64)), true),
        (json!("é".repeat(65)), false),
        (json!(""), false),
        (json!(7), false),
    ] {
        let found = incoming(json!({ "clientId": id })).client_id();
        assert_eq!(found.is_some(), valid, "{id}");
    }
}

#[test]
fn the_time_to_wait_is_rounded_up_to_milliseconds() {
    let namespaces = Arc::new(Namespaces::new(config()));
    let (mira, mut outgoing) = connect(&namespaces, "mira");
    drain(&mut outgoing);
    for (nanoseconds, milliseconds) in [(1, 1), (1_000_000, 1), (1_000_001, 2)] {
        let refusal = Refusal {
            code: ErrorCode::RateLimited,
            retry_after: Some(Duration::from_nanos(nanoseconds)),
        };
        mira.refuse(refusal, &incoming(Value::Null));
        assert_eq!(drain(&mut outgoing)[0]["retryAfter"], milliseconds);
    }
    mira.refuse(ErrorCode::NotInRoom.into(), &incoming(Value::Null));
    let error = &drain(&mut outgoing)[0];
    assert_eq!(error.get("retryAfter"), None, "only where it is known");
}

#[test]
fn thousands_of_users_do_not_share_a_bucket_nor_lose_one_that_is_not_full() {
    let rate = Rate {
        capacity: 1,
        refill: Duration::from_secs(60),
    };
    let limiter = Limiter::new(rate);
    let start = Instant::now();
    let take = |n: u32, at: u64| limiter.take(&n.to_string(), start + Duration::from_secs(at));
    for n in 0..5000 {
        assert_eq!(take(n, 0), Ok(()));
    }
    for n in 0..5000 {
        assert_eq!(take(n, 20), Err(Duration::from_secs(40)), "user {n}");
    }
    // Now all are full, and most of them are thrown away while these come.
    for n in 5000..9000 {
        assert_eq!(take(n, 60), Ok(()));
    }
    for n in 0..9000 {
        let expected = if n < 5000 {
            Ok(())
        } else {
            Err(Duration::from_secs(60))
        };
        assert_eq!(take(n, 60), expected, "user {n}");
    }
}
