//! The servers that are measured.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use checker::server::{
    RunningServer, ServerCommand, StartOptions, build_in_place, package_of, start,
};
use groundwork::{Tokens, User};

use crate::LoadError;

/// Signs the tokens of a measurement; it never leaves this machine.
const SECRET: &str = "only for measuring";
/// A debug server starts in milliseconds; a machine may be busy.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A server that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its folder in `solutions/`.
    pub folder: &'static str,
    /// Where WebSockets are opened, with what must be asked there.
    path: &'static str,
    /// Whether it wants a token.
    signs_in: bool,
    /// Whether it has rooms.
    pub has_rooms: bool,
}

/// The solutions that hold WebSockets open.
const SERVICES: [Service; 6] = [
    Service {
        folder: "01-push",
        path: "/feed/ws?after=0",
        signs_in: false,
        has_rooms: false,
    },
    Service {
        folder: "02-lifecycle",
        path: "/echo",
        signs_in: false,
        has_rooms: false,
    },
    Service {
        folder: "03-chat",
        path: "/ws",
        signs_in: true,
        has_rooms: false,
    },
    Service {
        folder: "04-rooms",
        path: "/ws",
        signs_in: true,
        has_rooms: true,
    },
    Service {
        folder: "06-namespaces",
        path: "/ws",
        signs_in: true,
        has_rooms: false,
    },
    Service {
        folder: "07-uploads",
        path: "/ws",
        signs_in: false,
        has_rooms: false,
    },
];

/// The collaborative editor, which is measured by those who type in it.
pub const EDITOR: Service = Service {
    folder: "13-editor",
    path: "/ws",
    signs_in: true,
    has_rooms: false,
};

/// Those of the solutions that hold WebSockets open which this course has.
pub fn services(course: &Path) -> Vec<Service> {
    let mut services = SERVICES.to_vec();
    services.retain(|service| course.join("solutions").join(service.folder).exists());
    services
}

/// What the solutions are compared with: axum's WebSockets as they are when nothing is set.
pub const BASELINE: Service = Service {
    folder: "baseline",
    path: "/",
    signs_in: false,
    has_rooms: false,
};

impl Service {
    /// Whether this is its name: `rooms`, or `04-rooms`.
    pub fn is_called(&self, name: &str) -> bool {
        let (_, short) = self.folder.split_once('-').unwrap_or_default();
        self.folder == name || short == name
    }

    /// Builds and starts it. `baseline` is the command that runs [`baseline`].
    ///
    /// # Errors
    ///
    /// When it does not build or does not start.
    pub async fn start(
        &self,
        course: &Path,
        baseline: &ServerCommand,
    ) -> Result<Started, LoadError> {
        self.start_with(course, baseline, Vec::new()).await
    }

    /// As [`start`](Self::start), with more in its environment.
    ///
    /// # Errors
    ///
    /// When it does not build or does not start.
    pub async fn start_with(
        &self,
        course: &Path,
        baseline: &ServerCommand,
        more: Vec<(String, String)>,
    ) -> Result<Started, LoadError> {
        let command = if *self == BASELINE {
            baseline.clone()
        } else {
            let package = package_of(&course.join("solutions").join(self.folder))?;
            let built = build_in_place(course, &package, &[], false, &|_| ()).await?;
            built.program(None)?
        };
        let mut env = BTreeMap::from([("JWT_SECRET".to_owned(), SECRET.to_owned())]);
        env.extend(more);
        let options = StartOptions {
            env,
            ready_within: READY_WITHIN,
        };
        Ok(Started {
            service: *self,
            server: start(&command, &options).await?,
        })
    }
}

/// A server that is being measured.
#[derive(Debug)]
pub struct Started {
    service: Service,
    server: RunningServer,
}

impl Started {
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where this user connects.
    pub(crate) fn url(&self, user: &str) -> Result<String, LoadError> {
        let Service { path, signs_in, .. } = self.service;
        let address = self.address();
        if !signs_in {
            return Ok(format!("ws://{address}{path}"));
        }
        let token = self.token(user)?;
        Ok(format!("ws://{address}{path}?token={token}"))
    }

    /// This user's token.
    pub(crate) fn token(&self, user: &str) -> Result<String, LoadError> {
        let user = User {
            id: format!("user:{user}"),
            username: user.to_owned(),
        };
        let token = Tokens::new(SECRET.to_owned()).issue(&user);
        token.ok_or_else(|| LoadError::Answer("no token was issued".to_owned()))
    }

    /// The server's resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64, LoadError> {
        let process = self.server.process_id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).map_err(|_| {
            LoadError::Needs("/proc, which tells how much memory is used".to_owned())
        })?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        line.and_then(|kib| kib.trim().parse().ok())
            .ok_or_else(|| LoadError::Answer("the server has ended".to_owned()))
    }

    /// Ends it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Serves an echo with axum's own settings on the port in `PORT`, for ever.
///
/// # Errors
///
/// When the port cannot be had.
pub async fn baseline() -> std::io::Result<()> {
    async fn echo(upgrade: WebSocketUpgrade) -> Response {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.recv().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    }
    groundwork::serve("baseline", Router::new().route("/", get(echo))).await
}
