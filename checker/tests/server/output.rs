//! What becomes of what a server writes, and of where it runs.

use std::time::{Duration, Instant};

use checker::server::{Log, RunningServer};

use crate::support::{GENEROUS, options, start_ok};

/// Watches the log until `enough`.
async fn log_when(server: &RunningServer, enough: impl Fn(&Log) -> bool) -> Log {
    let deadline = Instant::now() + GENEROUS;
    loop {
        let log = server.log();
        if enough(&log) {
            return log;
        }
        assert!(
            Instant::now() < deadline,
            "{} lines, {} bytes dropped",
            log.lines.len(),
            log.dropped_bytes
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn size(log: &Log) -> usize {
    log.lines.iter().map(|line| line.text.len()).sum()
}

#[tokio::test]
async fn a_flood_is_bounded_counted_and_taken_for_nothing_else() {
    let server = start_ok(&options("flood")).await;
    let log = log_when(&server, |log| log.dropped_bytes > 64 << 20).await;
    assert!(size(&log) <= 16 << 20);
    assert_eq!(server.exit(), None);
    let asked = Instant::now();
    let log = server.stop().await;
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
    assert!(size(&log) <= 16 << 20);
}

#[tokio::test]
async fn a_line_without_end_is_cut_and_the_cut_counted() {
    let server = start_ok(&options("write a line without end")).await;
    let log = server.stop().await;
    assert!(size(&log) <= 17 << 20);
    let written = (100 << 20) as u64;
    assert!(
        log.dropped_bytes + size(&log) as u64 >= written,
        "{}",
        log.dropped_bytes
    );
}

#[tokio::test]
async fn what_is_not_utf_8_is_replaced_and_the_rest_kept() {
    let server = start_ok(&options("write invalid UTF-8")).await;
    let log = server.stop().await;
    assert!(
        log.lines
            .iter()
            .any(|line| line.text == "caf\u{fffd} \u{fffd}"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_panic_in_a_thread_is_found_in_the_log_of_a_server_that_lives_on() {
    let server = start_ok(&options("panic in a thread")).await;
    assert_eq!(server.exit(), None);
    let log = server.stop().await;
    let panics = log.panics();
    assert_eq!(panics.len(), 1, "{log:?}");
    assert_eq!(panics[0].message, "no such room:\n\"lobby\"");
    assert!(
        panics[0].location.contains("misbehaving.rs:"),
        "{}",
        panics[0].location
    );
}

#[tokio::test]
async fn a_server_sees_a_small_environment_and_a_fresh_folder_that_is_removed() {
    let mut options = options("print the environment");
    options
        .env
        .insert("HISTORY_LIMIT".to_owned(), "50".to_owned());
    options.env.insert("PORT".to_owned(), "1".to_owned());
    let server = start_ok(&options).await;
    let port = server.address().port();
    let log = server.stop().await;

    let line = |start: &str| {
        log.lines
            .iter()
            .find_map(|line| line.text.strip_prefix(start))
    };
    assert_eq!(line("PORT="), Some(port.to_string().as_str()));
    assert_eq!(line("HISTORY_LIMIT="), Some("50"));
    let known = [
        "PATH",
        "HOME",
        "TMPDIR",
        "PORT",
        "HISTORY_LIMIT",
        crate::support::BEHAVIOUR,
    ];
    for (name, _) in log
        .lines
        .iter()
        .filter_map(|line| line.text.split_once('='))
    {
        assert!(known.contains(&name), "{name}");
    }
    let folder = line("in ").unwrap();
    assert!(!std::path::Path::new(folder).exists(), "{folder}");
}
