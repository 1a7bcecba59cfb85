//! Every kind of line, misspelt one word at a time: the help names the right word.

use std::fmt::Write as _;
use std::ops::Range;

use crate::notation::{diagnostic, parser};

/// Each kind of line, by name. `alice` and `bob` are clients.
const FORMS: &[(&str, &str)] = &[
    ("given", "given join"),
    ("env", "env LIMIT=2"),
    ("let_text", "let $x = text"),
    ("let_text_of_a_size", "let $x = text 64KiB"),
    ("let_word", "let $x = word"),
    ("let_number", "let $x = number 1..6"),
    ("let_bytes", "let $x = bytes 3MiB"),
    ("let_sha256", "let $x = sha256 $file"),
    ("let_slice", "let $x = $file[2GiB..3GiB]"),
    ("let_jwt", r#"let $x = jwt {"sub": null}"#),
    ("let_jwt_key", r#"let $x = jwt {"exp": 1} key "another""#),
    (
        "let_jwt_expires",
        r#"let $x = jwt {"a": 1} expires in 800ms alg none"#,
    ),
    ("let_jwt_none", r#"let $x = jwt {"exp": 1} alg none"#),
    ("connects", "alice connects /ws?token=${token}"),
    (
        "connects_with_header",
        r#"alice connects /ws with header "Origin: http://x""#,
    ),
    (
        "connects_refused",
        r#"alice connects /ws with header "A: b" => 401 text /gone/"#,
    ),
    ("send_json", r#"alice -> {"a": [true, false, null]}"#),
    ("send_text", r#"alice -> text "{not json""#),
    ("send_bytes", "alice -> bytes $file"),
    ("send_hex", r#"alice -> bytes hex "ff""#),
    ("frame_text", r#"alice -> frame text rsv 1 "hello""#),
    ("frame_binary", r#"alice -> frame binary claims 5GiB """#),
    (
        "frame_continuation",
        r#"alice -> frame continuation more hex "f09f""#,
    ),
    ("frame_close", r#"alice -> frame close hex "03""#),
    ("frame_ping", r#"alice -> frame ping unmasked "hi""#),
    ("frame_pong", "alice -> frame pong"),
    (
        "receive_holes",
        r#"alice <- [any, string, number, integer, boolean, timestamp, uuid, ...]"#,
    ),
    (
        "receive_words",
        r#"alice <- {"a": true | false | null, "b": unordered [1, 2, ... x48]}"#,
    ),
    ("receive_next", r#"alice <- next {"a": -5..-2, ...}"#),
    ("receive_text", r#"alice <- text "hello""#),
    ("receive_bytes", r#"alice <- bytes hex "ff""#),
    ("receive_frame", r#"alice <- frame pong "hi""#),
    ("receive_ping", "alice <- frame ping hex \"00\""),
    ("receive_within", r#"alice <- {"a": > 1} within 2s"#),
    (
        "receive_once",
        r#"alice <- {"a": 1} within 300ms..1s exactly once"#,
    ),
    ("never", r#"alice never <- {"a": 1}"#),
    (
        "never_while",
        "alice never <- {\"a\": 1} while:\n  bob drops",
    ),
    ("in_any_order", "in any order:\n  alice <- {\"a\": 1}"),
    ("together", "together:\n  alice drops"),
    ("for_values", "for $x in [null, hex \"ff\"]:\n  alice drops"),
    (
        "for_range",
        "for $x in 1..60 within 800ms..1400ms:\n  alice drops",
    ),
    ("for_chunks", "for $x in $file by 64KiB:\n  alice drops"),
    (
        "get",
        r#"alice GET /api/rooms => 200 [{"name": string}] within 2s"#,
    ),
    (
        "get_with_header",
        r#"alice GET /x with header "A: b" => 400 | 422"#,
    ),
    (
        "post",
        r#"alice POST /x {"a": 1} with header "A: b" => 200 {"b": integer}"#,
    ),
    ("put", "alice PUT /x bytes $file"),
    ("patch", r#"alice PATCH /x text "y""#),
    ("delete", "alice DELETE /x => 204"),
    ("head", "alice HEAD /x => 200"),
    ("options", "alice OPTIONS /x"),
    ("closes", r#"alice closes 1000 "bye""#),
    ("drops", "alice drops"),
    ("is_closed", "alice is closed"),
    (
        "is_closed_with",
        "alice is closed with 1013 | dropped within 5s",
    ),
    ("is_closed_within", "alice is closed within 5s"),
    ("is_dropped", "alice is dropped"),
    ("stalls", "alice stalls"),
    ("resumes", "alice resumes"),
    (
        "asks",
        r#"alice asks GET /feed/long?after=3 with header "A: b""#,
    ),
    ("asks_post", r#"alice asks POST /x {"a": 1}"#),
    (
        "is_answered",
        r#"alice is answered 200 | 204 [{"id": integer}] within 300ms..2s"#,
    ),
    (
        "is_not_answered",
        "alice is not answered while:\n  bob drops",
    ),
    (
        "listens",
        r#"alice listens /feed/events with header "Last-Event-ID: 3" => 400 {"code": string}"#,
    ),
    (
        "receive_event",
        r#"alice <- event "post" id "3" {"a": any} within 2s exactly once"#,
    ),
    (
        "receive_event_text",
        r#"alice <- event id $id text "hello""#,
    ),
    (
        "measure",
        "measure \"short polling\" of alice with 20 messages at most 300 bytes each:\n  alice drops",
    ),
    (
        "measure_one",
        "measure \"a push\" of alice with 1 message:\n  alice drops",
    ),
    ("explore", "explore rooms with 4 clients for 300 steps"),
    ("accepts", "server accepts within 50ms..300ms"),
    (
        "server_receives",
        r#"server <- next {"a": 1} within 2s exactly once"#,
    ),
    ("server_sends", r#"server -> frame ping "hi""#),
    ("server_closes", r#"server closes 1008 "banned""#),
    ("server_is_closed", "server is closed with 1001 within 5s"),
    ("is_down", "server is down"),
    ("is_up", "server is up"),
    ("nothing_connects", "nothing connects for 1s"),
    ("types", r#"client types "one""#),
    ("prints", "client prints /welcome/ within 2s"),
    ("exits", "client exits 0 within 2s"),
    (
        "requested",
        r#"server <- POST /api/operations {"id": 7, ...} within 2s"#,
    ),
    ("responds", r#"server => 409 {"error": "conflict"}"#),
    ("wait", r#"wait 400ms "the window is 300 ms""#),
    ("wait_held", r#"wait $retry "as long as it said""#),
];

/// The words and signs of a text that must be written as they are: not names, strings, paths, variables, numbers.
fn fixed_tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match c {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '/' => rest.find([' ', '\n']).unwrap_or(rest.len()),
            '$' => {
                1 + rest[1..]
                    .find(|c: char| !c.is_alphanumeric())
                    .unwrap_or(rest.len() - 1)
            }
            c if c.is_alphabetic() => rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len()),
            '-' | '<' | '=' | '.' => rest.find(|c| !"-<>=.".contains(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        let fixed = matches!(token, "->" | "<-" | "=>" | ".." | "..." | ":")
            || c.is_alphabetic()
                && !matches!(token, "alice" | "bob" | "join" | "LIMIT" | "x48" | "rooms")

                // In a line that a client could have too, it could be a client's name.
                && (token != "server" || could_be_no_client(text));
        // The colons of members are JSON's.
        if fixed && !(token == ":" && rest.starts_with(": ")) {
            tokens.push(at..at + length);
        }
        at += length;
    }
    tokens
}

/// Whether only the server does what this line says.
fn could_be_no_client(line: &str) -> bool {
    ["server accepts", "server is down", "server is up"]
        .iter()
        .any(|beginning| line.starts_with(beginning))
}

/// The token with one letter left out, or with two that stand side by side swapped.
fn misspellings(token: &str) -> Vec<String> {
    let letters: Vec<char> = token.chars().collect();
    let swapped = (1..letters.len()).map(|at| {
        let mut letters = letters.clone();
        letters.swap(at - 1, at);
        letters
    });
    let dropped = (0..letters.len()).map(|at| {
        let mut letters = letters.clone();
        letters.remove(at);
        letters
    });
    let mut misspellings: Vec<String> = swapped
        .chain(dropped)
        .map(String::from_iter)
        .filter(|other| other != token)
        .collect();
    misspellings.dedup();
    misspellings
}

/// Where one letter makes another word of the language.
fn is_right_too(right: &str, wrong: &str) -> bool {
    matches!((right, wrong), ("ms", "s") | ("messages", "message"))
}

#[test]
fn the_forms_are_right() {
    for (name, form) in FORMS {
        let (_, diagnostics) = parser::parse_str(form);
        assert!(
            diagnostics.is_empty(),
            "{}",
            diagnostic::render(&diagnostics, name, form, false)
        );
    }
}

#[test]
fn the_help_names_the_word_that_was_misspelt() {
    let mut failures = String::new();
    let mut misspelt = 0;
    for (name, form) in FORMS {
        for token in fixed_tokens(form) {
            let right = &form[token.clone()];
            for wrong in misspellings(right) {
                if is_right_too(right, &wrong) {
                    continue;
                }
                misspelt += 1;
                let page = format!("{}{wrong}{}", &form[..token.start], &form[token.end..]);
                let (_, diagnostics) = parser::parse_str(&page);
                let place = token.start..token.start + wrong.len();
                let is_explained = diagnostics.iter().any(|diagnostic| {
                    diagnostic.span.start <= place.start
                        && place.end <= diagnostic.span.end
                        && diagnostic
                            .help
                            .as_ref()
                            .is_some_and(|help| help.contains(right))
                });
                if !is_explained {
                    let rendered = diagnostic::render(&diagnostics, name, &page, false);
                    writeln!(
                        failures,
                        "{name}: `{wrong}` for `{right}` in {page:?}\n{rendered}\n"
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(misspelt > 1_000, "only {misspelt} misspellings were tried");
}

#[test]
fn misspellings_are_drawn_as_the_snapshots_show() {
    for (name, form) in FORMS {
        let mut drawn = String::new();
        for token in fixed_tokens(form) {
            let right = &form[token.clone()];
            let misspellings = misspellings(right);
            // Two of each word, to keep the snapshots readable.
            let (first, last) = (misspellings.first(), misspellings.last());
            let shown = first
                .into_iter()
                .chain(last.filter(|last| Some(*last) != first));
            for wrong in shown.filter(|wrong| !is_right_too(right, wrong)) {
                let page = format!("{}{wrong}{}", &form[..token.start], &form[token.end..]);
                let (_, diagnostics) = parser::parse_str(&page);
                let rendered = diagnostic::render(&diagnostics, "page.md", &page, false);
                writeln!(drawn, "{rendered}\n").unwrap();
            }
        }
        assert_drawn!(format!("misspelt_{name}"), drawn);
    }
}
