//! `given`, `for`, `in any order`, `together`, variables and what they are worth where.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use checker::run::FailureKind::{Missing, Repeated, TooLate};
use checker::run::Outcome;

use crate::support::*;

const GIVEN: &str = r#"
# Page

## First {#first points=1}

```transcript
alice connects /
alice <- {"id": $id}
alice never <- {"id": "second"}
```

## Second {#second points=1}

```transcript
given first
alice <- {"id": "second"}
alice -> {"id": $id}
alice <- {"echo": {"id": $id}}
```
"#;

fn echoing(first: &'static str) -> impl Future<Output = Server> {
    Server::upgrading(move |mut peer| async move {
        peer.text(first).await;
        peer.text(r#"{"id":"second"}"#).await;
        while let Some(text) = peer.receive_text().await {
            peer.text(&format!(r#"{{"echo":{text}}}"#)).await;
        }
        peer
    })
}

#[tokio::test]
async fn given_keeps_bindings_and_connections_and_drops_prohibitions() {
    play(GIVEN, &echoing(r#"{"id":"first"}"#).await)
        .await
        .passes();
}

#[tokio::test]
async fn what_fails_inside_given_makes_the_check_not_run() {
    let played = play(GIVEN, &echoing(r#"{"no":"id"}"#).await).await;
    // The second message binds, so what is missing is missing in the second part.
    assert_eq!(played.outcome, Outcome::Failed);
    let played = play(GIVEN, &Server::greeting(&["{}"]).await).await;
    let because = "first".to_owned();
    assert_eq!(played.outcome, Outcome::NotRun { because });
}

#[tokio::test]
async fn any_order_finds_the_assignment_that_taking_the_first_would_miss() {
    // Greedily, the first line would take the message that only the second can have.
    let server = Server::greeting(&[r#"{"a":1,"b":2}"#, r#"{"a":1}"#]).await;
    play(
        "alice connects /\nin any order:\n  alice <- {\"a\": 1, ...}\n  alice <- {\"a\": 1, \"b\": 2}",
        &server,
    )
    .await
    .passes();
    let failed = play(
        "alice connects /\nin any order:\n  alice <- {\"b\": 2, ...}\n  alice <- {\"a\": 1, \"b\": 2}",
        &server,
    )
    .await;
    failed.fails(Missing, "alice <- {\"a\": 1, \"b\": 2}");
    assert!(
        failed
            .because()
            .contains("what matches it is needed by the other lines")
    );
}

#[tokio::test]
async fn bindings_agree_over_the_lines_of_any_order() {
    let texts: &[&str] = &[r#"{"x":1}"#, r#"{"x":2}"#, r#"{"y":2}"#];
    let script = "alice connects /\nin any order:\n  alice <- {\"x\": $v}\n  alice <- {\"y\": $v}";
    play(script, &Server::greeting(texts).await).await.passes();
    let failed = play(
        script,
        &Server::greeting(&[r#"{"x":1}"#, r#"{"y":2}"#]).await,
    )
    .await;
    failed.fails(Missing, "alice <- {\"y\": $v}");
}

#[tokio::test]
async fn exactly_once_holds_inside_any_order() {
    let script = "alice connects /\nin any order:\n  alice <- {\"a\": 1} exactly once\n  alice <- {\"b\": 1}";
    let once = Server::greeting(&[r#"{"b":1}"#, r#"{"a":1}"#]).await;
    play(script, &once).await.passes();
    let twice = Server::greeting(&[r#"{"a":1}"#, r#"{"b":1}"#, r#"{"a":1}"#]).await;
    play(script, &twice)
        .await
        .fails(Repeated, "alice <- {\"a\": 1} exactly once");
}

#[tokio::test]
async fn a_bound_of_one_line_does_not_cut_the_wait_of_another() {
    let server = Server::upgrading(async |mut peer| {
        peer.text(r#"{"a":1}"#).await;
        peer.stay_for(Duration::from_millis(400)).await;
        peer.text(r#"{"b":1}"#).await;
        peer
    })
    .await;
    let script = "alice connects /\nin any order:\n  alice <- {\"a\": 1} within 200ms\n  alice <- {\"b\": 1}";
    play(script, &server).await.passes();
    let script = "alice connects /\nin any order:\n  alice <- {\"a\": 1}\n  alice <- {\"b\": 1} within 200ms";
    play(script, &server)
        .await
        .fails(TooLate, "alice <- {\"b\": 1} within 200ms");
}

#[tokio::test]
async fn any_order_fails_at_once_when_no_more_can_come() {
    let server = Server::upgrading(async |mut peer| {
        peer.text(r#"{"a":1}"#).await;
        peer.frame(CLOSE, 1000_u16.to_be_bytes()).await;
        peer
    })
    .await;
    let began = Instant::now();
    let script = "alice connects /\nin any order:\n  alice <- {\"a\": 1}\n  alice <- {\"a\": any}";
    play(script, &server)
        .await
        .fails(Missing, "alice <- {\"a\": any}");
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn together_lets_clients_wait_for_each_other_and_keeps_the_order_of_each() {
    // Whoever speaks first is answered only when the other has spoken.
    let waiting: Arc<Mutex<Vec<tokio::sync::oneshot::Sender<()>>>> = Arc::default();
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let all = Arc::clone(&heard);
    let server = Server::upgrading(move |mut peer| {
        let (waiting, heard) = (Arc::clone(&waiting), Arc::clone(&heard));
        async move {
            let number = peer.number;
            while let Some(text) = peer.receive_text().await {
                heard.lock().unwrap().push(format!("{number}{text}"));
                if text != "ready" {
                    peer.text("heard").await;
                    continue;
                }
                let (other, both) = {
                    let mut waiting = waiting.lock().unwrap();
                    let (tell, both) = tokio::sync::oneshot::channel();
                    match waiting.pop() {
                        Some(other) => (Some(other), None),
                        None => {
                            waiting.push(tell);
                            (None, Some(both))
                        }
                    }
                };
                if let Some(other) = other {
                    other.send(()).unwrap();
                }
                if let Some(both) = both {
                    both.await.unwrap();
                }
                peer.text(&format!(r#"{{"id":"{number}"}}"#)).await;
            }
            peer
        }
    })
    .await;
    let script = r#"
alice connects /
bob connects /
together:
  alice -> text "ready"
  alice <- {"id": $a}
  alice -> text "done"
  bob -> text "ready"
  bob <- {"id": $b}
  bob -> text "done"
alice <- text "heard"
bob <- text "heard"
alice -> {"a": $a, "b": $b}
alice <- text "heard"
"#;
    play(script, &server).await.passes();
    let heard = all.lock().unwrap().clone();
    for number in ["0", "1"] {
        let own: Vec<_> = heard
            .iter()
            .filter(|text| text.starts_with(number))
            .collect();
        assert_eq!(
            own[..2],
            [&format!("{number}ready"), &format!("{number}done")]
        );
    }
    assert!(
        heard.contains(&r#"0{"a":"0","b":"1"}"#.to_owned()),
        "{heard:?}"
    );
}

#[tokio::test]
async fn for_runs_over_values_and_ranges_and_its_variables_are_local_to_a_turn() {
    // Each answer has another id, so that one binding for all turns would not do.
    let server = Server::upgrading(async |mut peer| {
        let mut id = 0;
        while let Some(text) = peer.receive_text().await {
            id += 1;
            peer.text(&format!(r#"{{"got":{text},"id":{id}}}"#)).await;
        }
        peer
    })
    .await;
    for list in ["1..3", r#"["a", null, {"k": [1]}]"#] {
        let script = format!(
            r#"
alice connects /
for $x in {list}:
  alice -> {{"x": $x}}
  alice <- {{"got": {{"x": $x}}, "id": $id}}
  alice -> [$id]
  alice <- {{"got": [$id], "id": > 1}}
"#
        );
        let played = play(&script, &server).await;
        assert_eq!(played.passes().transcript.exchanges().count(), 1 + 3 * 5);
    }
}

#[tokio::test]
async fn a_failure_in_a_turn_names_the_item() {
    let server = Server::upgrading(async |mut peer| {
        while let Some(text) = peer.receive_text().await {
            if text != "[\"two\"]" {
                peer.text(&text).await;
            }
        }
        peer
    })
    .await;
    let script = "alice connects /\nfor $x in [\"one\", \"two\", \"three\"]:\n  alice -> [$x]\n  alice <- [$x]";
    let failed = play(script, &server).await;
    failed.fails(Missing, "alice <- [$x]");
    let lines: Vec<_> = failed
        .transcript
        .exchanges()
        .map(|e| e.text.as_str())
        .collect();
    assert_eq!(
        lines[4..],
        [
            "for $x = \"two\":",
            "alice -> [\"two\"]",
            "alice <- [\"two\"]"
        ]
    );
}

#[tokio::test]
async fn a_for_can_be_bound_in_time_as_a_whole() {
    let server = Server::upgrading(async |mut peer| {
        for n in 0..5 {
            peer.stay_for(Duration::from_millis(50)).await;
            peer.text(&format!("[{n}]")).await;
        }
        peer
    })
    .await;
    play(
        "alice connects /\nfor $n in 0..4 within 200ms..1s:\n  alice <- [$n]",
        &server,
    )
    .await
    .passes();
    play(
        "alice connects /\nfor $n in 0..4 within 100ms:\n  alice <- [$n]",
        &server,
    )
    .await
    .fails(TooLate, "for $n in 0..4");
}

#[tokio::test]
async fn random_values_depend_on_seed_check_and_name_only() {
    let server = Server::greeting(&[]).await;
    let text = |script: &'static str| {
        let server = &server;
        async move {
            let played = play(script, server).await;
            played.passes().line("alice -> text").text.clone()
        }
    };
    let one = text("let $x = word\nalice connects /\nalice -> text $x").await;
    let other =
        text("let $y = word\nlet $x = word\nalice connects /\nalice -> text $x\nalice -> [$y]")
            .await;
    assert_eq!(one, other);
}
