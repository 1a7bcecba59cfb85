//! Whatever a server does, nothing of it is left.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use checker::server::{Exit, RunningServer, StartFailure};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::support::{BEHAVIOUR, GENEROUS, ROLL, Roll, command, options, start, start_ok};

/// How many processes answer for "leave descendants": the server, a child, and where the system lets the supervisor find them
/// two that were forked twice with sessions of their own, each after a process in between that has ended.
const FAMILY: usize = if cfg!(target_os = "linux") { 6 } else { 2 };

/// Starts `behaviour` and waits until `present` processes are there.
async fn start_on(mut roll: Roll, behaviour: &str, present: usize) -> (RunningServer, Roll) {
    let mut options = options(behaviour);
    roll.add_to(&mut options);
    let server = start_ok(&options).await;
    roll.await_present(present).await;
    (server, roll)
}

#[tokio::test]
async fn stop_ends_every_descendant() {
    let (server, roll) = start_on(Roll::new(), "leave descendants", FAMILY).await;
    server.stop().await;
    roll.await_gone().await;
}

#[tokio::test]
async fn to_drop_a_server_ends_every_descendant() {
    let (server, roll) = start_on(Roll::new(), "leave descendants", FAMILY).await;
    drop(server);
    roll.await_gone().await;
}

#[tokio::test]
async fn whatever_ends_the_checker_ends_every_descendant_and_removes_its_folder() {
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP] {
        let mut roll = Roll::new();
        let command = command();
        let temporary = tempfile::tempdir().unwrap();
        let mut checker = Command::new(command.program)
            .args(command.args)
            .env(BEHAVIOUR, "check")
            .env(ROLL, roll.address())
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        // The checker answers too.
        roll.await_present(FAMILY + 1).await;
        assert_eq!(files_in(temporary.path()), 1);
        // To the whole group, as a terminal does on Ctrl-C.
        kill_process_group(Pid::from_child(&checker), signal).unwrap();
        // With a deadline: where these tests run with INT ignored, as in a script's background, the checker ignores it too.
        until(|| checker.try_wait().unwrap().is_some()).await;
        roll.await_gone().await;
        until(|| files_in(temporary.path()) == 0).await;
    }
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + GENEROUS;
    while !condition() {
        assert!(Instant::now() < deadline, "it goes on for {GENEROUS:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_supervisor_outlives_the_signals_that_end_others() {
    let (server, roll) = start_on(Roll::new(), "leave descendants", FAMILY).await;
    let me = std::process::id();
    let supervisor = supervisor_of(me, server.address().port());
    // `pkill checker` passes it by.
    let name = std::fs::read_to_string(format!("/proc/{supervisor}/comm")).unwrap();
    assert_eq!(name, "supervisor\n");
    for signal in ["-INT", "-TERM", "-HUP", "-QUIT"] {
        let status = Command::new("kill")
            .args([signal, &supervisor])
            .status()
            .unwrap();
        assert!(status.success());
    }
    server.stop().await;
    roll.await_gone().await;
}

/// The child of this process whose environment has this port.
#[cfg(target_os = "linux")]
fn supervisor_of(parent: u32, port: u16) -> String {
    let wanted = format!("PORT={port}");
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let path = entry.path();
        let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
        let environment = std::fs::read(path.join("environ")).unwrap_or_default();
        if status
            .lines()
            .any(|line| line == format!("PPid:\t{parent}"))
            && environment
                .split(|&byte| byte == 0)
                .any(|entry| entry == wanted.as_bytes())
        {
            return entry.file_name().into_string().unwrap();
        }
    }
    panic!("no supervisor");
}

#[tokio::test]
async fn a_server_that_ignores_sigterm_is_stopped() {
    let (server, roll) = start_on(Roll::new(), "ignore SIGTERM", 1).await;
    server.stop().await;
    roll.await_gone().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_keeps_forking_is_stopped() {
    let (server, roll) = start_on(Roll::new(), "fork without end", 20).await;
    server.stop().await;
    roll.await_gone().await;
}

#[tokio::test]
async fn a_server_that_kills_its_supervisor_ends_with_it() {
    let (server, roll) = start_on(Roll::new(), "kill the parent", 1).await;
    assert_eq!(server.exited().await, Exit::Signal(9));
    server.stop().await;
    roll.await_gone().await;
}

#[tokio::test]
async fn a_server_that_ends_later_is_noticed_and_its_last_words_kept() {
    let server = start_ok(&options("exit when asked")).await;
    assert_eq!(server.exit(), None);
    let mut client = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut client, b"exit\n")
        .await
        .unwrap();
    drop(client);
    assert_eq!(server.exited().await, Exit::Code(7));
    assert_eq!(server.exit(), Some(Exit::Code(7)));
    let log = server.stop().await;
    assert!(
        log.lines.iter().any(|line| line.text == "goodbye"),
        "{log:?}"
    );
}

#[tokio::test]
async fn an_orphan_that_holds_the_output_open_does_not_delay_the_verdict() {
    let roll = Roll::new();
    let mut options = options("hand over to an orphan and exit");
    roll.add_to(&mut options);
    match start(&options).await {
        Err(StartFailure::Exited { exit, log }) => {
            assert_eq!(exit, Exit::Code(0));
            assert!(
                log.lines.iter().any(|line| line.text == "handed over"),
                "{log:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    roll.await_gone().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_servers_at_once_start_and_leave_nothing() {
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..50 {
        starting.spawn(start_on(Roll::new(), "serve", 1));
    }
    let running = starting.join_all().await;
    let mut ports: Vec<_> = running
        .iter()
        .map(|(server, _)| server.address().port())
        .collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 50);

    let mut stopping = tokio::task::JoinSet::new();
    for (server, roll) in running {
        stopping.spawn(async move {
            server.stop().await;
            roll
        });
    }
    for roll in stopping.join_all().await {
        roll.await_gone().await;
    }
}
