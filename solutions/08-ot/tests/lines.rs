//! The program that answers requests line by line.

use std::io::Write;
use std::process::{Command, Stdio};

use ot_solution::requests::{MAX_LINE, answer};
use serde_json::{Value, json};

fn ask(request: Value) -> Value {
    answer(request.to_string().as_bytes())
}

fn refused(request: &str) -> (Value, String) {
    let answer = answer(request.as_bytes());
    let message = answer["error"]["message"].as_str().unwrap_or_default();
    (answer["error"]["code"].clone(), message.to_owned())
}

#[test]
fn each_method_has_a_result() {
    let apply = json!({ "id": 7, "method": "apply", "text": "a😀", "operation": [2, "!"] });
    assert_eq!(ask(apply), json!({ "id": 7, "result": "a😀!" }));
    let compose = json!({ "method": "compose", "a": ["ab"], "b": [1, -1] });
    assert_eq!(ask(compose), json!({ "result": ["a"] }));
    let transform = json!({ "id": null, "method": "transform", "a": ["A"], "b": ["B"] });
    let result = json!({ "id": null, "result": [["A", 1], [1, "B"]] });
    assert_eq!(ask(transform), result);
    let invert = json!({ "id": "x", "method": "invert", "text": "a😀", "operation": [1, -1] });
    assert_eq!(ask(invert), json!({ "id": "x", "result": [1, "😀"] }));
    for (bias, moved) in [("left", 1), ("right", 2)] {
        let cursor = json!({
            "method": "transform-cursor", "cursor": 1, "operation": [1, "x"], "bias": bias
        });
        assert_eq!(ask(cursor), json!({ "result": moved }));
    }
}

#[test]
fn what_is_read_need_not_be_canonical() {
    let apply = json!({
        "method": "apply", "text": "abc", "operation": [0, 1.0, "", -1, "x", -1, "y", 0]
    });
    assert_eq!(ask(apply), json!({ "result": "axy" }));
    let compose = json!({ "method": "compose", "a": [-1, -1, "x"], "b": [1, -0.0] });
    assert_eq!(ask(compose), json!({ "result": ["x", -2] }));
}

#[test]
fn what_is_wrong_is_told() {
    for (request, code, says) in [
        ("", "invalid-request", "JSON object"),
        ("[]", "invalid-request", "JSON object"),
        ("{not json", "invalid-request", "column 2"),
        (r#"{"method": "apply""#, "invalid-request", "EOF"),
        ("{}", "unknown-method", "`apply`"),
        (r#"{"method": 7}"#, "unknown-method", "`apply`"),
        (
            r#"{"method": "apply", "operation": []}"#,
            "invalid-text",
            "`text`",
        ),
        (
            r#"{"method": "apply", "text": ""}"#,
            "invalid-operation",
            "an array",
        ),
        (
            r#"{"method": "compose", "a": [], "b": {}}"#,
            "invalid-operation",
            "`b`",
        ),
        (
            r#"{"method": "compose", "a": [1, null], "b": []}"#,
            "invalid-operation",
            "index 1",
        ),
        (
            r#"{"method": "compose", "a": [0.5], "b": []}"#,
            "invalid-operation",
            "0.5",
        ),
        (
            r#"{"method": "compose", "a": [9007199254740992], "b": []}"#,
            "too-long",
            "9007199254740991",
        ),
        (
            r#"{"method": "compose", "a": [-1e300], "b": []}"#,
            "too-long",
            "9007199254740991",
        ),
        (
            r#"{"method": "compose", "a": [9007199254740991, 1], "b": []}"#,
            "too-long",
            "9007199254740991",
        ),
        (
            r#"{"method": "compose", "a": [2, "x"], "b": [4]}"#,
            "does-not-fit",
            "4 characters, and the first leaves 3",
        ),
        (
            r#"{"method": "transform", "a": [2], "b": [3]}"#,
            "does-not-fit",
            "2 and 3",
        ),
        (
            r#"{"method": "apply", "text": "😀", "operation": [2]}"#,
            "does-not-fit",
            "2 characters, and the text has 1",
        ),
        (
            r#"{"method": "apply", "text": "\ud83d", "operation": [1]}"#,
            "invalid-request",
            "hex escape",
        ),
        (
            r#"{"method": "transform-cursor", "cursor": -1, "operation": []}"#,
            "invalid-cursor",
            "`cursor`",
        ),
        (
            r#"{"method": "transform-cursor", "cursor": 0, "operation": []}"#,
            "invalid-bias",
            "`bias`",
        ),
        (
            r#"{"method": "transform-cursor", "cursor": 1, "operation": [], "bias": "left"}"#,
            "does-not-fit",
            "position 1",
        ),
    ] {
        let (found, message) = refused(request);
        assert_eq!(found, code, "{request}: {message}");
        assert!(message.contains(says), "{request}: {message}");
    }
}

#[test]
fn it_never_dies_on_a_bad_line() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ot-solution-lines"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built");
    let mut input = program.stdin.take().expect("it is piped");
    let deep = "[".repeat(100_000);
    let long = vec![b' '; MAX_LINE + 100];
    let last = r#"{"id": "last", "method": "apply", "text": "", "operation": ["x"]}"#;
    let lines = [
        &b"\xff\xfe"[..],
        b"",
        b"\0",
        deep.as_bytes(),
        br#"{"id": {"any": "JSON"}, "method": "apply", "text": 7, "operation": []}"#,
        &long,
        last.as_bytes(),
    ];
    let all = lines.join(&b'\n');
    let writer = std::thread::spawn(move || input.write_all(&all));
    let output = program.wait_with_output().expect("it runs");
    let written = writer.join().expect("it does not panic");
    written.expect("all of it is read");
    assert!(output.status.success());
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .expect("it writes UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("it writes JSON"))
        .collect();
    let codes: Vec<&Value> = answers
        .iter()
        .map(|answer| &answer["error"]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            "invalid-request",
            "invalid-request",
            "invalid-request",
            "invalid-request",
            "invalid-text",
            "line-too-long",
        ]
        .map(Value::from)
        .iter()
        .chain([&Value::Null])
        .collect::<Vec<_>>()
    );
    assert_eq!(answers[4]["id"], json!({ "any": "JSON" }));
    assert_eq!(answers[6], json!({ "id": "last", "result": "x" }));
}

#[test]
fn it_ends_when_nobody_reads_it() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ot-solution-lines"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was built");
    drop(program.stdout.take());
    let mut input = program.stdin.take().expect("it is piped");
    // It may have ended before it has read them all.
    while input.write_all(b"{}\n").is_ok() {}
    let output = program.wait_with_output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
