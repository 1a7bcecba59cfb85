//! The server as a process of its own.
#![allow(dead_code, reason = "each test uses its part")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends with the test, however that ends.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it, with these settings, and waits until it listens.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lifecycle-solution"))
            .env("PORT", "0")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server was built");
        let log = child.stderr.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(log)
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line.trim().strip_prefix("lifecycle: http://");
        Self {
            address: address.expect("an address").to_owned(),
            child,
        }
    }

    /// Where a path of it is, for a WebSocket.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status();
        assert!(killed.expect("there is a kill").success());
    }

    /// Waits for its end.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.child.wait().expect("it was started here").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
