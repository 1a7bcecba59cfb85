use super::{check, findings, page, report, script};

#[test]
fn a_client_acts_while_it_is_connected() {
    let shown = report(&[
        ("sends before", script("alice -> {}\nalice -> {}")),
        ("listens before", script("alice <- {}")),
        (
            "never, of one that never connects",
            script("alice connects /ws\nalcie never <- {}"),
        ),
        (
            "closes, drops, stalls, resumes before",
            script("a closes\nb drops\nc stalls\nd resumes\ne is closed"),
        ),
        ("misspelt", script("alice connects /ws\nalcie -> {}")),
        (
            "another device",
            script("alice connects /ws\nalice/phone -> {}"),
        ),
        (
            "after a refusal",
            script("alice connects /ws => 401\nalice -> {}"),
        ),
        (
            "after drops",
            script("alice connects /ws\nalice drops\nalice -> {}"),
        ),
        (
            "after closes",
            script("alice connects /ws\nalice closes 1000\nalice -> {}"),
        ),
        (
            "after is closed",
            script("alice connects /ws\nalice is closed with 1008\nalice -> {}"),
        ),
        (
            "after is dropped",
            script("alice connects /ws\nalice is dropped\nalice closes"),
        ),
        (
            "waits for an end that was",
            script("alice connects /ws\nalice drops\nalice is closed"),
        ),
        (
            "connects twice",
            script("alice connects /ws\nalice connects /ws"),
        ),
        (
            "connects in each turn",
            script("for $n in 1..2:\n  alice connects /ws"),
        ),
        (
            "drops in the first turn",
            script("alice connects /ws\nfor $n in 1..2:\n  alice drops"),
        ),
        (
            "resumes without stalls",
            script("alice connects /ws\nalice resumes"),
        ),
        (
            "stalls twice",
            script("alice connects /ws\nalice stalls\nalice stalls"),
        ),
        (
            "stalls on another connection",
            script(
                "alice connects /ws\nalice stalls\nalice drops\nalice connects /ws\nalice resumes",
            ),
        ),
        (
            "in what it is given",
            page(
                &[
                    check("A {#a points=5}", "alice connects /ws\nalice drops"),
                    check("B {#b points=5}", "given a\nalice -> {}"),
                    check("C {#c points=5 needs=a}", "alice <- {}"),
                ]
                .concat(),
            ),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn what_has_a_connection_is_not_complained_of() {
    let pages = [
        script("alice GET /"),
        script("alice connects /ws\nalice drops\nalice <- {}\nalice connects /ws\nalice -> {}"),
        script(
            "alice connects /ws\nalice closes 1000 \"bye\"\nalice is closed with 1000\nalice connects /ws",
        ),
        script("alice connects /ws\nalice closes 1000\nalice drops"),
        script("for $n in 1..2:\n  alice connects /ws\n  alice drops"),
        script("for $n in [1]:\n  alice connects /ws"),
        script("alice connects /ws\nalice stalls\nalice resumes\nalice stalls\nalice is dropped"),
        script("bob never <- {}\nbob connects /ws"),
        script("alice connects /ws\nalice/phone connects /ws\nalice drops\nalice/phone -> {}"),
        page(
            &[
                check("A {#a points=5}", "alice connects /ws\nalice stalls"),
                check("B {#b points=5}", "given a\nalice resumes\nalice -> {}"),
            ]
            .concat(),
        ),
    ];
    for source in pages {
        assert_eq!(findings(&source), [], "{source}");
    }
}

#[test]
fn a_stream_of_events_goes_one_way() {
    let shown = report(&[
        ("sends", script("alice listens /events\nalice -> {}")),
        ("closes", script("alice listens /events\nalice closes 1000")),
        (
            "listens twice",
            script("alice listens /a\nalice listens /b"),
        ),
        (
            "sends after a refusal",
            script("alice listens /a => 400\nalice -> {}"),
        ),
        ("binds", script("bob listens /${z}")),
        (
            "missed",
            script("alice listens /a\nbob POST /a {}\nalice <- event \"post\""),
        ),
        (
            "measured",
            script("measure \"x\" of alice with 2 messages:\n  alice -> {}"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn an_answer_needs_a_question() {
    let shown = report(&[
        ("did not ask", script("alice is answered 200")),
        (
            "did not ask, and is not answered",
            script("alice is not answered while:\n  bob GET /b"),
        ),
        (
            "another asked",
            script("alice asks GET /a\nalice/phone is answered 200"),
        ),
        ("asks twice", script("alice asks GET /a\nalice asks GET /b")),
        (
            "asks in each turn",
            script("for $n in 1..2:\n  alice asks GET /a"),
        ),
        (
            "is answered twice",
            script("alice asks GET /a\nalice is answered 200\nalice is answered 200"),
        ),
        (
            "binds",
            script("alice asks GET /${x}\nalice is answered 200 {\"y\": $y}"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn who_listens_and_asks_in_order_is_not_complained_of() {
    for source in [
        "alice listens /events\nalice <- event \"post\"\nalice drops",
        "alice listens /a\nalice drops\nalice connects /b\nalice -> {}",
        "alice listens /a\nalice <- event $kind id \"${id}\" {\"id\": $id}\nalice <- event $kind",
        "alice asks GET /a\nalice is not answered while:\n  bob GET /b\nalice is answered 200",
        "for $n in 1..2:\n  alice asks GET /a\n  alice is answered 200",
        "alice connects /a\nmeasure \"x\" of alice with 2 messages:\n  alice -> {}",
    ] {
        assert_eq!(findings(&script(source)), [], "{source}");
    }
}
