use super::{check, page, report};

fn get(heading: &str) -> String {
    check(heading, "alice GET /")
}

fn given(heading: &str, name: &str) -> String {
    check(heading, &format!("given {name}\nalice GET /"))
}

#[test]
fn references_name_checks_and_never_go_round_in_a_circle() {
    let shown = report(&[
        (
            "two of one id",
            page(&[get("One {#one points=5}"), get("Two {#one points=5}")].concat()),
        ),
        (
            "needs nothing that there is",
            page(
                &[
                    get("Join {#join points=5}"),
                    get("B {#b points=5 needs=jion,zzzzzz}"),
                ]
                .concat(),
            ),
        ),
        (
            "given nothing that there is",
            page(
                &[
                    get("Join {#join points=5}"),
                    given("B {#b points=5}", "jion"),
                ]
                .concat(),
            ),
        ),
        (
            "given an exploration",
            page(
                &[
                    check(
                        "A {#a points=5}",
                        "explore rooms with 4 clients for 300 steps",
                    ),
                    given("B {#b points=5}", "a"),
                ]
                .concat(),
            ),
        ),
        (
            "the only check",
            page(&get("One {#one points=5 needs=two}")),
        ),
        ("itself", page(&get("One {#one points=5 needs=one}"))),
        ("given itself", page(&given("One {#one points=5}", "one"))),
        (
            "a circle of two",
            page(
                &[
                    given("A {#a points=5}", "b"),
                    get("B {#b points=5 needs=a}"),
                ]
                .concat(),
            ),
        ),
        (
            "a circle of three, reached from outside",
            page(
                &[
                    get("Z {#z points=5 needs=a}"),
                    get("A {#a points=5 needs=b}"),
                    given("B {#b points=5}", "c"),
                    get("C {#c points=5 needs=a}"),
                ]
                .concat(),
            ),
        ),
    ]);
    insta::assert_snapshot!(shown);
}
