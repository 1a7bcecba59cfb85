//! Why a server could not be tested.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::{Exit, Log, ServerCommand};

/// Why a server did not become ready, told apart so that each can be said plainly.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// The system could not run the program.
    #[error("cannot run `{command}`: {source}{}", advice(source))]
    NotStarted {
        /// What was to be run.
        command: ServerCommand,
        /// The system's answer.
        source: io::Error,
    },
    /// It ended before it accepted a connection.
    #[error("ended before it accepted a connection: {exit}")]
    Exited {
        /// How it ended.
        exit: Exit,
        /// All that it wrote.
        log: Log,
    },
    /// It runs and accepts no connection.
    #[error(
        "did not accept a connection within {waited:?}: listen on 127.0.0.1 and the port in the environment variable PORT"
    )]
    NeverListened {
        /// How long it had.
        waited: Duration,
        /// All that it wrote.
        log: Log,
    },
    /// It accepts connections where no client will look.
    #[error(
        "listens on {}, not on {expected}: {}", join(found), remedy(*expected, found)
    )]
    ListensElsewhere {
        /// Where clients connect.
        expected: SocketAddr,
        /// Where it listens.
        found: Vec<SocketAddr>,
        /// All that it wrote.
        log: Log,
    },
    /// The grader's own trouble, not the server's.
    #[error("the checker could not {doing}: {source}")]
    Checker {
        /// What failed.
        doing: &'static str,
        /// The system's answer.
        source: io::Error,
    },
}

impl StartFailure {
    /// What the server wrote until then.
    pub fn into_log(self) -> Log {
        match self {
            Self::Exited { log, .. }
            | Self::NeverListened { log, .. }
            | Self::ListensElsewhere { log, .. } => log,
            Self::NotStarted { .. } | Self::Checker { .. } => Log::default(),
        }
    }
}

fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "; check the spelling, and that the program is installed",
        io::ErrorKind::PermissionDenied => "; make the file executable, or name its interpreter",
        _ => "",
    }
}

fn join(addresses: &[SocketAddr]) -> String {
    let addresses: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
    addresses.join(" and ")
}

fn remedy(expected: SocketAddr, found: &[SocketAddr]) -> &'static str {
    if found
        .iter()
        .any(|address| address.port() == expected.port())
    {
        "bind to the address 127.0.0.1"
    } else {
        "read the port from the environment variable PORT"
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn elsewhere(found: &[&str]) -> String {
        StartFailure::ListensElsewhere {
            expected: "127.0.0.1:41234".parse().unwrap(),
            found: found.iter().map(|text| text.parse().unwrap()).collect(),
            log: Log::default(),
        }
        .to_string()
    }

    #[test]
    fn a_server_that_listens_elsewhere_is_told_what_to_change() {
        assert_eq!(
            elsewhere(&["0.0.0.0:8080", "[::1]:9090"]),
            "listens on 0.0.0.0:8080 and [::1]:9090, not on 127.0.0.1:41234: \
             read the port from the environment variable PORT"
        );
        assert_eq!(
            elsewhere(&["10.0.0.7:41234"]),
            "listens on 10.0.0.7:41234, not on 127.0.0.1:41234: bind to the address 127.0.0.1"
        );
    }
}
