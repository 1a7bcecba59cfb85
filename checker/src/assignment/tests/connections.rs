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
