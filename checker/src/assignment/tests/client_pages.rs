//! Pages whose submission is a client.

use std::path::Path;

use super::super::{Tested, parse};
use super::{check, findings, report, script};

/// A page with a client and these checks: an id, and its lines.
fn client_page(checks: &[(&str, &str)]) -> String {
    let head =
        "+++\nyours = [\"src/client.rs\"]\n[client]\nenv = { NAME = \"mira\" }\n+++\n# A page\n\n";
    let checks: Vec<String> = checks
        .iter()
        .map(|(id, lines)| check(&format!("One {{#{id} points=5}}"), lines))
        .collect();
    head.to_owned() + &checks.concat()
}

fn lines(lines: &str) -> String {
    client_page(&[("one", lines)])
}

#[test]
fn what_is_wrong_in_a_client_page_is_told_at_its_place() {
    let shown = report(&[
        ("no [client]", script("server accepts\nserver drops")),
        ("sends before", lines("server -> {}\nserver accepts")),
        ("listens before", lines("server <- {}")),
        ("accepts twice", lines("server accepts\nserver accepts")),
        (
            "accepts in each turn",
            lines("for $n in 1..3:\n  server accepts"),
        ),
        (
            "after drops",
            lines("server accepts\nserver drops\nserver -> {}"),
        ),
        (
            "drops in each turn",
            lines("server accepts\nfor $n in 1..3:\n  server drops"),
        ),
        ("down twice", lines("server is down\nserver is down")),
        ("up already", lines("server accepts\nserver is up")),
        (
            "accepts while it is down",
            lines("server is down\nserver accepts"),
        ),
        (
            "sends after it went down",
            lines("server accepts\nserver is down\nserver -> {}"),
        ),
        ("answers nothing", lines("server => 200")),
        (
            "answers twice",
            lines("server <- GET /a\nserver => 200\nserver => 200"),
        ),
        (
            "a client of its own",
            lines("server accepts\nalice connects /ws"),
        ),
        (
            "given a check of the other kind",
            client_page(&[("one", "alice GET /"), ("two", "given one\nserver accepts")]),
        ),
        (
            "variables",
            lines("server accepts\nclient types $x\nclient prints $y\nserver -> {\"a\": $z}"),
        ),
        (
            "env that the checker sets",
            lines("env SERVER_URL=x\nserver accepts"),
        ),
        (
            "env that is almost what the page sets",
            lines("env NAEM=x\nserver accepts"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_right_client_page_has_no_findings() {
    for right in [
        "server accepts\nserver drops\nserver accepts within 50ms..300ms",
        "server is down\nserver is up\nserver accepts\nserver is down\nserver is up\nserver accepts",
        "server <- POST /a {\"id\": $id}\nserver drops\nserver <- POST /a {\"id\": $id}\nserver => 200 {\"id\": $id}",
        "server accepts\nfor $n in 1..3:\n  server drops\n  server accepts",
        "server accepts\nserver closes 1008 \"banned\"\nserver is closed with 1008\nnothing connects for 1s\nclient exits 0",
    ] {
        assert_eq!(findings(&lines(right)), [], "{right}");
    }
}

#[test]
fn a_page_may_test_a_server_a_client_and_functions() {
    let functions =
        "## Functions {#functions points=1}\n\n```test\ncodec::key\n```\n\n> [!TIP]\n> Look.\n";
    let source = client_page(&[
        ("server", "alice GET /"),
        ("client", "server accepts"),
        ("later", "given client\nwait 1ms \"it may send something\""),
    ]) + functions;
    let (assignment, diagnostics) = parse(Path::new("page.md"), &source);
    assert_eq!(diagnostics, []);
    let tested: Vec<Tested> = assignment
        .checks
        .iter()
        .map(|check| assignment.tested(check))
        .collect();
    assert_eq!(
        tested,
        [
            Tested::Server,
            Tested::Client,
            Tested::Client,
            Tested::Functions
        ]
    );
}
