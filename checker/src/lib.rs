//! Drives scripted WebSocket clients against a student's server and grades it.
//!
//! Data flows one way, and a module imports only from those above it:
//!
//! ```text
//! notation/    text  -> Script        grammar, patterns, matching, printing, diagnostics; no I/O
//! assignment/  page  -> Assignment    Markdown, front matter, checks, points, needs, hints
//! server/      crate -> Server        build, start, readiness, log, kill: the process under test
//! actor/       Actor                  a scripted client: connection, frames, inbox; HTTP
//! run/         Script × Server -> Outcome + Transcript
//! explore/     Model × Server -> shrunk Script
//! grade/       outcomes -> Grade      needs, points, seeds
//! report/      Grade -> terminal, JSON
//! course/      progress, next step, hint
//! prove/       solution, stub, wrong servers
//! ```

pub mod actor;
pub mod assignment;
pub mod course;
pub mod explore;
pub mod grade;
pub mod notation;
pub mod prove;
pub mod report;
pub mod run;
pub mod server;
