//! An assignment: one Markdown page that is both what the student reads and what the grader runs.
//!
//! ```text
//! assignments/03-chat/assignment.md --parse--> Assignment
//!                                                +-- FrontMatter   yours, server
//!                                                +-- Check*        id, points, needs, hint
//!                                                      +-- Script  the transcript blocks under its heading,
//!                                                                  or the tests that a test block names
//! ```
//!
//! A heading with points begins a check. It goes on over deeper headings without points, up to the next heading of its
//! own or a higher level, or the next with points.

mod attributes;
mod draft;
mod fences;
mod front_matter;
mod lint;
mod locate;
mod named_tests;
mod outline;
mod references;
#[cfg(test)]
mod tests;

use crate::notation::parser::suggest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use thiserror::Error;

use crate::notation::ast::{Explore, Script, Span};
use crate::notation::diagnostic::Diagnostic;

pub use locate::{FindError, all, course_root, find};

/// One assignment page, read.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The folder's name without its number: `chat` for `03-chat`.
    pub name: String,
    /// The folder's name: `03-chat`, the same under `exercises/`, `solutions/` and `assignments/`.
    pub folder: String,
    /// The page's file, as it was given.
    pub path: PathBuf,
    /// The page's text; every [`Span`] is a range of it.
    pub source: String,
    /// The text of the first heading.
    pub title: String,
    /// What stands between the `+++` lines.
    pub front_matter: FrontMatter,
    /// In the order of the page.
    pub checks: Vec<Check>,
    /// The `transcript,example` blocks, which nobody runs.
    pub examples: Vec<Script>,
}

/// The TOML at the head of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// Files or folders of the exercise, relative to it, that the student writes.
    pub yours: Vec<PathBuf>,
    /// The server under test.
    pub server: ServerConfig,
    /// The client under test, if there is one.
    pub client: Option<ClientConfig>,
}

/// The table `[client]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientConfig {
    /// Which of the crate's programs it is; without a name, the one named like the package.
    pub bin: Option<String>,
    /// The environment that every check's client gets.
    pub env: BTreeMap<String, String>,
}

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tested {
    /// A server, to which the script plays clients.
    Server,
    /// A client, to which the script plays the server.
    Client,
    /// Functions of the crate, which it has tests for.
    Functions,
}

/// The table `[server]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerConfig {
    /// The environment variable that gets a fresh secret for each run.
    pub secret: Option<String>,
    /// The environment that every check's server gets.
    pub env: BTreeMap<String, String>,
    /// Which of the crate's programs it is; without a name, the one named like the package.
    pub bin: Option<String>,
}

/// A heading with points and the script under it.
#[derive(Debug, Clone)]
pub struct Check {
    /// Unique in the page; progress and wrong servers refer to it.
    pub id: String,
    /// The heading's text.
    pub title: String,
    /// At least 1.
    pub points: u32,
    /// The checks that must pass first: `needs=` and `given`, in that order, each once.
    pub needs: Vec<String>,
    /// The check of the `given` line, if there is one.
    pub given: Option<String>,
    /// `stub=passes`: the untouched stub passes it already.
    pub stub_passes: bool,
    /// `read=`: where the book explains it.
    pub read: Option<BookPlace>,
    /// The text of the `[!TIP]` under the check, as Markdown.
    pub hint: Option<String>,
    /// All transcript blocks under the heading, in order.
    pub script: Script,
    /// The tests that the test blocks under it name. A check has these or a script.
    pub tests: Vec<NamedTest>,
    /// Of the heading.
    pub span: Span,
    /// Of the heading; the first line is 1.
    pub line: usize,
}

impl Check {
    /// The exploration that the check is, if it is one.
    pub fn exploration(&self) -> Option<&Explore> {
        lint::exploration::exploration(&self.script)
    }
}

/// A test of the exercise's crate: a line of a `test` block, `codec::accept_key` say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTest {
    /// The test target, `codec`: a file in `tests/`.
    pub target: String,
    /// The test's name in it, with its modules: `accept_key`.
    pub path: String,
    /// The line's place in the page.
    pub span: Span,
}

impl NamedTest {
    /// The file that holds it, relative to the exercise.
    pub fn file(&self) -> PathBuf {
        Path::new("tests").join(&self.target).with_extension("rs")
    }
}

impl fmt::Display for NamedTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.target, self.path)
    }
}

/// `chapter#anchor`: a heading in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPlace {
    /// A file of `book/src` without `.md`.
    pub chapter: String,
    /// The heading's id.
    pub anchor: Option<String>,
}

/// An assignment has no check of the id asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{assignment} has no check `{id}`{suggestion} Its checks: {ids}")]
pub struct UnknownCheck {
    assignment: String,
    id: String,
    suggestion: String,
    ids: String,
}

impl Assignment {
    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The check of this id, for somebody who may have misspelt it.
    ///
    /// # Errors
    /// [`UnknownCheck`] with the nearest id and all ids.
    pub fn find_check(&self, id: &str) -> Result<&Check, UnknownCheck> {
        self.check(id).ok_or_else(|| {
            let ids: Vec<&str> = self.checks.iter().map(|check| check.id.as_str()).collect();
            UnknownCheck {
                assignment: self.name.clone(),
                id: id.to_owned(),
                suggestion: match suggest::one_nearest(id, &ids) {
                    Some(meant) => format!(": did you mean `{meant}`?"),
                    None => ".".to_owned(),
                },
                ids: ids.join(", "),
            }
        })
    }

    /// The test targets of which some check names a test, each once.
    pub fn test_targets(&self) -> Vec<&str> {
        let tests = self.checks.iter().flat_map(|check| &check.tests);
        let targets: BTreeSet<&str> = tests.map(|test| test.target.as_str()).collect();
        targets.into_iter().collect()
    }

    /// The points of all checks.
    pub fn points(&self) -> u32 {
        let points = self.checks.iter().map(|check| check.points);
        points.fold(0, u32::saturating_add)
    }

    /// What is played for a check: those that it is `given`, outermost first, and itself last. Empty when there is no
    /// such check.
    pub fn chain(&self, id: &str) -> Vec<&Check> {
        let mut chain: Vec<&Check> = Vec::new();
        let mut next = Some(id);
        while let Some(check) = next.and_then(|id| self.check(id)) {
            if chain.iter().any(|seen| seen.id == check.id) {
                break; // a circle, which has been reported
            }
            chain.push(check);
            next = check.given.as_deref();
        }
        chain.reverse();
        chain
    }

    /// What a check is about: that follows from its lines and from those that it is given.
    pub fn tested(&self, check: &Check) -> Tested {
        if !check.tests.is_empty() {
            return Tested::Functions;
        }
        let chain = self.chain(&check.id);
        match chain.iter().any(|check| check.script.plays_the_server()) {
            true => Tested::Client,
            false => Tested::Server,
        }
    }

    /// Whether some check is about this.
    pub fn tests(&self, tested: Tested) -> bool {
        self.checks.iter().any(|check| self.tested(check) == tested)
    }

    /// All checks that a check needs, directly or not, each once and after those that it needs itself.
    pub fn needs(&self, id: &str) -> Vec<&Check> {
        let mut order = Vec::new();
        self.visit(id, &mut Vec::new(), &mut order);
        order.retain(|check| check.id != id);
        order
    }

    /// The checks in an order in which each comes after those that it needs; otherwise that of the page.
    pub fn play_order(&self) -> Vec<&Check> {
        let mut order = Vec::new();
        for check in &self.checks {
            self.visit(&check.id, &mut Vec::new(), &mut order);
        }
        order
    }

    /// Adds a check behind all that it needs. `path` are those that led to it.
    fn visit<'a>(&'a self, id: &str, path: &mut Vec<&'a str>, order: &mut Vec<&'a Check>) {
        let Some(check) = self.check(id) else { return };
        let seen = order.iter().any(|earlier| earlier.id == check.id);
        if seen || path.contains(&check.id.as_str()) {
            return;
        }
        path.push(&check.id);
        for need in &check.needs {
            self.visit(need, path, order);
        }
        path.pop();
        order.push(check);
    }
}

/// Why a page could not be read at all.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The page.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not text.
    #[error("{path} is not UTF-8: byte {offset} begins no character", path = path.display())]
    NotUtf8 {
        /// The page.
        path: PathBuf,
        /// How many bytes before it are text.
        offset: usize,
    },
}

/// Reads a page. With an error among the diagnostics it cannot be graded.
///
/// # Errors
/// [`LoadError`] when the file cannot be read as text.
pub fn load(path: &Path) -> Result<(Assignment, Vec<Diagnostic>), LoadError> {
    let bytes = fs::read(path).map_err(|source| LoadError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    let source = String::from_utf8(bytes).map_err(|error| LoadError::NotUtf8 {
        path: path.to_path_buf(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    let (mut assignment, mut diagnostics) = parse(path, &source);
    if assignment.folder.is_empty()
        && let Ok(absolute) = std::path::absolute(path)
    {
        assignment.set_folder(&absolute);
    }
    diagnostics.extend(named_tests::look_for(&assignment, path));
    in_order(&mut diagnostics);
    Ok((assignment, diagnostics))
}

/// Reads a page's text; `path` only names it. The diagnostics are in the order of the page.
pub fn parse(path: &Path, source: &str) -> (Assignment, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (front_matter, start) = front_matter::parse(source, &mut diagnostics);
    let readable = diagnostics.is_empty().then_some(&front_matter);
    let sections = outline::read(source, start);
    let heading = sections.iter().find_map(|section| section.heading.as_ref());
    let mut drafts = draft::collect(source, &sections, &mut diagnostics);
    if drafts.checks.is_empty() {
        let place = heading.map_or(start..start, |heading| heading.span.clone());
        diagnostics.push(
            Diagnostic::error("the page has no checks", place, "nothing to grade under it").help(
                "give a heading an id and points, and a ```transcript block under it: \
                     ## Title {#id points=10}",
            ),
        );
    }
    references::resolve(&mut drafts.checks, &mut diagnostics);
    diagnostics.extend(lint::scripts(source, readable, &drafts.checks));
    in_order(&mut diagnostics);
    diagnostics.dedup(); // the body of a `for` is walked twice
    let mut assignment = Assignment {
        name: String::new(),
        folder: String::new(),
        path: path.to_path_buf(),
        source: source.to_owned(),
        title: heading.map_or_else(String::new, |heading| heading.title.trim().to_owned()),
        front_matter,
        checks: drafts.checks.into_iter().map(|draft| draft.check).collect(),
        examples: drafts.examples,
    };
    assignment.set_folder(path);
    (assignment, diagnostics)
}

fn in_order(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
}

/// All that is wrong or doubtful in a page, in its order.
///
/// # Errors
/// [`LoadError`] when the file cannot be read as text.
pub fn lint_page(path: &Path) -> Result<Vec<Diagnostic>, LoadError> {
    load(path).map(|(_, diagnostics)| diagnostics)
}

impl Assignment {
    fn set_folder(&mut self, page: &Path) {
        if let Some(folder) = locate::Folder::of(page) {
            self.name = folder.name.to_owned();
            self.folder = folder.whole.to_owned();
        }
    }
}
