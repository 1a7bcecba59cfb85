//! Submissions that do what no server should: a clear verdict, in bounded time and memory.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use checker::assignment::{self, Assignment};
use checker::grade::{self, CheckGrade, Grade, Settings, Subject};
use checker::run::Outcome;
use checker::run::values::Seed;
use checker::server::{ServerCommand, StartFailure, set_supervisor};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::shown::shown;
use crate::support::{BINARY, TEXT, frame};

const BEHAVIOUR: &str = "BEHAVIOUR";
/// Bounded, also while others keep both cores busy.
const BOUND: Duration = Duration::from_secs(60);

/// Not a test: what [`page`]s have run as their server.
#[test]
fn server_process() {
    let Ok(behaviour) = std::env::var(BEHAVIOUR) else {
        return;
    };
    println!("{{\"earned\": 100}}\n100/100 points  all passed");
    if behaviour == "exits at once" {
        std::process::exit(0);
    }
    let port = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    for tcp in listener.incoming() {
        let behaviour = behaviour.clone();
        std::thread::spawn(move || {
            // Whatever goes wrong with a client's connection is no matter.
            let _ = converse(tcp.unwrap(), &behaviour);
        });
    }
}

fn converse(mut tcp: TcpStream, behaviour: &str) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        // The first connection only looks whether anybody listens.
        tcp.read_exact(&mut byte)?;
        head.extend(byte);
    }
    match behaviour {
        "exits on a request" => std::process::exit(0),
        "hangs" => loop {
            std::thread::park();
        },
        _ => {}
    }
    let head = String::from_utf8(head).unwrap();
    let key = head
        .lines()
        .find_map(|line| line.strip_prefix("Sec-Websocket-Key: "));
    let accept = derive_accept_key(key.unwrap().as_bytes());
    write!(
        tcp,
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    )?;
    match behaviour {
        "gigabyte" => tcp.write_all(&[BINARY, 127, 0, 0, 0, 0, 0x40, 0, 0, 0])?,
        "not UTF-8" => tcp.write_all(&frame(TEXT, [b'h', 0xc0, 0x80]))?,
        "masked" => tcp.write_all(&[TEXT, 0x81, 1, 2, 3, 4, b'h' ^ 1])?,
        "floods" => loop {
            tcp.write_all(&frame(TEXT, r#"{"type":"noise"}"#).repeat(1_000))?;
        },
        "floods in large messages" => loop {
            tcp.write_all(&frame(TEXT, "x".repeat(8 << 20)))?;
        },
        "floods its log" => {
            let (tell, flooded) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                let line = "all checks passed ".repeat(500);
                for written in 0_u64.. {
                    println!("{line}");
                    if written == 4_000 {
                        tell.send(()).unwrap();
                    }
                }
            });
            flooded.recv().unwrap();
            tcp.write_all(&frame(TEXT, "hello"))?;
        }
        "panics" => {
            let _ = std::thread::Builder::new()
                .name("chat".to_owned())
                .spawn(|| panic!("no user of that name"));
        }
        other => panic!("no such behaviour: {other}"),
    }
    loop {
        std::thread::park();
    }
}

fn page(behaviour: &str) -> Assignment {
    let text = format!(
        r#"+++
yours = ["src/a.rs"]
[server]
env = {{ {BEHAVIOUR} = "{behaviour}" }}
+++
# A page

## It says hello {{#hello points=3}}

```transcript
alice connects /
alice <- text "hello"
```

## It says hello again {{#again points=3 needs=hello}}

```transcript
alice connects /
alice <- text "hello"
```
"#
    );
    assignment::parse(Path::new("page.md"), &text).0
}

async fn try_grade(behaviour: &str) -> Result<Grade, StartFailure> {
    set_supervisor(PathBuf::from(env!("CARGO_BIN_EXE_checker")));
    let args = [
        "hostile::server_process",
        "--exact",
        "--nocapture",
        "--quiet",
    ];
    let subject = Subject::command(ServerCommand {
        program: std::env::current_exe().unwrap(),
        args: args.iter().map(OsString::from).collect(),
    });
    let settings = Settings {
        only: Vec::new(),
        seed: Seed::from(1),
        timeout_factor: 1.0,
    };
    let began = Instant::now();
    let grade = grade::grade(&Arc::new(page(behaviour)), &subject, &settings, &mut |_| {}).await;
    assert!(began.elapsed() < BOUND, "{:?}", began.elapsed());
    grade
}

/// Nothing was earned: the first check failed and the second was not run. Returns the first and why it failed.
async fn fails(behaviour: &str) -> (CheckGrade, String) {
    let grade = try_grade(behaviour).await.unwrap();
    assert_eq!((grade.earned(), grade.possible()), (0, 6), "{behaviour}");
    assert!(grade.any_failed());
    let because = "hello".to_owned();
    assert_eq!(grade.checks[1].outcome, Outcome::NotRun { because });
    let check = grade.checks[0].clone();
    assert_eq!(check.outcome, Outcome::Failed, "{behaviour}");
    let (_, exchange) = check.transcript.failed_exchange().unwrap();
    let because = exchange.failure.as_ref().unwrap().because.join("\n");
    (check, because)
}

#[tokio::test]
async fn who_prints_a_score_and_exits_has_not_started() {
    match try_grade("exits at once").await {
        Err(StartFailure::Exited { exit, log }) => {
            assert_eq!(exit.to_string(), "exit status 0");
            assert!(
                log.lines
                    .iter()
                    .any(|line| line.text.starts_with("100/100"))
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_exits_with_success_in_the_middle_of_a_check_fails_it() {
    let (check, because) = fails("exits on a request").await;
    assert_eq!(
        because,
        "the server closed the connection before the end of the response"
    );
    assert_eq!(check.exit.as_deref(), Some("exit status 0"));
}

#[tokio::test]
async fn who_accepts_and_hangs_fails() {
    let (check, because) = fails("hangs").await;
    assert_eq!(because, "the server did not answer within 2 s");
    assert_eq!(check.exit, None);
}

#[tokio::test]
async fn frames_that_no_server_may_send_fail_and_are_named() {
    for (behaviour, said) in [
        (
            "gigabyte",
            "the server announced a message of 1073741824 bytes",
        ),
        (
            "not UTF-8",
            "the server sent a text message that is not UTF-8: byte 1 is wrong",
        ),
        ("masked", "the server masked a frame; only clients mask"),
    ] {
        let (_, because) = fails(behaviour).await;
        assert!(because.contains(said), "{because}");
    }
}

#[tokio::test]
async fn floods_of_messages_fail() {
    for (behaviour, said) in [
        ("floods", "more than the checker keeps, 100000 messages"),
        (
            "floods in large messages",
            "more than the checker keeps, 31 messages",
        ),
    ] {
        let (check, because) = fails(behaviour).await;
        assert!(because.contains(said), "{because}");
        let (_, exchange) = check.transcript.failed_exchange().unwrap();
        assert!(exchange.passed_over.len() <= 1_001);
    }
}

#[tokio::test]
async fn a_flooded_log_is_cut_and_changes_no_verdict() {
    let grade = try_grade("floods its log").await.unwrap();
    assert!(grade.all_passed());
    for check in &grade.checks {
        let log = check.log.as_ref().unwrap();
        assert!(log.dropped_bytes > 0);
        let kept: usize = log.lines.iter().map(|line| line.text.len()).sum();
        assert!(kept <= 20 << 20, "{kept}");
        assert_eq!(check.exit, None);
    }
}

#[tokio::test]
async fn a_panic_stands_beside_the_line_that_was_played() {
    let grade = try_grade("panics").await.unwrap();
    insta::assert_snapshot!(shown(&grade));
}
