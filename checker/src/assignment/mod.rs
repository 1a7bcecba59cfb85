//! An assignment: one Markdown page that is both what the student reads and what the grader runs.
//!
//! ```text
//! assignments/03-chat/assignment.md --parse--> Assignment
//!                                                +-- FrontMatter   yours, server
//!                                                +-- Check*        id, points, needs, hint
//!                                                      +-- Script  the transcript blocks under its heading
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::notation::ast::{Script, Span};

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
}

/// The table `[server]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerConfig {
    /// The environment variable that gets a fresh secret for each run.
    pub secret: Option<String>,
    /// The environment that every check's server gets.
    pub env: BTreeMap<String, String>,
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
    /// Of the heading.
    pub span: Span,
    /// Of the heading; the first line is 1.
    pub line: usize,
}

/// `chapter#anchor`: a heading in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPlace {
    /// A file of `book/src` without `.md`.
    pub chapter: String,
    /// The heading's id.
    pub anchor: Option<String>,
}

impl Assignment {
    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The points of all checks.
    pub fn points(&self) -> u32 {
        self.checks.iter().map(|check| check.points).sum()
    }
}
