//! What a page becomes.

use std::path::{Path, PathBuf};

use super::super::{Assignment, BookPlace, LoadError, load, parse};
use super::{check, findings, page};

const PAGE: &str = r#"+++
yours = ["src/handlers.rs", "src/rooms"]
[server]
secret = "JWT_SECRET"
env = { LIMIT = "50" }
+++
# Assignment: `chat`

Prose, and a table.

```transcript,example
alice GET /api
```

## Sign-in {#sign-in points=5 stub=passes read=chat#signing-in}

```transcript
alice GET /first
```

### How it goes on

1. A list:

   ```transcript
   alice GET /second
   ```

> [!TIP]
> Read `chat`.
>
> Twice.

## Text between

## A *join* is announced {#join needs=sign-in,last points=10 read=chat}

```transcript
given sign-in
alice GET /join
```

## Last {#last points=1}

```transcript
alice GET /last
```
"#;

fn assignment(source: &str) -> Assignment {
    parse(Path::new("assignments/03-chat/assignment.md"), source).0
}

#[test]
fn a_page_becomes_an_assignment() {
    let assignment = assignment(PAGE);
    assert_eq!(assignment.name, "chat");
    assert_eq!(assignment.folder, "03-chat");
    assert_eq!(assignment.title, "Assignment: chat");
    assert_eq!(
        assignment.front_matter.yours,
        [PathBuf::from("src/handlers.rs"), PathBuf::from("src/rooms")]
    );
    assert_eq!(
        assignment.front_matter.server.secret.as_deref(),
        Some("JWT_SECRET")
    );
    assert_eq!(assignment.front_matter.server.env["LIMIT"], "50");
    assert_eq!(assignment.points(), 16);
    assert_eq!(assignment.examples.len(), 1);

    let sign_in = assignment.check("sign-in").expect("the page has it");
    assert_eq!(sign_in.title, "Sign-in");
    assert!(sign_in.stub_passes);
    assert_eq!(sign_in.line, 15);
    assert_eq!(
        &PAGE[sign_in.span.clone()],
        "## Sign-in {#sign-in points=5 stub=passes read=chat#signing-in}"
    );
    assert_eq!(sign_in.hint.as_deref(), Some("Read `chat`.\n\nTwice."));
    let place = BookPlace {
        chapter: "chat".to_owned(),
        anchor: Some("signing-in".to_owned()),
    };
    assert_eq!(sign_in.read, Some(place));
    let lines: Vec<&str> = sign_in
        .script
        .lines
        .iter()
        .map(|line| &PAGE[line.span.clone()])
        .collect();
    assert_eq!(lines, ["alice GET /first", "alice GET /second"]);

    let join = assignment.check("join").expect("the page has it");
    assert_eq!(join.title, "A join is announced");
    assert_eq!(join.needs, ["sign-in", "last"]);
    assert_eq!(join.given.as_deref(), Some("sign-in"));
    assert!(!join.stub_passes);
    assert_eq!(join.hint, None);
}

#[test]
fn checks_are_played_after_those_that_they_need() {
    let assignment = assignment(PAGE);
    let ids = |checks: Vec<&super::super::Check>| -> Vec<String> {
        checks.iter().map(|check| check.id.clone()).collect()
    };
    assert_eq!(ids(assignment.play_order()), ["sign-in", "last", "join"]);
    assert_eq!(ids(assignment.needs("join")), ["sign-in", "last"]);
    assert_eq!(ids(assignment.chain("join")), ["sign-in", "join"]);
    assert_eq!(ids(assignment.chain("last")), ["last"]);
    assert!(assignment.chain("none").is_empty());
}

#[test]
fn a_circle_has_an_order_all_the_same() {
    let source = page(
        &[
            check("A {#a points=1}", "given b\nalice GET /"),
            check("B {#b points=1}", "given a\nalice GET /"),
        ]
        .concat(),
    );
    let assignment = assignment(&source);
    assert_eq!(assignment.play_order().len(), 2);
    assert_eq!(assignment.needs("a").len(), 1);
    assert_eq!(assignment.chain("a").len(), 2);
}

#[test]
fn every_mistake_of_a_page_is_reported_in_its_order() {
    let source = format!(
        "+++\nyour = []\n+++\n# T\n\n{}{}{}",
        check("One {#one points=0}", "alice -> {}"),
        check("Two {#one pionts=5 points=5}", "alice GET /?x=${x}"),
        "```transcript\nalice conects /ws\n```\n",
    );
    let findings = findings(&source);
    let lines: Vec<usize> = findings
        .iter()
        .map(|finding| 1 + source[..finding.span.start].matches('\n').count())
        .collect();
    assert_eq!(lines, [1, 2, 6, 9, 15, 15, 18, 25], "{findings:#?}");
}

#[test]
fn a_file_that_is_no_text_is_an_error_that_says_where() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join("assignment.md");
    let missing = load(&path).expect_err("there is no file yet");
    assert!(matches!(missing, LoadError::Read { .. }), "{missing}");
    std::fs::write(&path, b"+++\n\xff").expect("the folder is writable");
    let not_text = load(&path).expect_err("the file is no text");
    assert!(
        not_text
            .to_string()
            .ends_with("is not UTF-8: byte 4 begins no character")
    );
}
