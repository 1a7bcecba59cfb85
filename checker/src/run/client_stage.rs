//! Where the submission is a client: the server that the script plays, and the client's program.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::actor::{OpenRequest, ScriptedServer};
use crate::server::{RunningProgram, ServerCommand, StartFailure};

/// The variable with the WebSocket URL of the scripted server.
pub const SERVER_URL: &str = "SERVER_URL";
/// The variable with its HTTP URL.
pub const SERVER_HTTP_URL: &str = "SERVER_HTTP_URL";

/// A scripted server and a client program that has not been started yet.
#[derive(Debug)]
pub struct ClientStage {
    pub(super) server: tokio::sync::Mutex<ScriptedServer>,
    address: SocketAddr,
    command: ServerCommand,
    env: BTreeMap<String, String>,
    program: OnceCell<RunningProgram>,
    not_started: Mutex<Option<StartFailure>>,
    /// How many lines of its standard output have been dealt with.
    pub(super) printed: Mutex<usize>,
    /// The request that the script has received and not answered.
    pub(super) request: Mutex<Option<OpenRequest>>,
}

impl ClientStage {
    /// A stage whose server is up. The program gets its URLs in [`SERVER_URL`] and [`SERVER_HTTP_URL`], besides `env`.
    ///
    /// # Errors
    ///
    /// When the system has no port.
    pub fn new(command: ServerCommand, mut env: BTreeMap<String, String>) -> io::Result<Self> {
        let server = ScriptedServer::start()?;
        let address = server.address();
        env.insert(SERVER_URL.to_owned(), format!("ws://{address}"));
        env.insert(SERVER_HTTP_URL.to_owned(), format!("http://{address}"));
        Ok(Self {
            server: tokio::sync::Mutex::new(server),
            address,
            command,
            env,
            program: OnceCell::new(),
            not_started: Mutex::new(None),
            printed: Mutex::new(0),
            request: Mutex::new(None),
        })
    }

    /// Where the scripted server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The program, which is started when it is first asked for. Nothing if it could not be started.
    pub(super) async fn program(&self) -> Option<&RunningProgram> {
        let started = self.program.get_or_try_init(|| async {
            RunningProgram::start_with_input(&self.command, &self.env).await
        });
        match started.await {
            Ok(program) => Some(program),
            Err(failure) => {
                *locked(&self.not_started) = Some(failure);
                None
            }
        }
    }

    pub(super) fn is_started(&self) -> bool {
        self.program.initialized()
    }

    /// The program, to be ended; or why there is none.
    pub fn into_program(self) -> Result<Option<RunningProgram>, StartFailure> {
        let not_started = self.not_started.into_inner();
        match not_started.unwrap_or_else(PoisonError::into_inner) {
            Some(failure) => Err(failure),
            None => Ok(self.program.into_inner()),
        }
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
