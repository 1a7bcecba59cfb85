//! The servers that an assignment is tried on, built one after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::wrong::{Files, WrongServer, files_of};
use crate::assignment::Assignment;
use crate::server::{Built, Scratch};

/// A server to try.
#[derive(Debug, Clone)]
pub(super) enum Variant {
    /// The reference.
    Solution,
    /// The exercise as it is handed out.
    Stub,
    /// The reference with one defect.
    Wrong(WrongServer),
}

/// The files of a variant, or why there are none.
type Source = Result<Files, String>;

/// The variants of one assignment, to be built.
pub(super) struct Planned {
    assignment: Arc<Assignment>,
    pub(super) variants: Vec<(Variant, Source)>,
}

/// A variant, or why it could not be built.
pub(super) struct BuiltVariant {
    pub(super) assignment: Arc<Assignment>,
    pub(super) variant: Variant,
    pub(super) result: Result<Built, String>,
}

impl Variant {
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Solution => "solution".to_owned(),
            Self::Stub => "stub".to_owned(),
            Self::Wrong(wrong) => format!("wrong/{}", wrong.name),
        }
    }
}

/// The variants of an assignment and the files of each.
pub(super) fn all(course: &Path, assignment: &Arc<Assignment>) -> Result<Planned, String> {
    let yours = &assignment.front_matter.yours;
    let solution = files_of(&course.join("solutions").join(&assignment.folder), yours)
        .map_err(|error| format!("the solution: {error}"))?;
    let stub = files_of(&course.join("exercises").join(&assignment.folder), yours)
        .map_err(|error| format!("the exercise: {error}"))?;
    let wrong = WrongServer::all(&assignment.path).map_err(|error| error.to_string())?;
    let mut variants = vec![
        (Variant::Solution, Ok(solution.clone())),
        (Variant::Stub, Ok(stub)),
    ];
    for wrong in wrong {
        let files = wrong.apply(&solution).map_err(|error| error.to_string());
        variants.push((Variant::Wrong(wrong), files));
    }
    Ok(Planned {
        assignment: Arc::clone(assignment),
        variants,
    })
}

/// Builds the variants in order and sends each on.
pub(super) async fn build_all(
    course: PathBuf,
    planned: Vec<Planned>,
    sender: mpsc::Sender<BuiltVariant>,
) {
    for Planned {
        assignment,
        variants,
    } in planned
    {
        let scratch = Scratch::open(&course, &assignment.folder);
        let yours = &assignment.front_matter.yours;
        let tests = assignment.test_targets();
        for (variant, files) in variants {
            let result = match (&scratch, files) {
                (Ok(scratch), Ok(files)) => scratch
                    .build(&files, yours, &tests, false, &|_| {})
                    .await
                    .map_err(|failure| failure.to_string()),
                (Err(failure), _) => Err(failure.to_string()),
                (_, Err(reason)) => Err(reason),
            };
            let built = BuiltVariant {
                assignment: Arc::clone(&assignment),
                variant,
                result,
            };
            if sender.send(built).await.is_err() {
                return;
            }
        }
    }
}
