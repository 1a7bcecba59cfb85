//! What an idle connection costs, with the server as a process of its own.
#![cfg(target_os = "linux")] // where the system tells how much memory a process has

mod process;

use std::fs;

use process::Server;
use tokio_tungstenite::connect_async;

const CONNECTIONS: u64 = 400;
const BOUND_KIB: u64 = 8;

#[tokio::test]
async fn an_idle_connection_costs_less_than_8_kib() {
    let server = Server::start(&[]);
    let mut sockets = Vec::new();
    let mut open = async |count| {
        for _ in 0..count {
            let opened = connect_async(server.url("/echo")).await;
            sockets.push(opened.expect("it listens"));
        }
    };
    // What the first ones cost is the server's own.
    open(50).await;
    let before = resident_kib(server.id());
    open(CONNECTIONS).await;
    let each = (resident_kib(server.id()) - before).div_ceil(CONNECTIONS);
    assert!(each < BOUND_KIB, "an idle connection costs {each} KiB");
}

fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|resident| resident.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok())
        .expect("its resident memory")
}
