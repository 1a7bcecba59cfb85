//! How scripts and lines of them are written.

use serde_json::json;

use crate::notation::ast::{Script, Statement};
use crate::notation::value::{Bindings, Value};
use crate::notation::{parser, print};

fn read(text: &str) -> Script {
    let (script, diagnostics) = parser::parse_str(text);
    assert_eq!(diagnostics, [], "in {text}");
    script
}

fn statement(line: &str) -> Statement {
    let mut script = read(line);
    script.lines.remove(0).statement
}

#[test]
fn long_lines_are_broken_inside_brackets_and_before_the_status() {
    let text = r#"
for $operations in [[{"retain": 1}, {"insert": "x"}], [{"delete": 1}], [{"retain": -1}], [], "x", [{"insert": 7}]]: # all impossible
  alice GET /api/messages?limit=2&offset=58 with header "Authorization: Bearer ${alice_token}" => 200 {"messages": [{"content": "${salt} 59", ...}, {"content": "${salt} 60", ...}], "total": 60, "hasMore": false}
  alice <- {"type": "document-updated", "revision": 2, "operations": [{"retain": 5}, {"insert": "a text that is rather long"}, {"retain": 6}], ...} within 2s exactly once
bob never <- {"type": "state", "players": unordered [{"id": $alice, "x": > 10, "name": "alice"}, ...], ...} while:
  alice drops
"#;
    let script = read(text);
    let printed = print::script(&script);
    assert_eq!(read(&printed), script);
    assert_drawn!("printed_long_lines", printed);
}

#[test]
fn comments_are_kept() {
    let text = "\
# above
alice <- {   # in the first line
  # on a line of its own
  \"a\": 1
}  # and the last
together:   # of the block
# too far out
  bob drops
  # the last of the block

# the last of all
";
    let printed = "\
# above
alice <- {\"a\": 1}  # in the first line; on a line of its own; and the last
together:  # of the block
  # too far out
  bob drops
  # the last of the block
# the last of all
";
    assert_eq!(print::script(&read(text)), printed);
}

#[test]
fn lines_read_the_same_however_they_are_spaced() {
    for (loose, canonical) in [
        ("alice   connects    /ws", "alice connects /ws"),
        (
            "alice->{\"a\":1,\"b\":[1,2]}",
            "alice -> {\"a\": 1, \"b\": [1, 2]}",
        ),
        ("alice<-[...x3,1]", "alice <- [... x3, 1]"),
        ("alice GET /x =>200", "alice GET /x => 200"),
        ("alice <- {..., \"a\": <-5}", "alice <- {\"a\": < -5, ...}"),
        ("alice is closed with dropped", "alice is dropped"),
        (
            "alice -> frame text unmasked more \"x\"",
            "alice -> frame text more unmasked \"x\"",
        ),
        ("alice -> bytes hex \"FF\"", "alice -> bytes hex \"ff\""),
        ("alice -> \"\\u0041\\/\\u0024{x}\"", "alice -> \"A/$${x}\""),
        (
            "alice GET /x\n    => 200\n      {\"a\": 1}\r\n",
            "alice GET /x => 200 {\"a\": 1}",
        ),
    ] {
        let (script, diagnostics) = parser::parse_str(loose);
        assert_eq!(diagnostics, [], "{loose}");
        assert_eq!(print::script(&script).trim_end(), canonical, "{loose}");
    }
}

#[test]
fn bound_variables_are_replaced_by_their_values() {
    let bindings = Bindings::from([
        ("alice".to_owned(), Value::from(json!("mira"))),
        ("users".to_owned(), Value::from(json!([{"id": 1}, "é\n"]))),
        ("n".to_owned(), Value::from(json!(3))),
        ("room".to_owned(), Value::from(json!("a b/ü"))),
        ("long".to_owned(), Value::from(json!("x".repeat(201)))),
        (
            "file".to_owned(),
            Value::Bytes(bytes::Bytes::from_static(b"bytes")),
        ),
    ]);
    for (line, shown) in [
        (
            r#"alice -> {"a": $alice, "b": $users}"#,
            r#"alice -> {"a":"mira","b":[{"id":1},"é\n"]}"#,
        ),
        (
            r#"alice -> "${alice} ${n} ${users} ${unbound}""#,
            r#"alice -> "mira 3 [{\"id\":1},\"é\\n\"] ${unbound}""#,
        ),
        (
            r#"alice <- {"${alice}": $unbound, "x": $n, ...}"#,
            r#"alice <- {"mira":$unbound,"x":3, ...}"#,
        ),
        ("alice <- [..., $n, $n]", "alice <- [..., 3,3]"),
        (
            "alice GET /x/${room}?n=${n} => 200 bytes $file",
            "alice GET /x/a%20b%2F%C3%BC?n=3 => 200 bytes $file",
        ),
        ("alice -> text $alice", r#"alice -> text "mira""#),
        ("alice -> bytes $file", "alice -> bytes $file"),
        (
            r#"alice -> ["${long}", $long, "${file}"]"#,
            r#"alice -> ["${long}",$long,"${file}"]"#,
        ),
        (
            "alice -> frame $n rsv $n $alice",
            r#"alice -> frame 3 rsv 3 "mira""#,
        ),
        ("alice closes $n \"${alice}\"", "alice closes 3 \"mira\""),
        (
            "alice is closed with $n | dropped",
            "alice is closed with 3 | dropped",
        ),
        ("let $n = $file[$n..]", "let $n = $file[3..]"),
        ("wait $n \"as it said\"", "wait 3ms \"as it said\""),
    ] {
        assert_eq!(
            print::statement_head_with(&statement(line), &bindings),
            shown,
            "{line}"
        );
    }
    let each = statement("for $n in [$n, $alice]:\n  alice -> $n");
    assert_eq!(
        print::statement_head_with(&each, &bindings),
        r#"for $n in [3,"mira"]:"#
    );
    let Statement::Receive(receive) = statement(r#"alice <- {"a": $alice, ...}"#) else {
        panic!("a line that waits");
    };
    assert_eq!(
        print::message_pattern_with(&receive.pattern, &bindings),
        r#"{"a":"mira", ...}"#
    );
}
