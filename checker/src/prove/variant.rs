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

/// A variant, or why it could not be built.
pub(super) struct BuiltVariant {
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
pub(super) fn all(
    course: &Path,
    assignment: &Assignment,
) -> Result<Vec<(Variant, Source)>, String> {
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
    Ok(variants)
}

/// Builds the variants in order and sends each on.
pub(super) async fn build_all(
    course: PathBuf,
    assignment: Arc<Assignment>,
    variants: Vec<(Variant, Source)>,
    sender: mpsc::Sender<BuiltVariant>,
) {
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
        if sender.send(BuiltVariant { variant, result }).await.is_err() {
            return;
        }
    }
}
