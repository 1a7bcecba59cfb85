//! What is said of each mistake, drawn as people see it.

use std::fmt::Write as _;

use crate::notation::{diagnostic, parser};

/// Draws what is said of each text, which must be something.
pub(super) fn explain(texts: &[&str]) -> String {
    let mut drawn = String::new();
    for text in texts {
        let (_, diagnostics) = parser::parse_str(text);
        assert!(!diagnostics.is_empty(), "nothing is wrong in {text:?}");
        let rendered = diagnostic::render(&diagnostics, "page.md", text, false);
        writeln!(drawn, "{rendered}\n").unwrap();
    }
    drawn
}

#[test]
fn signs() {
    assert_drawn!(
        "errors_signs",
        explain(&[
            "alice - > {}",
            "alice --> {}",
            "alice → {}",
            "alice = {}",
            "alice < {}",
            "alice => {}",
            "alice never -> {}",
            "alice connects /ws = 401",
            "alice connects /ws=>401",
            "alice GET /x > 200",
            "alice <- {\"a\": 1} & {\"b\": 2}",
            "alice drops# at once",
            "alice -> (1)",
            "} alice",
            "alice -> [1, 2}",
            "alice -> [1]]",
        ])
    );
}

#[test]
fn strings_and_paths() {
    assert_drawn!(
        "errors_strings_and_paths",
        explain(&[
            r#"alice -> {'type': 'x'}"#,
            "alice -> {\"type\": “x”}",
            r#"alice -> {"type": `x`}"#,
            r#"alice -> "unclosed"#,
            r#"alice -> "\x""#,
            r#"alice -> "\u12""#,
            r#"alice -> "\ud83d""#,
            "alice -> \"a\tb\"",
            r#"alice -> "${name""#,
            r#"alice -> "${}""#,
            r#"alice -> "${Name}""#,
            "alice -> ${name}",
            "alice -> $Name",
            "alice -> $",
            "alice <- /open",
            "alice <- //",
            "alice <- /(/",
            "alice connects /ws?name={name}",
            "alice connects /ws#top",
            "alice connects /é",
            "alice connects ws",
            r#"alice connects "/ws""#,
            "alice connects",
            "alice GET",
        ])
    );
}

#[test]
fn json() {
    assert_drawn!(
        "errors_json",
        explain(&[
            r#"alice -> {type: "x"}"#,
            r#"alice -> {$key: 1}"#,
            r#"alice -> {"a": 1,}"#,
            "alice -> [1, 2,]",
            r#"alice -> {"a": 1 "b": 2}"#,
            "alice -> [1 2]",
            r#"alice -> {"a" 1}"#,
            r#"alice -> {"a"}"#,
            r#"alice -> {"a": 1, "a": 2}"#,
            r#"alice -> {"a": undefined}"#,
            r#"alice -> {"a": None}"#,
            r#"alice -> {"a": True}"#,
            r#"alice -> {"a": room}"#,
            "alice -> 007",
            "alice -> 18446744073709551616",
            "alice -> 1e999",
            "alice ->",
            "alice <-",
        ])
    );
}

#[test]
fn patterns() {
    assert_drawn!(
        "errors_patterns",
        explain(&[
            r#"alice <- {"a": strng}"#,
            r#"alice <- {"a": str}"#,
            r#"alice <- {"a": room}"#,
            r#"alice <- {"a": 5..1}"#,
            r#"alice <- {"a": 1...5}"#,
            r#"alice <- {"a": 1..}"#,
            r#"alice <- {"a": > "x"}"#,
            r#"alice <- {"a": 1, ..}"#,
            "alice <- {..., ...}",
            "alice <- [..., 1, ...]",
            "alice <- [... 48]",
            "alice <- [... times]",
            "alice <- unordered {}",
            r#"alice <- {"a": hex "ff"}"#,
            r#"alice <- {"a": = 1}"#,
            r#"alice <- 1 |"#,
            "alice <- text room",
            r#"alice <- bytes "ff""#,
            "alice <- bytes file",
            "alice <- frame text \"x\"",
            "alice <- frame pong more",
            r#"alice <- {"a": 1} witin 2s"#,
            r#"alice <- {"a": 1} exactly once within 2s"#,
            r#"alice <- {"a": 1} twice"#,
            r#"alice never <- next {"a": 1}"#,
            r#"alice never <- {"a": 1} within 2s"#,
            r#"alice never <- {"a": 1} exactly once"#,
        ])
    );
}

#[test]
fn what_cannot_be_sent() {
    assert_drawn!(
        "errors_what_cannot_be_sent",
        explain(&[
            r#"alice -> {"a": string}"#,
            r#"alice -> {"a": 1, ...}"#,
            "alice -> [...]",
            "alice -> 1..5",
            "alice -> > 5",
            "alice -> 1 | 2",
            "alice -> unordered [1]",
            r#"alice -> {"a": /x/}"#,
            "alice -> text 5",
            "alice -> bytes hex \"f\"",
            "alice -> bytes hex \"xy\"",
            "alice -> bytes hex \"${x}\"",
            "alice -> frame 16 \"\"",
            "alice -> frame text rsv 4 \"\"",
            "alice -> frame text rsv",
            "alice -> frame text more more",
            "alice -> frame",
            "alice -> frame text \"a\" \"b\"",
            "alice closes \"bye\"",
            "alice closes 70000",
            "alice closes now",
        ])
    );
}

#[test]
fn sources_of_values() {
    assert_drawn!(
        "errors_sources_of_values",
        explain(&[
            "let x = text",
            "let $x text",
            "let $x =",
            "let $x = \"fixed\"",
            "let $x = $file",
            "let $x = $file[2KiB..1KiB]",
            "let $x = $file[1...2]",
            "let $x = text 64kb",
            "let $x = bytes 64 KiB",
            "let $x = bytes 1.5MiB",
            "let $x = bytes 17179869184GiB",
            "let $x = bytes 10bytes",
            "let $x = bytes -1",
            "let $x = number 6..1",
            "let $x = number 1.5..2",
            "let $x = number 6",
            "let $x = sha256 file",
            "let $x = jwt $claims",
            "let $x = jwt {} alg HS512",
            "let $x = jwt {} key secret",
            "let $x = jwt {} expires 2s",
            "let $x = jwt {} expires in",
            "let $x = jwt {} key \"k\" expires in 2s",
            "let $x = jwt {\"exp\": 1} expires in 2s",
            "let $x = word word",
        ])
    );
}

#[test]
fn http() {
    assert_drawn!(
        "errors_http",
        explain(&[
            "alice get /x",
            "alice GTE /x",
            "alice GET /x {\"a\": 1} => 200",
            "alice HEAD /x => 200 {}",
            "alice GET /x => 20",
            "alice GET /x => 600",
            "alice GET /x => ok",
            "alice GET /x => 200 |",
            "alice GET /x =>",
            "alice POST /x {} => 200 within 2s",
            "alice GET /x within 2s",
            "alice GET /x => 200 with header \"A: b\"",
            "alice GET /x with header A: b",
            "alice GET /x with header \"no colon\"",
            "alice GET /x with header \"A: b\\r\\nC: d\"",
            "alice connects /ws {}",
            "alice connects /ws within 2s",
        ])
    );
}

#[test]
fn times_and_ends() {
    assert_drawn!(
        "errors_times_and_ends",
        explain(&[
            "alice <- any within 2",
            "alice <- any within 2sec",
            "alice <- any within 2min",
            "alice <- any within 1.5s",
            "alice <- any within 2 s",
            "alice <- any within 2s..1s",
            "alice <- any within 99999999999999999999s",
            "alice <- any within",
            "alice <- any exactly",
            "alice is",
            "alice is gone",
            "alice is closed 1000",
            "alice is closed with",
            "alice is closed with 1000 | gone",
            "alice drops now",
            "wait 400ms",
            "wait 400ms \"\"",
            "wait 400ms \"${x}\"",
            "wait \"for it\"",
            "wait $x",
            "wait $x ms \"a while\"",
        ])
    );
}

#[test]
fn blocks() {
    assert_drawn!(
        "errors_blocks",
        explain(&[
            "together\n  alice drops\n  bob drops",
            "together:",
            "together: alice drops",
            "together:\nalice drops",
            "together:\n  # only a comment",
            "in any order\n  alice <- any",
            "in order:\n  alice <- any",
            "for x in [1]:\n  alice drops",
            "for $x [1]:\n  alice drops",
            "for $x in [1]\n  alice drops",
            "for $x in []:\n  alice drops",
            "for $x in $file:\n  alice drops",
            "for $x in file:\n  alice drops",
            "for $x in 60..1:\n  alice drops",
            "for $x in 1..1000000:\n  alice drops",
            "for $x in $file by 0:\n  alice drops",
            "for $x in [1] witin 2s:\n  alice drops",
            "alice never <- any while\n  bob drops",
            "alice never <- any:\n  bob drops",
            "alice drops:\n  bob drops",
            "alice drops\n  bob drops\n  carol drops",
            "  alice drops",
            "together:\n    alice drops",
            "together:\n\talice drops",
            "together:\n  alice drops\n    bob drops\n bob drops",
            "in any order:\n  alice -> 1\n  alice <- next any",
        ])
    );
}

#[test]
fn heads_of_lines() {
    assert_drawn!(
        "errors_heads_of_lines",
        explain(&[
            "alice",
            "alice says \"hello\"",
            "Alice connects /ws",
            "alice/Phone connects /ws",
            "let/x connects /ws",
            "-> 1",
            "\"alice\" -> 1",
            "$alice -> 1",
            "given",
            "given a b",
            "given a,b",
            "alice drops\ngiven join",
            "given a\ngiven b",
            "alice drops\nenv A=1",
            "together:\n  env A=1",
            "env",
            "env A = 1",
            "env A",
            "env A=1 A=2",
            "env A=${x}",
            "link server 2 to broker is cut",
            "alice connects /ws to server 2",
            "alice connects /ws via socket.io",
        ])
    );
}

#[test]
fn explorations() {
    assert_drawn!(
        "errors_explorations",
        explain(&[
            "explore",
            "explore rooms",
            "explore Rooms with 4 clients for 300 steps",
            "explore 4 clients",
            "explore rooms with four clients for 300 steps",
            "explore rooms with 0 clients for 300 steps",
            "explore rooms with 1 clients for 300 steps",
            "explore rooms with 4 clients for -1 steps",
            "explore rooms with 4 clients for 1000000 steps",
            "explore rooms with 4 users for 300 steps",
            "explore rooms for 300 steps with 4 clients",
            "explore rooms with 4 clients for 300 steps twice",
            "explor rooms with 4 clients for 300 steps",
            "given join\nexplore rooms with 4 clients for 300 steps",
            "alice drops\nexplore rooms with 4 clients for 300 steps",
            "explore rooms with 4 clients for 300 steps\nalice drops",
            "explore rooms with 4 clients for 300 steps\nenv A=1",
            "explore rooms with 4 clients for 300 steps\nexplore rooms with 2 clients for 9 steps",
            "together:\n  explore rooms with 4 clients for 300 steps",
            "explore connects /ws",
        ])
    );
}

#[test]
fn every_wrong_line_is_reported_and_hides_no_other() {
    let text = "\
given join
alice conects /ws
alice -> {\"type\": \"open
bob <- {\"type\": \"closed\"
carol drops
in any oder:
  alice <- {\"a\": strng}
  bob <- {\"b\": 1}
for $n in [1, 2
  alice -> $n
bob <- [
  1,
  undefined
]
alice is closde
wait 10ms \"it is right\"
";
    assert_drawn!("errors_of_a_page", explain(&[text]));
    let (script, _) = parser::parse_str(text);
    let right: Vec<_> = script
        .lines
        .iter()
        .map(|line| &text[line.span.clone()])
        .collect();
    assert_eq!(
        right,
        ["given join", "carol drops", "wait 10ms \"it is right\""]
    );
}
