//! The server as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends with the test, however that ends.
pub(crate) struct Server {
    pub(crate) process: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_push-solution"))
            .env("PORT", "0")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server was built");
        let log = process.stderr.take().expect("it is piped");
        let mut line = String::new();
        let mut log = BufReader::new(log);
        log.read_line(&mut line).expect("it says where it listens");
        let address = line.trim().strip_prefix("push: http://");
        let address = address.expect("an address").to_owned();
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
