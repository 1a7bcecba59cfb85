use super::{check, findings, page, report, script};

const BOTH: &str = "alice connects /ws\nalice <- {}\nbob connects /ws\nbob <- {}\n";

#[test]
fn what_the_server_may_do_in_either_order_is_warned_of() {
    let both = |lines: &str| script(&format!("{BOTH}{lines}"));
    let shown = report(&[
        ("two sends", both("alice -> 1\nbob -> 2")),
        (
            "with lines between that receive nothing",
            both("alice -> 1\nlet $x = word\n# now bob\nbob never <- 7\nbob -> $x"),
        ),
        (
            "in the next turn",
            both("for $n in 1..2:\n  alice -> 1\n  bob <- {}\n  bob -> 2"),
        ),
        (
            "in a block",
            both("bob never <- 7 while:\n  alice -> 1\n  bob -> 2"),
        ),
        (
            "after given",
            page(
                &[
                    check("A {#a points=5}", &format!("{BOTH}alice -> 1")),
                    check("B {#b points=5}", "given a\nbob -> 2"),
                ]
                .concat(),
            ),
        ),
        (
            "a newcomer hears a message",
            script("bob connects /ws\nalice connects /ws\nalice <- {}\nalice -> 1\nbob <- 1"),
        ),
        (
            "a newcomer hears a join",
            script("bob connects /ws\nalice connects /ws\nbob <- {\"joined\": $alice}"),
        ),
        (
            "a newcomer hears a leave",
            both("carol connects /ws\nbob drops\ncarol <- {\"left\": $bob}"),
        ),
        (
            "a newcomer hears of a request",
            both("carol connects /ws\nbob POST /api {} => 200\ncarol <- {\"from\": $bob}"),
        ),
        (
            "in any order",
            both("carol connects /ws\nbob -> 1\nin any order:\n  carol <- 1\n  alice <- 1"),
        ),
        (
            "one that reconnected",
            both("alice drops\nbob <- {}\nalice connects /ws\nbob -> 1\nalice <- 1"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn what_has_one_order_is_not_warned_of() {
    let both = |lines: &str| script(&format!("{BOTH}{lines}"));
    let pages = [
        both("alice -> 1\nalice -> 2"),
        both("alice -> 1\nbob <- 1\nbob -> 2"),
        both("alice -> 1\nwait 50ms \"it settles\"\nbob -> 2"),
        both("together:\n  alice -> 1\n  bob -> 2"),
        both("for $n in 1..2:\n  alice -> 1\n  bob <- 1"),
        // The answer to one's own message proves that one is registered.
        both(
            "carol connects /ws\ncarol -> {\"join\": 1}\ncarol <- {\"joined\": 1}\nalice -> 1\ncarol <- 1",
        ),
        both("carol connects /ws\nalice -> 1\nbob <- 1\ncarol -> {\"history\": 1}\ncarol <- [1]"),
        // Two connect and each hears its greeting.
        both(
            "carol connects /ws\ncarol <- {}\ndave connects /ws\nin any order:\n  carol <- {\"joined\": $dave}\n  dave <- {}",
        ),
        both("carol connects /ws\nbob GET /api => 200\ncarol <- {}"),
    ];
    for source in pages {
        assert_eq!(findings(&source), [], "{source}");
    }
}
