//! The process under test: built, started, found ready, listened to, killed.
//!
//! ```text
//! exercise ---build_in_place---> Built ---start---> RunningServer, RunningProgram ---stop---> Log
//! exercise + files ---Scratch::build---^
//!
//! checker --runs--> supervisor --runs--> server or cargo --> its descendants
//!    |   control socket  |
//!    +-------------------+  at its end: kill every descendant, remove the working directory
//! ```
//!
//! The supervisor is this same executable, run again with [`SUPERVISE`] as its first argument. A process of its own can do
//! what the checker cannot: it outlives a checker that was killed, and as the heir of all that a server leaves behind it
//! knows when nothing is left. Where the system has no such heirs (macOS), it kills the server's process group.

mod build;
mod command;
mod executables;
mod exit;
mod failure;
mod fresh;
mod listening;
mod log;
mod mirror;
mod panics;
mod port;
mod processes;
mod program;
mod readiness;
mod running;
mod scratch;
mod scratch_manifest;
mod supervised;
mod supervisor;

pub use build::{BuildFailure, Built, Progress, build_in_place, package_of};
pub use command::{CommandError, ServerCommand};
pub use exit::Exit;
pub use failure::StartFailure;
pub use fresh::Fresh;
pub use log::{Log, LogLine, Stream};
pub use panics::Panic;
pub(crate) use port::ReservedPort;
pub use program::RunningProgram;
pub use running::{RunningServer, StartOptions, start};
pub use scratch::Scratch;
pub use supervisor::{SUPERVISE, set_supervisor, supervise_main};
