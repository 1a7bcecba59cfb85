//! What the student sees of a failing line.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use checker::assignment::Assignment;
use checker::grade::{self, Grade, Settings, Subject};
use checker::report::{Book, Detail, terminal};
use checker::run::values::Seed;

use crate::support::*;

pub(crate) async fn graded(page: Assignment, subject: &Subject) -> Grade {
    let settings = Settings {
        only: Vec::new(),
        seed: Seed::from(0x7f3a),
        timeout_factor: 0.25,
    };
    grade::grade(&Arc::new(page), subject, &settings, &mut |_| {})
        .await
        .unwrap()
}

/// The report without colours and times.
pub(crate) fn shown(grade: &Grade) -> String {
    let book = Book::of(Path::new("no-course-here"));
    let report = terminal::render(grade, &book, Detail::Failures, "cargo checker grade page");
    let plain = anstream::adapter::strip_str(&report).to_string();
    let mut text = plain;
    for (times, instead) in [
        (r"came after \d+ ms", "came after [time]"),
        (r" +\d+\.\d+ (ms|s)\n", "  [time]\n"),
        (r"127\.0\.0\.1:\d+", "[address]"),
        (r"panicked at [^:]+:\d+:\d+", "panicked at [place]"),
        (r"\(\d+\) panicked", "([id]) panicked"),
    ] {
        let times = regex_lite::Regex::new(times).unwrap();
        text = times.replace_all(&text, instead).into_owned();
    }
    text
}

async fn converse(request: Request) {
    match request.line() {
        "GET /refused" => {
            let body = r#"{"type":"error","code":"unauthorized"}"#;
            return request.respond(401, body).await;
        }
        "GET /api" => {
            return request
                .respond(200, r#"{"users":["mira"],"count":2}"#)
                .await;
        }
        "GET /hangs" => return std::future::pending().await,
        _ => {}
    }
    let path = request.line().to_owned();
    let mut peer = request.upgrade().await;
    match path.as_str() {
        "GET /joined" => {
            peer.text(r#"{"type":"online-users","users":[]}"#).await;
            peer.text(r#"{"type":"user-joined","username":"mira"}"#)
                .await;
        }
        "GET /twice" => {
            peer.text(r#"{"type":"note","n":1}"#).await;
            peer.text(r#"{"type":"note","n":2}"#).await;
        }
        "GET /closed" => {
            let payload = [&1008_u16.to_be_bytes()[..], b"token expired"].concat();
            peer.frame(CLOSE, payload).await;
        }
        "GET /late" => {
            peer.stay_for(Duration::from_millis(100)).await;
            peer.text(r#"{"type":"late"}"#).await;
        }
        "GET /bytes" => {
            peer.text("not JSON\nof two lines").await;
            peer.frame(BINARY, vec![0; 2048]).await;
        }
        _ => {}
    }
    peer.stay().await;
}

const PAGE: &str = r#"# A page

## Closest, with carets {#closest points=1}

```transcript
alice connects /joined
alice <- {"type": "user-joined", "username": "tomas", ...}
```

## Passed over {#passed points=1}

```transcript
alice connects /joined
alice <- {"type": "user-joined", ...}
alice <- {"type": "online-users", ...}
```

## Not first {#next points=1}

```transcript
alice connects /joined
alice <- next {"type": "user-joined", ...}
```

## Forbidden {#forbidden points=1}

```transcript
alice connects /joined
alice never <- {"type": "user-joined", ...}
alice <- {"type": "online-users", ...}
```

## Repeated {#repeated points=1}

```transcript
alice connects /twice
alice <- {"type": "note", ...} exactly once
```

## Too early {#early points=1}

```transcript
alice connects /late
alice <- {"type": "late"} within 1s..2s
```

## Closed {#closed points=1}

```transcript
alice connects /closed
alice <- {"type": "online-users", ...}
```

## Refused {#refused points=1}

```transcript
alice connects /refused
```

## A response {#response points=1}

```transcript
alice GET /api => 200 {"users": ["mira"], "count": 1}
```

## No response {#hangs points=1}

```transcript
alice GET /hangs => 200
```

## In a turn {#turn points=1}

```transcript
for $name in ["mira", "tomas"]:
  alice connects /joined
  in any order:
    alice <- {"type": "user-joined", "username": $name}
    alice <- {"type": "online-users", ...}
  alice drops
```

## Not JSON {#bytes points=1}

```transcript
alice connects /bytes
alice <- {"type": "online-users", ...}
```

## Given {#given points=1}

```transcript
given late
alice <- {"type": "later"}
```

## Late {#late points=1}

```transcript
alice connects /late
alice <- {"type": "late"}
```
"#;

#[tokio::test]
async fn each_kind_of_failure_says_what_came_and_what_should_have() {
    let server = Server::start(converse).await;
    let subject = Subject::running(server.target.address);
    let grade = graded(page(PAGE), &subject).await;
    insta::assert_snapshot!(shown(&grade));
}

#[tokio::test]
async fn with_a_url_a_check_that_needs_the_servers_key_or_environment_is_skipped() {
    let server = Server::greeting(&[]).await;
    let subject = Subject::running(server.target.address);
    let script = "# A page\n\n## Key {#key points=1}\n```transcript\nlet $token = jwt {\"a\": 1}\nalice connects /${token}\n```\n\n## Environment {#env points=1}\n```transcript\nenv A=1\nalice connects /\n```\n\n## Neither {#neither points=1}\n```transcript\nlet $token = jwt {\"a\": 1} key \"k\"\nalice connects /${token}\n```\n";
    let mut assignment = page(script);
    assignment
        .front_matter
        .server
        .env
        .insert("A".to_owned(), "0".to_owned());
    let grade = graded(assignment, &subject).await;
    assert!(grade.all_passed());
    assert_eq!((grade.earned(), grade.possible()), (1, 1));
    insta::assert_snapshot!(shown(&grade));
}
