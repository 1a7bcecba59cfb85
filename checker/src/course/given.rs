//! Given files that a student has changed: they work here, and are not handed in.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::assignment::Assignment;

/// The files of the exercise that differ from the course's and are not the student's to write.
///
/// The course's are those of the commit at which the clone left its origin. Without git, or outside a repository,
/// nothing is known and none are named.
pub fn changed_given_files(course: &Path, assignment: &Assignment) -> Vec<PathBuf> {
    let folder = Path::new("exercises").join(&assignment.folder);
    let base = git(course, &["merge-base", "HEAD", "refs/remotes/origin/HEAD"])
        .unwrap_or_else(|| "HEAD".to_owned());
    let Some(folder_text) = folder.to_str() else {
        return Vec::new();
    };
    let arguments = [
        "diff",
        "--name-only",
        "--relative",
        &base,
        "--",
        folder_text,
    ];
    let Some(changed) = git(course, &arguments) else {
        return Vec::new();
    };
    changed
        .lines()
        .map(PathBuf::from)
        .filter(|path| {
            let inside = path.strip_prefix(&folder).unwrap_or(path);
            let yours = &assignment.front_matter.yours;
            !yours.iter().any(|own| inside.starts_with(own))
        })
        .collect()
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
