//! Starting this test executable again as a server that misbehaves.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use checker::server::{RunningServer, ServerCommand, StartFailure, StartOptions, set_supervisor};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

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
    address: SocketAddr,
    arrivals: mpsc::UnboundedReceiver<TcpStream>,
    present: Vec<TcpStream>,
}

impl Roll {
    pub(crate) fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let (arrived, arrivals) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if arrived.send(stream).is_err() {
                    break;
                }
            }
        });
        Self {
            address,
            arrivals,
            present: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn add_to(&self, options: &mut StartOptions) {
        options.env.insert(ROLL.to_owned(), self.address());
    }

    /// Waits until as many processes have answered the roll.
    pub(crate) async fn await_present(&mut self, count: usize) {
        while self.present.len() < count {
            let arrival = timeout(GENEROUS, self.arrivals.recv()).await;
            let arrival = arrival.unwrap_or_else(|_| panic!("only {} came", self.present.len()));
            self.present.push(arrival.unwrap());
        }
    }

    /// Panics if one of those who came, waited for or not, has not ended in time.
    pub(crate) async fn await_gone(mut self) {
        while let Ok(late) = self.arrivals.try_recv() {
            self.present.push(late);
        }
        for mut stream in self.present {
            let ended = timeout(GENEROUS, stream.read(&mut [0])).await;
            assert!(
                matches!(ended, Ok(Ok(0) | Err(_))),
                "a process lives on: {ended:?}"
            );
        }
    }
}

/// Called by a process to be on the roll; it stays there as long as it keeps what is returned.
pub(crate) fn answer_the_roll() -> Option<std::net::TcpStream> {
    let address = std::env::var(ROLL).ok()?;
    Some(std::net::TcpStream::connect(address).unwrap())
}
