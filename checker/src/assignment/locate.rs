//! Where the course keeps its assignments: `assignments/NN-name/assignment.md`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use thiserror::Error;

use crate::notation::parser::suggest;

const ASSIGNMENTS: &str = "assignments";
const PAGE: &str = "assignment.md";

/// Why no assignment was found.
#[derive(Debug, Error)]
pub enum FindError {
    /// Neither the current directory nor one above it holds `assignments/`.
    #[error(
        "no `{ASSIGNMENTS}` folder in {start} or above it: run this inside the course's folder",
        start = start.display()
    )]
    NoCourse {
        /// Where the search began.
        start: PathBuf,
    },
    /// A folder could not be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No assignment of this name.
    #[error("no assignment is called `{name}`{suggestion}; {list}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// ": did you mean …", or nothing.
        suggestion: String,
        /// All assignments there are.
        list: String,
    },
    /// A path that is not a page.
    #[error("{path} is not a page: there is no such file", path = path.display())]
    NoPage {
        /// As it was given.
        path: PathBuf,
    },
}

/// The course's folder: the nearest one, from the current directory upwards, that holds `assignments/`.
///
/// # Errors
/// [`FindError::NoCourse`], or [`FindError::Read`] when there is no current directory.
pub fn course_root() -> Result<PathBuf, FindError> {
    let start = env::current_dir().map_err(|source| FindError::Read {
        path: PathBuf::from("."),
        source,
    })?;
    course_root_above(&start)
}

fn course_root_above(start: &Path) -> Result<PathBuf, FindError> {
    start
        .ancestors()
        .find(|folder| folder.join(ASSIGNMENTS).is_dir())
        .map(Path::to_path_buf)
        .ok_or_else(|| FindError::NoCourse {
            start: start.to_path_buf(),
        })
}

/// The pages of all assignments, in the order of their folders' names.
///
/// # Errors
/// [`FindError::Read`].
pub fn all(course_root: &Path) -> Result<Vec<PathBuf>, FindError> {
    let folder = course_root.join(ASSIGNMENTS);
    let read_error = |source| FindError::Read {
        path: folder.clone(),
        source,
    };
    let mut pages = Vec::new();
    for entry in fs::read_dir(&folder).map_err(read_error)? {
        let page = entry.map_err(read_error)?.path().join(PAGE);
        if page.is_file() {
            pages.push(page);
        }
    }
    pages.sort();
    Ok(pages)
}

/// The page of one assignment, asked for as `chat`, `03-chat`, `03`, `3`, or by the path of the page or of its folder.
///
/// # Errors
/// [`FindError::Unknown`] with the nearest name and all names, [`FindError::NoPage`], [`FindError::Read`].
pub fn find(course_root: &Path, name: &str) -> Result<PathBuf, FindError> {
    let pages = all(course_root)?;
    let known: Vec<(&PathBuf, Folder<'_>)> = pages
        .iter()
        .filter_map(|page| Some((page, Folder::of(page)?)))
        .collect();
    if let Some((page, _)) = known.iter().find(|(_, folder)| folder.is(name)) {
        return Ok((*page).clone());
    }
    let path = Path::new(name);
    if path.is_file() {
        return Ok(path.to_path_buf());
    }
    if path.join(PAGE).is_file() {
        return Ok(path.join(PAGE));
    }
    if name.contains(['/', '\\']) || path.extension().is_some_and(|extension| extension == "md") {
        return Err(FindError::NoPage {
            path: path.to_path_buf(),
        });
    }
    let names: Vec<&str> = known
        .iter()
        .flat_map(|(_, folder)| [folder.name, folder.whole])
        .collect();
    let suggestion = match suggest::one_nearest(name, &names) {
        Some(meant) => format!(": did you mean `{meant}`?"),
        None => String::new(),
    };
    let folders: Vec<&str> = known.iter().map(|(_, folder)| folder.whole).collect();
    Err(FindError::Unknown {
        name: name.to_owned(),
        suggestion,
        list: if folders.is_empty() {
            format!("the folder `{ASSIGNMENTS}` has none")
        } else {
            format!("there are: {}", folders.join(", "))
        },
    })
}

/// The name of an assignment's folder, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Folder<'a> {
    /// `03-chat`.
    pub(super) whole: &'a str,
    /// `03`; empty when the folder has no number.
    pub(super) number: &'a str,
    /// `chat`.
    pub(super) name: &'a str,
}

impl<'a> Folder<'a> {
    /// The folder that the page stands in.
    pub(super) fn of(page: &'a Path) -> Option<Self> {
        let whole = page.parent()?.file_name()?.to_str()?;
        let numbered = whole.split_once('-').filter(|(number, name)| {
            !number.is_empty()
                && !name.is_empty()
                && number.chars().all(|digit| digit.is_ascii_digit())
        });
        let (number, name) = numbered.unwrap_or(("", whole));
        Some(Self {
            whole,
            number,
            name,
        })
    }

    fn is(self, asked: &str) -> bool {
        let same_number = || {
            let numbers = asked
                .parse::<u32>()
                .ok()
                .zip(self.number.parse::<u32>().ok());
            numbers.is_some_and(|(asked, own)| asked == own)
        };
        asked == self.whole || asked == self.name || same_number()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing set-up should end the test")]

    use std::fs;
    use std::path::Path;

    use tempfile::TempDir;

    use super::{Folder, all, course_root_above, find};

    fn course() -> TempDir {
        let course = tempfile::tempdir().unwrap();
        for folder in ["10-scaling", "03-chat", "04-rooms"] {
            let folder = course.path().join("assignments").join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("assignment.md"), "").unwrap();
        }
        fs::create_dir_all(course.path().join("assignments/draft")).unwrap();
        course
    }

    #[test]
    fn an_assignment_goes_by_its_name_its_number_its_folder_and_its_path() {
        let course = course();
        let page = course.path().join("assignments/03-chat/assignment.md");
        let folder = page.parent().unwrap().to_str().unwrap();
        for name in ["chat", "03-chat", "03", "3", folder, page.to_str().unwrap()] {
            assert_eq!(find(course.path(), name).unwrap(), page, "{name}");
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest_and_all() {
        let course = course();
        let error = find(course.path(), "caht").unwrap_err().to_string();
        insta::assert_snapshot!(error, @"no assignment is called `caht`: did you mean `chat`?; there are: 03-chat, 04-rooms, 10-scaling");
        let error = find(course.path(), "drawing").unwrap_err().to_string();
        insta::assert_snapshot!(error, @"no assignment is called `drawing`; there are: 03-chat, 04-rooms, 10-scaling");
        let error = find(course.path(), "no/such.md").unwrap_err().to_string();
        insta::assert_snapshot!(error, @"no/such.md is not a page: there is no such file");
    }

    #[test]
    fn all_pages_come_in_the_order_of_their_numbers() {
        let course = course();
        let pages = all(course.path()).unwrap();
        let names: Vec<_> = pages
            .iter()
            .map(|page| Folder::of(page).unwrap().name)
            .collect();
        assert_eq!(names, ["chat", "rooms", "scaling"]);
    }

    #[test]
    fn the_course_is_found_from_any_folder_inside_it() {
        let course = course();
        let inside = course.path().join("assignments/03-chat");
        assert_eq!(course_root_above(&inside).unwrap(), course.path());
        let outside = tempfile::tempdir().unwrap();
        let error = course_root_above(outside.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("run this inside the course's folder")
        );
    }

    #[test]
    fn a_folder_without_a_number_is_its_own_name() {
        let folder = Folder::of(Path::new("a/my-own/assignment.md")).unwrap();
        assert_eq!((folder.number, folder.name), ("", "my-own"));
    }
}
