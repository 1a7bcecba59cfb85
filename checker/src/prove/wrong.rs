//! Wrong servers: the solution with one defect put in.
//!
//! `wrong/*.patch` is a unified diff against the solution's files, headed by lines `Key: value`:
//!
//! ```text
//! What: a join is announced to the newcomer too
//! Pitfall: 9
//! Fails: join
//! --- a/src/chat.rs
//! +++ b/src/chat.rs
//! …
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diffy::patch_set::{ParseOptions, PatchSet};

/// The files that a student writes, by their path in the exercise.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The solution with one defect.
#[derive(Debug, Clone)]
pub struct WrongServer {
    /// Its file's name without `.patch`.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
    /// The checks that must fail. Those that are then not run are not among them.
    pub fails: BTreeSet<String>,
    diff: String,
}

/// Why a wrong server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The patch.
        path: PathBuf,
        /// As the system gave it.
        source: std::io::Error,
    },
    /// A line of the head is missing.
    #[error("{path}: the head has no line `{key}: …` before the first `--- `")]
    Header {
        /// The patch.
        path: PathBuf,
        /// What is missing.
        key: &'static str,
    },
    /// The diff cannot be read.
    #[error("{name}: {reason}")]
    Diff {
        /// The wrong server.
        name: String,
        /// What is wrong with the diff.
        reason: String,
    },
    /// The diff is against a file that the student does not write.
    #[error("{name}: {file} is not one of the solution's files; the diff must be against {known}")]
    UnknownFile {
        /// The wrong server.
        name: String,
        /// What the diff is against.
        file: PathBuf,
        /// What it could be against.
        known: String,
    },
    /// The solution has changed under the diff.
    #[error("{name}: the diff does not apply to the solution's {file}: {reason}")]
    DoesNotApply {
        /// The wrong server.
        name: String,
        /// Which file.
        file: PathBuf,
        /// Which part.
        reason: String,
    },
}

impl WrongServer {
    /// All wrong servers of an assignment, by name.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be read or has an incomplete head. A missing folder holds no wrong servers.
    pub fn all(assignment_page: &Path) -> Result<Vec<Self>, PatchError> {
        let folder = assignment_page.with_file_name("wrong");
        let Ok(entries) = std::fs::read_dir(&folder) else {
            return Ok(Vec::new());
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "patch"))
            .collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Self, PatchError> {
        let text = std::fs::read_to_string(path).map_err(|source| PatchError::Read {
            path: path.to_owned(),
            source,
        })?;
        let start = text.find("--- ").unwrap_or(text.len());
        let (head, diff) = text.split_at(start);
        let value = |key: &'static str| {
            head.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| PatchError::Header {
                    path: path.to_owned(),
                    key,
                })
        };
        Ok(Self {
            name: path
                .file_stem()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            what: value("What")?.to_owned(),
            fails: value("Fails")?
                .split([',', ' '])
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
                .collect(),
            diff: diff.to_owned(),
        })
    }

    /// The solution's files with the defect in them.
    ///
    /// # Errors
    ///
    /// When the diff cannot be read, or does not apply exactly.
    pub fn apply(&self, solution: &Files) -> Result<Files, PatchError> {
        let mut files = solution.clone();
        for patch in PatchSet::parse(&self.diff, ParseOptions::unidiff()) {
            let patch = patch.map_err(|error| self.unreadable(error))?;
            let target = patch.operation().strip_prefix(1);
            let Some(file) = target_path(&target) else {
                return Err(self.unreadable("it creates or deletes a file"));
            };
            let Some(original) = files.get(&file) else {
                let known: Vec<String> = files.keys().map(|f| f.display().to_string()).collect();
                return Err(PatchError::UnknownFile {
                    name: self.name.clone(),
                    file,
                    known: known.join(", "),
                });
            };
            let original = String::from_utf8_lossy(original);
            let hunks = patch
                .patch()
                .as_text()
                .ok_or_else(|| self.unreadable("it is binary"))?;
            let changed =
                diffy::apply(&original, hunks).map_err(|error| PatchError::DoesNotApply {
                    name: self.name.clone(),
                    file: file.clone(),
                    reason: error.to_string(),
                })?;
            files.insert(file, changed.into_bytes());
        }
        if files == *solution {
            return Err(self.unreadable("it changes nothing"));
        }
        Ok(files)
    }

    fn unreadable(&self, reason: impl ToString) -> PatchError {
        PatchError::Diff {
            name: self.name.clone(),
            reason: reason.to_string(),
        }
    }
}

fn target_path(operation: &diffy::patch_set::FileOperation<'_, str>) -> Option<PathBuf> {
    match operation {
        diffy::patch_set::FileOperation::Modify { modified, .. } => {
            Some(PathBuf::from(modified.as_ref()))
        }
        _ => None,
    }
}

/// The files that the student writes, from a folder laid out like the exercise.
///
/// # Errors
///
/// When one of them cannot be read.
pub fn files_of(folder: &Path, yours: &[PathBuf]) -> std::io::Result<Files> {
    let mut files = Files::new();
    for path in yours {
        collect(folder, path, &mut files)
            .map_err(|e| std::io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    }
    Ok(files)
}

fn collect(folder: &Path, path: &Path, files: &mut Files) -> std::io::Result<()> {
    let whole = folder.join(path);
    if whole.is_dir() {
        for entry in std::fs::read_dir(&whole)? {
            collect(folder, &path.join(entry?.file_name()), files)?;
        }
    } else {
        files.insert(path.to_owned(), std::fs::read(&whole)?);
    }
    Ok(())
}
