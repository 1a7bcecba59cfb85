//! Many connections to one server: what each of them costs, and whether a broadcast reaches all.
//!
//! ```text
//! Service --build, start--> RunningServer     a solution, built as a student builds it: not optimised
//!            idle      -->  Idle              memory before and with so many connections that say nothing
//!            broadcast -->  Broadcast         messages to one room, read by every member
//!            typing    -->  Typing            many people in one document, from the keystroke to the others
//!            opening   -->  Opening           a long document with a long history
//! ```
//!
//! What a connection costs is measured as resident memory of the server's process, so that it needs `/proc`: Linux.

mod broadcast;
mod client;
mod idle;
mod limits;
mod opening;
mod service;
mod typing;

pub use broadcast::{Broadcast, broadcast};
pub use idle::{Idle, idle};
pub use limits::allow_connections;
pub use opening::{Opening, open_long_document, store_long_document, with_database};
pub use service::{BASELINE, EDITOR, Service, Started, baseline, services};
pub use typing::{Typing, typing};

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// This machine lacks something.
    #[error("needs {0}")]
    Needs(String),
    /// The server cannot be built.
    #[error(transparent)]
    Build(#[from] checker::server::BuildFailure),
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] checker::server::StartFailure),
    /// A connection broke.
    #[error("{0}")]
    Connection(#[from] tokio_tungstenite::tungstenite::Error),
    /// The system refused something.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The server said something that it should not, or did not say what it should.
    #[error("{0}")]
    Answer(String),
}
