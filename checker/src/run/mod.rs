//! Plays one check's script against a server and judges it.
//!
//! ```text
//! Check × Conditions --player--> Run
//!                                 +-- Outcome
//!                                 +-- Transcript -- Part -- Exchange -- Failure
//!
//! player         the lines in order, variables, the transcript
//!     state      who is connected, what has been read, what is forbidden
//!   blocks       for, together
//!   opening      connects, listens
//!   connections  sends, closes, stalls
//!     outgoing   what is sent
//!     ending     how the server ended a connection
//!   receive      waits for a message
//!   any_order    waits for several
//!     search     finds it in the inbox, or the closest one
//!     deadline   until when, and whether it was in time
//!   request      HTTP
//!   under_way    requests that are answered later
//!   measure      what messages cost
//!   client_page  what a client under test opens, is given and prints
//!     client_stage  the server that the script plays to it, and its program
//!     served        its HTTP requests, and their answers
//!   prohibition  what must not come
//!   silence      how long to wait before saying that it did not
//!   clock        how long the grader itself stood still
//!   values       seeded random values
//! stage          lines one by one, for whoever makes them up
//!   show         messages and values as text
//!
//! named_tests    the tests that a check names, instead of a script
//! ```

mod any_order;
mod blocks;
mod client_page;
mod client_stage;
mod clock;
mod connections;
mod deadline;
mod ending;
mod measure;
mod named_tests;
mod opening;
mod outgoing;
mod player;
mod prohibition;
mod receive;
mod request;
mod search;
mod served;
mod show;
mod silence;
mod stage;
mod state;
mod transcript;
mod under_way;
pub mod values;
mod wait;

use std::time::Duration;

pub use client_stage::{ClientStage, SERVER_HTTP_URL, SERVER_URL};
pub use clock::Clock;
pub use named_tests::{TestTargets, run_tests};
pub use player::{run, run_client, run_script};
pub use stage::{Stage, Unplayed, Waited};
pub use transcript::{Closest, Exchange, Failure, FailureKind, Measured, Part, Transcript};

use crate::actor::Target;
use values::Seed;

/// How long a line waits for what should come at once. Only failures get there.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What a check is run under.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The server.
    pub target: Target,
    /// What random values depend on.
    pub seed: Seed,
    /// The secret that this run's server got, if the page asks for one.
    pub secret: Option<String>,
    /// Tells when the grader itself stood still.
    pub clock: Clock,
    /// Deadlines are multiplied by it; 1.0 unless the machine is slow.
    pub timeout_factor: f64,
}

impl Conditions {
    /// How long a line waits when it does not say so itself.
    pub fn patience(&self) -> Duration {
        PATIENCE.mul_f64(self.timeout_factor)
    }
}

/// How a check went.
#[derive(Debug, Clone)]
pub struct Run {
    /// The verdict.
    pub outcome: Outcome,
    /// What was said.
    pub transcript: Transcript,
}

/// The verdict on a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every line was met.
    Passed,
    /// The server did not do what a line demands.
    Failed,
    /// A check that it needs failed.
    NotRun {
        /// That check.
        because: String,
    },
    /// This machine or this way of grading lacks what it takes. No points are lost.
    Skipped {
        /// What is lacking.
        reason: String,
    },
    /// The grader's own trouble, never charged to the student.
    Inconclusive {
        /// What went wrong.
        reason: String,
    },
}
