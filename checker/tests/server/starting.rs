//! What becomes of servers that do not start as they should.

#[cfg(target_os = "linux")]
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use checker::server::{Exit, Log, ServerCommand, StartFailure, Stream};

use crate::support::{options, start, start_ok};

fn says(log: &Log, stream: Stream, text: &str) -> bool {
    log.lines
        .iter()
        .any(|line| line.stream == stream && line.text == text)
}

#[tokio::test]
async fn a_server_that_serves_is_started_and_stopped() {
    let server = start_ok(&options("serve")).await;
    assert!(server.address().ip().is_loopback());
    assert_eq!(server.exit(), None);
    server.stop().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_is_not_started() {
    let command = ServerCommand {
        program: PathBuf::from("no-such-program"),
        args: Vec::new(),
    };
    // It sets the supervisor.
    crate::support::command();
    match checker::server::start(&command, &options("serve")).await {
        Err(failure @ StartFailure::NotStarted { .. }) => {
            let said = failure.to_string();
            assert!(
                said.starts_with("cannot run `no-such-program`: No such file"),
                "{said}"
            );
            assert!(
                said.ends_with("check the spelling, and that the program is installed"),
                "{said}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_exits_at_once_is_reported_with_status_and_last_lines() {
    match start(&options("exit at once")).await {
        Err(StartFailure::Exited { exit, log }) => {
            assert_eq!(exit, Exit::Code(3));
            assert!(
                says(&log, Stream::Out, "the last line on stdout"),
                "{log:?}"
            );
            assert!(
                says(&log, Stream::Err, "the last line on stderr"),
                "{log:?}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_dies_of_a_signal_is_reported_with_the_signal() {
    match start(&options("die of a signal")).await {
        Err(StartFailure::Exited { exit, .. }) => {
            assert_eq!(exit.to_string(), "killed by signal 6 (SIGABRT)");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_never_listens_is_given_up_in_time() {
    let mut options = options("never listen");
    options.ready_within = Duration::from_millis(500);
    match start(&options).await {
        Err(StartFailure::NeverListened { waited, .. }) => assert_eq!(waited, options.ready_within),
        other => panic!("{other:?}"),
    }
}

#[cfg(target_os = "linux")]
async fn found_elsewhere(behaviour: &str) -> (SocketAddr, Vec<SocketAddr>, String) {
    let mut options = options(behaviour);
    options.ready_within = Duration::from_secs(2);
    match start(&options).await {
        Err(failure) => {
            let said = failure.to_string();
            match failure {
                StartFailure::ListensElsewhere {
                    expected, found, ..
                } => (expected, found, said),
                other => panic!("{other:?}"),
            }
        }
        Ok(server) => panic!("{server:?}"),
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_on_another_port_is_told_to_read_port() {
    let (expected, found, said) = found_elsewhere("listen on another port").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].ip(), expected.ip());
    assert_ne!(found[0].port(), expected.port());
    assert!(
        said.ends_with("read the port from the environment variable PORT"),
        "{said}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_on_another_address_only_is_told_to_bind_to_127_0_0_1() {
    let (expected, found, said) = found_elsewhere("listen on another address").await;
    assert_eq!(
        found,
        [SocketAddr::new([127, 0, 0, 2].into(), expected.port())]
    );
    assert!(said.ends_with("bind to the address 127.0.0.1"), "{said}");
}

#[tokio::test]
async fn a_server_on_all_addresses_is_fine() {
    start_ok(&options("listen on all addresses"))
        .await
        .stop()
        .await;
}

#[tokio::test]
async fn a_server_that_cannot_bind_over_the_reservation_is_started_without_it() {
    start_ok(&options("listen without SO_REUSEADDR"))
        .await
        .stop()
        .await;
}
