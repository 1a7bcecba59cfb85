//! A student's way through the course: what is done, and what comes next.
//!
//! What has passed is kept by the assignments' names and the checks' ids, so that renumbering a folder or rewording a
//! heading loses nothing. The file is replaced whole, so that nothing is half-written.

mod given;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use given::changed_given_files;

use crate::assignment::Assignment;
use crate::grade::Grade;
use crate::run::Outcome;

/// Where progress is kept, below the course's folder.
const FILE: &str = ".checker/progress.json";

/// What a student's own exercises have passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Ids of passed checks by assignment.
    #[serde(default)]
    passed: BTreeMap<String, BTreeSet<String>>,
}

/// Why progress could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep your progress in {path}: {source}", path = path.display())]
pub struct SaveError {
    path: PathBuf,
    source: std::io::Error,
}

impl Progress {
    /// What was kept; nothing if there is no file or it cannot be understood.
    pub fn load(course: &Path) -> Self {
        std::fs::read(course.join(FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps it.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; the one from before is then still there.
    pub fn save(&self, course: &Path) -> Result<(), SaveError> {
        let path = course.join(FILE);
        self.write(&path)
            .map_err(|source| SaveError { path, source })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.persist(path)?;
        Ok(())
    }

    /// Takes over the verdicts of a grading.
    pub fn record(&mut self, grade: &Grade) {
        let passed = self.passed.entry(grade.assignment.clone()).or_default();
        for check in &grade.checks {
            match check.outcome {
                Outcome::Passed => {
                    passed.insert(check.id.clone());
                }
                Outcome::Failed | Outcome::NotRun { .. } => {
                    passed.remove(&check.id);
                }
                Outcome::Skipped { .. } | Outcome::Inconclusive { .. } => {}
            }
        }
    }

    /// The points of the checks that have passed.
    pub fn points(&self, assignment: &Assignment) -> u32 {
        let Some(passed) = self.passed.get(&assignment.name) else {
            return 0;
        };
        assignment
            .checks
            .iter()
            .filter(|check| passed.contains(&check.id))
            .map(|check| check.points)
            .sum()
    }

    /// Whether nothing has been graded yet.
    pub fn is_empty(&self) -> bool {
        self.passed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn progress_survives_being_kept() {
        let course = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(course.path());
        assert!(progress.is_empty());
        progress
            .passed
            .entry("chat".to_owned())
            .or_default()
            .insert("join".to_owned());
        progress.save(course.path()).unwrap();
        assert_eq!(Progress::load(course.path()), progress);
    }

    #[test]
    fn a_file_that_is_not_understood_counts_as_none_and_is_replaced() {
        let course = tempfile::tempdir().unwrap();
        std::fs::create_dir(course.path().join(".checker")).unwrap();
        std::fs::write(course.path().join(FILE), "{ not json").unwrap();
        let progress = Progress::load(course.path());
        assert!(progress.is_empty());
        progress.save(course.path()).unwrap();
        assert_eq!(Progress::load(course.path()), progress);
    }
}
