//! What an idle reader costs the server in memory, with the server as a process of its own.
#![cfg(target_os = "linux")] // where the system tells how much memory a process has

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[path = "support/server.rs"]
mod server;
use server::Server;

/// So few that the usual limit of 1024 open files is enough.
const READERS: u64 = 400;
/// Before anything is measured: what the first connections need is needed once.
const FIRST: u64 = 50;

impl Server {
    /// A reader that has heard the one post that there is.
    fn reader(&self, request: &str) -> TcpStream {
        let mut tcp = TcpStream::connect(&self.address).expect("it listens");
        let head = format!("GET {request}\r\nHost: {}\r\n\r\n", self.address);
        tcp.write_all(head.as_bytes()).expect("it reads");
        let mut heard = Vec::new();
        while !heard.ends_with(b"}") && !heard.ends_with(b"}\n\n\r\n") {
            let mut piece = [0; 1024];
            let read = tcp.read(&mut piece).expect("it answers");
            assert!(read > 0, "{}", String::from_utf8_lossy(&heard));
            heard.extend(&piece[..read]);
        }
        tcp
    }

    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.parse::<u64>().ok())
            .expect("the resident memory")
            * 1024
    }

    /// Bytes for each of many readers that ask like this.
    fn cost_of_a_reader(&self, request: &str) -> u64 {
        let _first: Vec<_> = (0..FIRST).map(|_| self.reader(request)).collect();
        let before = self.memory();
        let _readers: Vec<_> = (0..READERS).map(|_| self.reader(request)).collect();
        self.memory().saturating_sub(before) / READERS
    }
}

fn post_one(server: &Server) {
    let mut tcp = TcpStream::connect(&server.address).expect("it listens");
    let body = r#"{"text":"one"}"#;
    let request = format!(
        "POST /feed HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    tcp.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn an_idle_reader_of_a_websocket_costs_less_than_8_kib() {
    let server = Server::start();
    post_one(&server);
    let upgrade = "/feed/ws?after=0 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let bytes = server.cost_of_a_reader(upgrade);
    assert!(bytes < 8 * 1024, "{bytes} bytes");
}

#[test]
fn an_idle_reader_of_a_stream_costs_what_hyper_needs_and_little_more() {
    let server = Server::start();
    post_one(&server);
    // hyper keeps a buffer of 8 KiB to read into and one to write from, as long as a response lasts.
    let bytes = server.cost_of_a_reader("/feed/events?after=0 HTTP/1.1");
    assert!(bytes < 32 * 1024, "{bytes} bytes");
}

#[test]
fn a_reader_that_left_costs_nothing() {
    let server = Server::start();
    post_one(&server);
    let request = "/feed/events?after=0 HTTP/1.1";
    let open_files = || {
        let folder = format!("/proc/{}/fd", server.process.id());
        fs::read_dir(folder).expect("it runs").count()
    };
    let before = open_files();
    let readers: Vec<_> = (0..READERS).map(|_| server.reader(request)).collect();
    assert!(open_files() >= before + readers.len());
    drop(readers);
    let end = Instant::now() + Duration::from_secs(20);
    while open_files() > before {
        assert!(
            Instant::now() < end,
            "connections that ended are still there"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
