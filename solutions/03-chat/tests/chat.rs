//! What the assignment's page states and its checks leave alone, because it would take too long.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use chat_solution::auth::verify;
use chat_solution::chat::{Chat, Membership};
use chat_solution::connection::parse;
use chat_solution::protocol::{ClientMessage, ErrorCode, User};
use chat_solution::server::Config;
use chrono::Utc;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio::sync::mpsc::error::TryRecvError;

/// More than an outbox holds.
const FLOOD: usize = 1000;

fn chat() -> Arc<Chat> {
    Arc::new(Chat::new(Config {
        secret: "a secret of the test".to_owned(),
        history_limit: 50,
        max_messages: 1000,
        max_content: 2000,
    }))
}

fn join(chat: &Arc<Chat>, name: &str) -> Membership {
    let user = User {
        id: format!("id of {name}"),
        username: name.to_owned(),
    };
    Chat::join(chat, user)
}

/// What waits in an outbox, and whether it goes on after that.
fn drain(membership: &mut Membership) -> (Vec<Utf8Bytes>, bool) {
    let mut texts = Vec::new();
    loop {
        match membership.outbox.try_recv() {
            Ok(text) => texts.push(text),
            Err(end) => return (texts, end == TryRecvError::Empty),
        }
    }
}

#[test]
fn a_reader_that_is_too_slow_is_cut_off_and_the_others_hear_everything() {
    let chat = chat();
    let mut quick = join(&chat, "quick");
    let mut slow = join(&chat, "slow");
    drain(&mut quick);
    let mut heard = 0;
    for n in 0..FLOOD {
        quick.say(n.to_string());
        heard += drain(&mut quick).0.len();
    }
    assert_eq!(heard, FLOOD);
    let (waiting, goes_on) = drain(&mut slow);
    assert!(
        !goes_on,
        "the outbox has ended, so that its task closes the connection"
    );
    assert!(
        waiting.len() < FLOOD,
        "what waits is bounded, but {} waited",
        waiting.len()
    );
}

#[test]
fn who_was_cut_off_leaves_like_anyone_else() {
    let chat = chat();
    let mut quick = join(&chat, "quick");
    let slow = join(&chat, "slow");
    for n in 0..FLOOD {
        quick.say(n.to_string());
        drain(&mut quick);
    }
    drop(slow);
    let (texts, _) = drain(&mut quick);
    let left = r#"{"type":"user-left","userId":"id of slow","username":"slow"}"#;
    assert_eq!(
        texts.iter().map(Utf8Bytes::as_str).collect::<Vec<_>>(),
        [left]
    );
}

#[test]
fn a_user_types_while_any_of_their_tabs_does() {
    let chat = chat();
    let mut other = join(&chat, "other");
    let (laptop, phone) = (join(&chat, "mira"), join(&chat, "mira"));
    drain(&mut other);
    laptop.set_typing(true);
    phone.set_typing(true);
    assert_eq!(drain(&mut other).0.len(), 1, "begun once");
    laptop.set_typing(false);
    assert_eq!(drain(&mut other).0.len(), 0, "the phone still types");
    drop(phone);
    assert_eq!(
        drain(&mut other).0.len(),
        1,
        "ended once, by the phone's leaving"
    );
}

#[test]
fn a_token_ends_the_second_that_it_says() {
    let token = |exp: i64| {
        let claims = json!({ "userId": "id of mira", "username": "mira", "exp": exp });
        encode(
            &Header::default(),
            &claims,
            &EncodingKey::from_secret(b"secret"),
        )
        .expect("claims are JSON")
    };
    let now = Utc::now().timestamp();
    assert!(verify(&token(now + 60), "secret").is_ok());
    assert_eq!(
        verify(&token(now - 1), "secret"),
        Err(ErrorCode::Unauthorized)
    );
}

#[test]
fn what_a_client_says_is_read_or_refused() {
    let parse = |text: &str| parse(text, 5);
    let said = |content: &str| {
        Ok(ClientMessage::SendMessage {
            content: content.to_owned(),
        })
    };
    for (text, expected) in [
        (
            r#"{"type": "send-message", "content": " hi ", "more": 1}"#,
            said(" hi "),
        ),
        (
            r#"{"type": "typing-start"}"#,
            Ok(ClientMessage::TypingStart),
        ),
        (r#"{"type": "typing-stop"}"#, Ok(ClientMessage::TypingStop)),
        (
            r#"{"type": "send-private-message", "targetUserId": "u", "content": "hi"}"#,
            Ok(ClientMessage::SendPrivateMessage {
                target: "u".to_owned(),
                content: "hi".to_owned(),
            }),
        ),
        (
            r#"{"type": "send-private-message", "content": "hi"}"#,
            Err(ErrorCode::UnknownUser),
        ),
        (
            r#"{"type": "send-message", "content": "\u2003"}"#,
            Err(ErrorCode::InvalidContent),
        ),
        (
            r#"{"type": "send-message"}"#,
            Err(ErrorCode::InvalidContent),
        ),
        (r#"{"type": "no-such-type"}"#, Err(ErrorCode::UnknownType)),
        (r#"["type"]"#, Err(ErrorCode::InvalidMessage)),
        ("", Err(ErrorCode::InvalidMessage)),
    ] {
        assert_eq!(parse(text), expected, "{text}");
    }
}
