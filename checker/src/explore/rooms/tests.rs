//! The rules of rooms on conversations that are made up: every order that the page allows is right, and no other.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value as Json, json};

use super::super::model::{Model, Verdict};
use super::Action;
use super::model::RoomsModel;
use crate::actor::{Entry, Event, TextMessage};
use crate::notation::parser;

const ALICE: usize = 0;
const BOB: usize = 1;
const CAROL: usize = 2;

/// A conversation in the room `tea`. The user id of alice is `user:alice`.
struct Talk(RoomsModel);

impl Talk {
    /// Nobody has done anything.
    fn new() -> Self {
        Self(RoomsModel::new(3))
    }

    /// Alice and bob are in the room, carol is connected.
    fn among_two() -> Self {
        let mut talk = Self::new();
        talk.round(&[(ALICE, Action::Join(0))]);
        talk.hears(ALICE, connected("alice"));
        talk.hears(ALICE, joined(&["alice"], 0));
        talk.round(&[(BOB, Action::Join(0))]);
        talk.hears(BOB, connected("bob"));
        talk.hears(BOB, joined(&["alice", "bob"], 0));
        talk.hears(ALICE, about("user-joined", "bob"));
        talk.round(&[(CAROL, Action::Connect)]);
        talk.hears(CAROL, connected("carol"));
        assert_eq!(talk.0.judge(), Verdict::Settled);
        talk
    }

    fn round(&mut self, actions: &[(usize, Action)]) {
        assert_eq!(self.0.judge(), Verdict::Settled);
        self.0.begin_round();
        for (client, action) in actions {
            self.0.act(*client, action, &|_| None);
        }
        self.0.learn(&|name| {
            Some(match name.strip_suffix("_id") {
                Some(name) => json!(format!("user:{name}")),
                None => json!(name),
            })
        });
    }

    fn hears(&mut self, client: usize, message: Json) {
        let entry = Entry {
            at: Instant::now(),
            event: Event::Text(TextMessage::new(message.to_string())),
        };
        self.0.hear(client, true, &Arc::new(entry));
    }

    fn is(&mut self, verdict: Verdict) {
        assert_eq!(self.0.judge(), verdict);
    }

    /// What is wrong, as a transcript that can be read; the failing line.
    fn shows(&self) -> String {
        let shown = self.0.counterexample();
        let (script, mistakes) = parser::parse_str(&shown.script);
        assert!(mistakes.is_empty(), "{mistakes:?} in\n{}", shown.script);
        assert!(!script.lines.is_empty());
        let line = shown
            .failing
            .and_then(|line| shown.script.lines().nth(line));
        line.unwrap_or_default().to_owned()
    }
}

fn connected(name: &str) -> Json {
    json!({"type": "connected", "userId": format!("user:{name}"), "username": name})
}

fn joined(names: &[&str], seq: u64) -> Json {
    let users: Vec<Json> = names
        .iter()
        .map(|name| json!({"id": format!("user:{name}"), "username": name}))
        .collect();
    json!({"type": "joined-room", "room": "tea", "users": users, "seq": seq})
}

fn about(kind: &str, name: &str) -> Json {
    json!({"type": kind, "room": "tea", "userId": format!("user:{name}"), "username": name})
}

fn left() -> Json {
    json!({"type": "left-room", "room": "tea"})
}

fn message(from: &str, text: &str, seq: u64) -> Json {
    json!({
        "type": "receive-message", "room": "tea", "id": format!("m{seq}"), "seq": seq,
        "userId": format!("user:{from}"), "username": from, "message": text, "timestamp": "now"
    })
}

fn ack(client_id: &str, seq: u64) -> Json {
    json!({"type": "ack", "clientId": client_id, "id": format!("m{seq}")})
}

fn say() -> Action {
    Action::Say {
        room: 0,
        long: false,
    }
}

#[test]
fn what_is_said_at_the_same_time_comes_in_either_order_but_in_the_same_to_all() {
    for (first, second) in [("one", "two"), ("two", "one")] {
        let mut talk = Talk::among_two();
        talk.round(&[(ALICE, say()), (BOB, say())]);
        let from = |text: &str| if text == "one" { "alice" } else { "bob" };
        for client in [ALICE, BOB] {
            talk.is(Verdict::Waiting);
            talk.hears(client, message(from(first), first, 1));
            talk.hears(client, message(from(second), second, 2));
        }
        let seq = |text: &str| if text == first { 1 } else { 2 };
        talk.hears(ALICE, ack("a 1", seq("one")));
        talk.hears(BOB, ack("b 1", seq("two")));
        talk.is(Verdict::Settled);
    }
}

#[test]
fn two_messages_swapped_for_one_receiver_are_wrong() {
    let mut talk = Talk::among_two();
    talk.round(&[(ALICE, say()), (ALICE, say())]);
    talk.hears(ALICE, message("alice", "one", 1));
    talk.hears(ALICE, message("alice", "two", 2));
    talk.hears(BOB, message("alice", "two", 2));
    talk.hears(BOB, message("alice", "one", 1));
    talk.is(Verdict::Broken);
    assert!(
        talk.shows()
            .starts_with("bob <- {\"type\": \"receive-message\"")
    );
}

#[test]
fn a_message_to_who_is_not_in_the_room_is_wrong() {
    let mut talk = Talk::among_two();
    talk.round(&[(ALICE, say())]);
    for client in [ALICE, BOB, CAROL] {
        talk.hears(client, message("alice", "one", 1));
    }
    talk.hears(ALICE, ack("a 1", 1));
    talk.is(Verdict::Broken);
    assert!(
        talk.shows()
            .starts_with("carol never <- {\"type\": \"receive-message\"")
    );
}

#[test]
fn a_second_announcement_is_wrong() {
    let mut talk = Talk::among_two();
    talk.hears(ALICE, about("user-joined", "bob"));
    talk.is(Verdict::Broken);
}

#[test]
fn a_lost_connection_must_be_announced() {
    let mut talk = Talk::among_two();
    talk.round(&[(BOB, Action::Drop)]);
    talk.is(Verdict::Waiting);
    assert!(
        talk.shows()
            .starts_with("alice <- {\"type\": \"user-left\"")
    );
    talk.hears(ALICE, about("user-left", "bob"));
    talk.is(Verdict::Settled);
}

/// Alice types while bob comes in: either was first.
fn typing_while_somebody_comes_in() -> Talk {
    let mut talk = Talk::new();
    talk.round(&[(ALICE, Action::Join(0))]);
    talk.hears(ALICE, connected("alice"));
    talk.hears(ALICE, joined(&["alice"], 0));
    talk.round(&[(BOB, Action::Join(0)), (ALICE, Action::Type(0))]);
    talk.hears(BOB, connected("bob"));
    talk.hears(BOB, joined(&["alice", "bob"], 0));
    talk.hears(ALICE, about("user-joined", "bob"));
    talk.is(Verdict::Settled);
    talk
}

#[test]
fn who_types_while_somebody_comes_in_is_seen_or_not_and_perhaps_late() {
    for seen in [false, true] {
        let mut talk = typing_while_somebody_comes_in();
        talk.round(&[(CAROL, Action::Connect)]);
        talk.hears(CAROL, connected("carol"));
        if seen {
            talk.hears(BOB, about("user-typing", "alice"));
        }
        talk.is(Verdict::Settled);
        talk.round(&[(ALICE, Action::StopTyping(0))]);
        talk.is(Verdict::Waiting);
        talk.hears(
            BOB,
            json!({"type": "user-stop-typing", "room": "tea", "userId": "user:alice"}),
        );
        talk.is(Verdict::Settled);
    }
}

#[test]
fn what_is_on_its_way_is_not_overtaken() {
    let mut talk = typing_while_somebody_comes_in();
    talk.round(&[(ALICE, say())]);
    for client in [ALICE, BOB] {
        talk.hears(client, message("alice", "one", 1));
    }
    talk.hears(ALICE, ack("a 2", 1));
    talk.is(Verdict::Settled);
    talk.hears(BOB, about("user-typing", "alice"));
    talk.is(Verdict::Broken);
}

#[test]
fn a_late_refusal_of_what_was_allowed_is_wrong() {
    let mut talk = typing_while_somebody_comes_in();
    talk.round(&[(CAROL, Action::Connect)]);
    talk.hears(CAROL, connected("carol"));
    talk.is(Verdict::Settled);
    talk.hears(
        ALICE,
        json!({"type": "error", "code": "not-in-room", "message": "no", "clientId": "a 1"}),
    );
    talk.is(Verdict::Broken);
}

#[test]
fn who_leaves_hears_what_was_said_before_and_nothing_after() {
    for hears in [false, true] {
        let mut talk = Talk::among_two();
        talk.round(&[(ALICE, say()), (BOB, Action::Leave(0))]);
        talk.hears(ALICE, ack("a 1", 1));
        if hears {
            talk.hears(BOB, message("alice", "one", 1));
            talk.hears(ALICE, message("alice", "one", 1));
        }
        talk.hears(BOB, left());
        talk.hears(ALICE, about("user-left", "bob"));
        if !hears {
            talk.hears(ALICE, message("alice", "one", 1));
        }
        talk.is(Verdict::Settled);
        talk.hears(BOB, message("alice", "one", 1));
        talk.is(Verdict::Broken);
    }
}

#[test]
fn what_was_sent_on_a_lost_connection_may_have_arrived_or_not_and_is_one_message() {
    for arrived in [false, true] {
        let mut talk = Talk::among_two();
        talk.round(&[(ALICE, say()), (ALICE, Action::Drop)]);
        if arrived {
            talk.hears(BOB, message("alice", "one", 1));
        }
        talk.is(Verdict::Waiting);
        talk.hears(BOB, about("user-left", "alice"));
        talk.is(Verdict::Settled);
        talk.round(&[
            (ALICE, Action::Join(0)),
            (ALICE, Action::Resend { back: 0 }),
        ]);
        talk.hears(ALICE, connected("alice"));
        talk.hears(ALICE, joined(&["alice", "bob"], u64::from(arrived)));
        talk.hears(BOB, about("user-joined", "alice"));
        if !arrived {
            talk.is(Verdict::Waiting);
            talk.hears(BOB, message("alice", "one", 1));
            talk.hears(ALICE, message("alice", "one", 1));
        }
        talk.hears(ALICE, ack("a 1", 1));
        talk.is(Verdict::Settled);
        talk.hears(BOB, message("alice", "one", 2));
        talk.is(Verdict::Broken);
    }
}
