//! Grades the grader: the solution must earn everything, the stub and each wrong server must fail exactly what they
//! should, and nothing may be left that no wrong server would break.
//!
//! ```text
//! Assignment --variants--> solution, stub, wrong servers   built one after the other
//!            --trials----> Grade*                           while the next one is built
//!            --guard-----> gaps
//! ```

mod guard;
mod trial;
mod variant;
mod wrong;

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::sync::mpsc;

use crate::assignment::Assignment;
use guard::Guards;
use trial::try_variant;
pub use wrong::{Files, PatchError, WrongServer, files_of};

/// How many variants are graded at the same time: most of it is waiting for messages that do not come.
const SIDE_BY_SIDE: usize = 3;

/// What is to be proved.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Under how many seeds the solution must earn every point.
    pub seeds: usize,
    /// Whether the solution is also graded 1,000 times.
    pub long: bool,
    /// Deadlines are multiplied by it.
    pub timeout_factor: f64,
}

/// One thing that was tried, and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it was: "solution", "stub", "wrong/echo.patch", "guards".
    pub subject: String,
    /// What was seen, a line each: first the summary.
    pub lines: Vec<String>,
    /// How it went.
    pub verdict: Verdict,
}

/// How a [`Finding`] went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should.
    Holds,
    /// Not as it should.
    Broken,
    /// Worth a look; it breaks nothing.
    Remark,
}

/// Proves one assignment, and tells of each finding as it is made. Returns whether all hold.
pub async fn prove(
    course: &Path,
    assignment: &Arc<Assignment>,
    effort: Effort,
    tell: &mut dyn FnMut(&Finding),
) -> bool {
    let mut all_hold = true;
    let mut report = |finding: Finding| {
        all_hold &= finding.verdict != Verdict::Broken;
        tell(&finding);
    };
    let variants = match variant::all(course, assignment) {
        Ok(variants) => variants,
        Err(reason) => {
            report(broken("variants", vec![reason]));
            return false;
        }
    };
    // One built variant waits while another is graded: builds and waits overlap.
    let (sender, mut built) = mpsc::channel(1);
    let builder = tokio::spawn(variant::build_all(
        course.to_owned(),
        Arc::clone(assignment),
        variants,
        sender,
    ));
    let mut guards = Guards::default();
    let mut trials = FuturesOrdered::new();
    let mut all_built = false;
    while !all_built || !trials.is_empty() {
        tokio::select! {
            next = built.recv(), if !all_built && trials.len() < SIDE_BY_SIDE => match next {
                Some(built) => trials.push_back(try_variant(assignment, built, effort)),
                None => all_built = true,
            },
            Some(tried) = trials.next() => {
                if let Some(grades) = &tried.shown {
                    guards.add(grades);
                }
                tried.findings.into_iter().for_each(&mut report);
            }
        }
    }
    if let Err(error) = builder.await {
        report(broken("variants", vec![error.to_string()]));
    }
    let gaps = guards.gaps(assignment);
    report(match gaps.is_empty() {
        true => holds(
            "guards",
            vec!["every check and every prohibition is guarded by a wrong server".to_owned()],
        ),
        false => broken("guards", gaps),
    });
    all_hold
}

fn holds(subject: &str, lines: Vec<String>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        lines,
        verdict: Verdict::Holds,
    }
}

fn broken(subject: &str, lines: Vec<String>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        lines,
        verdict: Verdict::Broken,
    }
}
