//! What must hold of the book, so that no reader meets a dead link or code that does not compile.

pub(crate) mod links;
pub(crate) mod sources;
mod tags;
pub(crate) mod transcripts;

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// The page or the source file.
    pub(crate) file: PathBuf,
    /// From 1, if a line can be named.
    pub(crate) line: Option<usize>,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// All of them, one a line, under a line that counts them.
pub(crate) fn listed(problems: &[Problem]) -> String {
    let count = problems.len();
    let noun = if count == 1 { "problem" } else { "problems" };
    let mut text = format!("{count} {noun} in the book");
    for problem in problems {
        text.push_str(&format!("\n  {problem}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    /// A course of these files in a temporary folder.
    pub(super) fn course(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let book = ("book/book.toml", "[build]\ncreate-missing = false\n");
        for (name, text) in files.iter().chain([&book]) {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("it is in the folder"))
                .expect("it can be made");
            fs::write(file, text).expect("it can be written");
        }
        folder
    }
}
