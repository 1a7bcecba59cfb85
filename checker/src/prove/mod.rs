//! Grades the grader: the solution must earn everything, the stub and each wrong server must fail exactly what they
//! should, and nothing may be left that no wrong server would break.
//!
//! ```text
//! Assignment* --variants--> solution, stub, wrong servers   built one after the other, of all assignments
//!             --trials----> Grade*                           several at a time, while the next one is built
//!             --guard-----> gaps
//!             --ledger----> Finding*                         in the order of the course
//! ```

mod guard;
mod ledger;
mod trial;
mod variant;
mod wrong;

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;

use crate::assignment::Assignment;
use ledger::Ledger;
use trial::Trials;
pub use wrong::{Files, PatchError, WrongServer, files_of};

/// How many variants are tried at the same time; how many are graded is [`trial`]'s to say.
const VARIANTS_SIDE_BY_SIDE: usize = 6;

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

/// What is told while assignments are proved.
#[derive(Debug, Clone, Copy)]
pub enum News<'a> {
    /// The findings that follow are about this one.
    Assignment(&'a Assignment),
    /// A finding, in the order of the variants.
    Finding(&'a Finding),
    /// So many variants have been tried. Their findings may have to wait for those of earlier ones.
    Tried(usize),
}

/// Proves assignments and tells of each in turn. Returns whether all hold.
///
/// The variants of the next assignment are built and tried before the last one has its verdict.
pub async fn prove(
    course: &Path,
    assignments: &[Arc<Assignment>],
    effort: Effort,
    tell: &mut dyn FnMut(News<'_>),
) -> bool {
    let mut ledger = Ledger::new(tell);
    let mut variants = Vec::new();
    for assignment in assignments {
        match variant::all(course, assignment) {
            Ok(planned) => {
                ledger.add(assignment, planned.variants.len());
                variants.push(planned);
            }
            Err(reason) => ledger.add_broken(assignment, broken("variants", vec![reason])),
        }
    }
    ledger.tell_what_is_known();

    let trials = Trials::new(effort);
    // One built variant waits while others are graded: builds and waits overlap.
    let (sender, mut built) = mpsc::channel(1);
    let builder = tokio::spawn(variant::build_all(course.to_owned(), variants, sender));
    let mut being_tried = FuturesUnordered::new();
    let mut number = 0;
    let mut all_built = false;
    while !all_built || !being_tried.is_empty() {
        tokio::select! {
            next = built.recv(), if !all_built && being_tried.len() < VARIANTS_SIDE_BY_SIDE => match next {
                Some(built) => {
                    let (trials, place) = (&trials, number);
                    number += 1;
                    being_tried.push(async move { (place, trials.of_variant(built).await) });
                }
                None => all_built = true,
            },
            Some((place, tried)) = being_tried.next() => ledger.note(place, tried),
        }
    }
    if let Err(error) = builder.await {
        ledger.note_trouble(broken("variants", vec![error.to_string()]));
    }
    ledger.all_hold()
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
