//! Builds the book with mdBook and the preprocessors of this crate.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

use crate::assignment::AssignmentPages;
use crate::checks;
use crate::snippet::Snippets;
use crate::transcript::Transcripts;

/// Where the parts of the course lie.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The one that holds this crate.
    pub(crate) fn of_this_crate() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(manifest.parent().unwrap_or(manifest))
    }

    /// The one at that folder, which holds `book/` and `assignments/`.
    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of `book.toml`.
    pub(crate) fn book(&self) -> PathBuf {
        self.root.join("book")
    }

    /// The folder of the chapters.
    pub(crate) fn chapters(&self) -> PathBuf {
        self.book().join("src")
    }

    /// The folder of the assignment pages.
    pub(crate) fn assignments(&self) -> PathBuf {
        self.root.join("assignments")
    }

    /// The crates that snippets may come from.
    pub(crate) fn crates(&self) -> [PathBuf; 2] {
        [self.root.join("exercises"), self.root.join("solutions")]
    }

    /// All that the book is made of.
    pub(crate) fn sources(&self) -> Vec<PathBuf> {
        let [exercises, solutions] = self.crates();
        vec![
            self.book().join("book.toml"),
            self.chapters(),
            self.book().join("theme"),
            self.assignments(),
            exercises,
            solutions,
        ]
    }

    /// Where the book is written when nobody says where.
    pub(crate) fn default_destination(&self) -> PathBuf {
        self.root.join("target").join("book")
    }
}

/// Builds the book into a folder and checks it; every problem is listed in the error.
pub(crate) fn write(workspace: &Workspace, destination: &Path) -> Result<()> {
    refuse_to_empty(destination)?;
    let problems = build(workspace, destination, None)?;
    if !problems.is_empty() {
        bail!("{}", checks::listed(&problems));
    }
    Ok(())
}

/// Builds the book into a folder, whose content is replaced, and returns what is wrong with it.
///
/// With an endpoint, each page opens a WebSocket to it and reloads when told to.
pub(crate) fn build(
    workspace: &Workspace,
    destination: &Path,
    reload_endpoint: Option<&str>,
) -> Result<Vec<checks::Problem>> {
    let mut problems = checks::sources::check(workspace)?;
    checks::transcripts::refuse_broken(workspace)?;
    problems.extend(checks::transcripts::check(workspace)?);
    book(workspace, destination, reload_endpoint)?.build()?;
    problems.extend(checks::links::check(destination)?);
    Ok(problems)
}

fn book(
    workspace: &Workspace,
    destination: &Path,
    reload_endpoint: Option<&str>,
) -> Result<MDBook> {
    let mut config = Config::from_disk(workspace.book().join("book.toml"))?;
    config.build.build_dir = std::path::absolute(destination)?;
    if let Some(endpoint) = reload_endpoint {
        config.set("output.html.live-reload-endpoint", endpoint)?;
    }
    let mut book = MDBook::load_with_config(workspace.book(), config)?;
    book.with_preprocessor(Snippets);
    book.with_preprocessor(Transcripts);
    book.with_preprocessor(AssignmentPages);
    Ok(book)
}

/// mdBook deletes what it finds in its destination: only an older build may be there.
fn refuse_to_empty(destination: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(destination) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", destination.display()));
        }
    };
    let is_older_build = destination.join("toc.html").is_file();
    if entries.next().is_some() && !is_older_build {
        bail!(
            "{} is neither empty nor an older build of the book, and building would delete what is in it; \
             name another folder with --dest",
            destination.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_has_no_problems() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let problems =
            build(&Workspace::of_this_crate(), folder.path(), None).expect("it can be built");
        assert!(problems.is_empty(), "{}", checks::listed(&problems));
    }

    #[test]
    fn a_folder_that_holds_something_else_is_not_emptied() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(folder.path().join("letter.txt"), "dear").expect("it can be written");
        let error = write(&Workspace::of_this_crate(), folder.path()).expect_err("it must refuse");
        assert!(error.to_string().contains("--dest"), "{error}");
        assert!(folder.path().join("letter.txt").is_file());
    }

    #[test]
    fn a_folder_that_is_new_or_empty_or_holds_an_older_build_is_taken() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        refuse_to_empty(&folder.path().join("new")).expect("a new one");
        refuse_to_empty(folder.path()).expect("an empty one");
        fs::write(folder.path().join("toc.html"), "").expect("it can be written");
        refuse_to_empty(folder.path()).expect("an older build");
    }
}
