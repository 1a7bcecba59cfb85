//! What the assignment's page states and its checks leave alone, because it would take too long.

use std::sync::Arc;
use std::time::Duration;

use groundwork::{Tokens, User};
use rooms_solution::connection::parse;
use rooms_solution::outbox::Outgoing;
use rooms_solution::protocol::{ClientMessage, ErrorCode};
use rooms_solution::rooms::{Client, Rooms};
use rooms_solution::server::Config;
use serde_json::{Value, json};

const OUTBOX_LIMIT: usize = 256;
const RESUME_BUFFER: usize = 100;

fn rooms() -> Arc<Rooms> {
    Arc::new(Rooms::new(Config {
        tokens: Tokens::new("a secret of the test".to_owned()),
        typing_timeout: Duration::from_secs(5),
        resume_buffer: RESUME_BUFFER,
        max_content: 2000,
        outbox_limit: OUTBOX_LIMIT,
    }))
}

fn connect(rooms: &Arc<Rooms>, name: &str) -> (Client, Outgoing) {
    let user = User {
        id: format!("id of {name}"),
        username: name.to_owned(),
    };
    Rooms::connect(rooms, user)
}

/// What waits in an outbox.
fn drain(outgoing: &mut Outgoing) -> Vec<Value> {
    let texts = std::iter::from_fn(|| outgoing.texts.try_recv().ok());
    texts
        .map(|text| serde_json::from_str(&text).expect("what is sent is JSON"))
        .collect()
}

fn say(client: &Client, room: &str, text: &str, client_id: &str) {
    let said = client.say(room.to_owned(), text.to_owned(), client_id.to_owned());
    said.expect("the client is in the room");
}

fn of_type(messages: &[Value], kind: &str) -> usize {
    messages
        .iter()
        .filter(|message| message["type"] == kind)
        .count()
}

#[test]
fn a_large_room_hears_a_message_once_each() {
    let rooms = rooms();
    let mut all: Vec<_> = (0..400).map(|n| connect(&rooms, &n.to_string())).collect();
    for (client, _) in &mut all {
        client.join("hall".to_owned()).expect("it is public");
    }
    for (_, outgoing) in &mut all {
        // Those who joined first have heard of more others than may wait.
        drain(outgoing);
    }
    say(&all[0].0, "hall", "hello", "1");
    for (_, outgoing) in &mut all {
        assert_eq!(of_type(&drain(outgoing), "receive-message"), 1);
    }
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_told_to_end_and_the_others_hear_everything() {
    let rooms = rooms();
    let (mut quick, mut quickly) = connect(&rooms, "quick");
    let (mut slow, slowly) = connect(&rooms, "slow");
    quick.join("hall".to_owned()).expect("it is public");
    slow.join("hall".to_owned()).expect("it is public");
    let mut heard = 0;
    for n in 0..2 * OUTBOX_LIMIT {
        say(&quick, "hall", "again", &n.to_string());
        heard += of_type(&drain(&mut quickly), "receive-message");
    }
    assert_eq!(heard, 2 * OUTBOX_LIMIT);
    assert_eq!(slowly.texts.len(), OUTBOX_LIMIT, "what waits is bounded");
    slowly.overflow.notified().await;
}

#[test]
fn the_last_hundred_messages_of_a_user_are_remembered_while_they_are_away() {
    let rooms = rooms();
    let (_other, _keeps_the_room) = connect(&rooms, "other");
    let (mut mira, _outgoing) = connect(&rooms, "mira");
    mira.join("hall".to_owned()).expect("it is public");
    for n in 0..100 {
        say(&mira, "hall", "hello", &n.to_string());
    }
    drop(mira);
    let (mut mira, mut outgoing) = connect(&rooms, "mira");
    mira.join("hall".to_owned()).expect("it is public");
    drain(&mut outgoing);
    for n in 0..100 {
        say(&mira, "hall", "hello", &n.to_string());
    }
    let heard = drain(&mut outgoing);
    assert_eq!(of_type(&heard, "ack"), 100);
    assert_eq!(of_type(&heard, "receive-message"), 0);
}

#[test]
fn the_last_hundred_empty_rooms_are_remembered() {
    let rooms = rooms();
    let (mut mira, mut outgoing) = connect(&rooms, "mira");
    for n in 0..=100 {
        let room = format!("room {n}");
        mira.join(room.clone()).expect("it is public");
        say(&mira, &room, "hello", &room);
        mira.leave(room).expect("she is in it");
        drain(&mut outgoing);
    }
    for (room, remembered) in [("room 0", 0), ("room 1", 1), ("room 100", 1)] {
        mira.resume(room.to_owned(), 0).expect("it is public");
        let gap = &drain(&mut outgoing)[1];
        assert_eq!(
            gap["type"], "gap-too-large",
            "{room}: nobody has seen message 0"
        );
        let after = gap["after"].as_u64().expect("a sequence number");
        mira.resume(room.to_owned(), after).expect("it is public");
        let missed = &drain(&mut outgoing)[1]["messages"];
        let missed = missed.as_array().map(Vec::len);
        assert_eq!(missed, Some(remembered), "{room}");
    }
}

#[test]
fn a_number_that_the_server_has_not_reached_is_a_gap() {
    let rooms = rooms();
    let (mut mira, mut outgoing) = connect(&rooms, "mira");
    drain(&mut outgoing);
    mira.resume("hall".to_owned(), u64::MAX)
        .expect("it is public");
    assert_eq!(of_type(&drain(&mut outgoing), "gap-too-large"), 1);
}

#[test]
fn a_connection_may_be_in_a_hundred_rooms() {
    let rooms = rooms();
    let (mut mira, _outgoing) = connect(&rooms, "mira");
    for n in 0..100 {
        mira.join(n.to_string()).expect("there is room for it");
    }
    assert_eq!(mira.join("100".to_owned()), Err(ErrorCode::TooManyRooms));
    let private = mira.create_private_room(vec!["id of mira".to_owned()]);
    assert_eq!(private, Err(ErrorCode::TooManyRooms));
    assert_eq!(mira.join("7".to_owned()), Ok(()), "she is in it already");
    mira.leave("7".to_owned()).expect("she is in it");
    assert_eq!(mira.join("100".to_owned()), Ok(()));
}

#[test]
fn a_user_types_while_any_of_their_tabs_does() {
    let rooms = rooms();
    let (mut other, mut hears) = connect(&rooms, "other");
    let (mut laptop, _laptop) = connect(&rooms, "mira");
    let (mut phone, _phone) = connect(&rooms, "mira");
    for client in [&mut other, &mut laptop, &mut phone] {
        client.join("hall".to_owned()).expect("it is public");
    }
    drain(&mut hears);
    for client in [&mut laptop, &mut phone] {
        client
            .start_typing("hall".to_owned())
            .expect("she is in it");
    }
    assert_eq!(of_type(&drain(&mut hears), "user-typing"), 1, "begun once");
    laptop.stop_typing("hall").expect("she is in it");
    assert!(drain(&mut hears).is_empty(), "the phone still types");
    drop(phone);
    let heard = drain(&mut hears);
    assert_eq!(of_type(&heard, "user-stop-typing"), 1, "ended once");
    assert_eq!(of_type(&heard, "user-left"), 0, "the laptop is still there");
}

#[test]
fn what_a_client_says_is_read_or_refused() {
    let long = "a".repeat(65);
    let message = |room: &str, message: &str, client_id: &str| json!({ "type": "send-message", "room": room, "message": message, "clientId": client_id });
    for (text, expected) in [
        (message(&long[1..], "hello", &long[1..]), None),
        (message(&long, "hello", "1"), Some(ErrorCode::InvalidRoom)),
        (
            message("r", "hello", &long),
            Some(ErrorCode::InvalidClientId),
        ),
        (message("r", "hello", ""), Some(ErrorCode::InvalidClientId)),
        (message("r", "hello!", "1"), Some(ErrorCode::InvalidContent)),
        (
            message("r", "\u{2003}", "1"),
            Some(ErrorCode::InvalidContent),
        ),
        (
            json!({ "type": "resume", "room": "r", "after": 1.5 }),
            Some(ErrorCode::InvalidAfter),
        ),
        (
            json!({ "type": "create-private-room", "invite": vec!["u"; 51] }),
            Some(ErrorCode::InvalidInvite),
        ),
        (
            json!({ "type": "create-private-room", "invite": ["u", 7] }),
            Some(ErrorCode::InvalidInvite),
        ),
        (
            json!({ "type": "no-such-type" }),
            Some(ErrorCode::UnknownType),
        ),
        (json!(["type"]), Some(ErrorCode::InvalidMessage)),
        (Value::Null, Some(ErrorCode::InvalidMessage)),
    ] {
        assert_eq!(parse(&text, 5).err(), expected, "{text}");
    }
    let invite = json!({ "type": "create-private-room", "invite": ["u"], "more": 1 });
    let expected = ClientMessage::CreatePrivateRoom {
        invite: vec!["u".to_owned()],
    };
    assert_eq!(parse(&invite, 5), Ok(expected));
}
