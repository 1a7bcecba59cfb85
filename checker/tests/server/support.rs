//! Starting this test executable again as a server that misbehaves.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use checker::server::{RunningServer, ServerCommand, StartFailure, StartOptions, set_supervisor};

/// The variable that says how to misbehave.
pub(crate) const BEHAVIOUR: &str = "BEHAVIOUR";
/// The variable with the address of a [`Roll`].
pub(crate) const ROLL: &str = "ROLL";

/// Far more than anything takes; only a failing test waits so long.
pub(crate) const GENEROUS: Duration = Duration::from_secs(30);

/// The command that runs this executable's test `server_process`, which does what [`BEHAVIOUR`] says.
pub(crate) fn command() -> ServerCommand {
    set_supervisor(PathBuf::from(env!("CARGO_BIN_EXE_checker")));
    let args = [
        "misbehaving::server_process",
        "--exact",
        "--nocapture",
        "--quiet",
    ];
    ServerCommand {
        program: std::env::current_exe().unwrap(),
        args: args.iter().map(OsString::from).collect(),
    }
}

pub(crate) fn options(behaviour: &str) -> StartOptions {
    StartOptions {
        env: BTreeMap::from([(BEHAVIOUR.to_owned(), behaviour.to_owned())]),
        ready_within: GENEROUS,
    }
}

pub(crate) async fn start(options: &StartOptions) -> Result<RunningServer, StartFailure> {
    checker::server::start(&command(), options).await
}

pub(crate) async fn start_ok(options: &StartOptions) -> RunningServer {
    match start(options).await {
        Ok(server) => server,
        Err(failure) => panic!("{failure}\n{failure:#?}"),
    }
}

/// Tells when processes are gone: each one of interest holds a connection to it, which the system ends with the process.
pub(crate) struct Roll {
    listener: TcpListener,
    present: Vec<TcpStream>,
}

impl Roll {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            listener,
            present: Vec::new(),
        }
    }

    pub(crate) fn add_to(&self, options: &mut StartOptions) {
        let address = self.listener.local_addr().unwrap().to_string();
        options.env.insert(ROLL.to_owned(), address);
    }

    /// Waits until as many processes have answered the roll.
    pub(crate) fn await_present(&mut self, count: usize) {
        while self.present.len() < count {
            let (mut stream, _) = self.listener.accept().unwrap();
            stream.set_read_timeout(Some(GENEROUS)).unwrap();
            stream.read_exact(&mut [0]).unwrap();
            self.present.push(stream);
        }
    }

    /// Panics if one of those present has not ended in time.
    pub(crate) fn await_gone(self) {
        let deadline = Instant::now() + GENEROUS;
        for mut stream in self.present {
            let left = deadline.saturating_duration_since(Instant::now());
            stream
                .set_read_timeout(Some(left.max(Duration::from_millis(1))))
                .unwrap();
            match stream.read(&mut [0]) {
                Ok(0) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
                other => panic!("a process lives on: {other:?}"),
            }
        }
    }
}

/// Called by a process to be on the roll; it stays there as long as it keeps what is returned.
pub(crate) fn answer_the_roll() -> Option<TcpStream> {
    let address = std::env::var(ROLL).ok()?;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"p").unwrap();
    Some(stream)
}
