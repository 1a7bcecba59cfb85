//! The transcripts of the chapters are ones that an assignment could hold.

use std::path::Path;

use anyhow::{Result, bail};
use checker::assignment;
use checker::notation::diagnostic::Diagnostic;

use super::Problem;
use super::sources::{assignment_pages, markdown_files, read};
use crate::render::Workspace;
use crate::transcript;

/// Fails when a transcript of a chapter or of an assignment page cannot be read, with the diagnostics of all.
pub(crate) fn refuse_broken(workspace: &Workspace) -> Result<()> {
    let mut pages = markdown_files(&workspace.chapters())?;
    pages.extend(assignment_pages(&workspace.assignments())?);
    let mut errors = Vec::new();
    for page in pages {
        errors.extend(transcript::errors(&read(&page)?, &page));
    }
    if !errors.is_empty() {
        bail!("a transcript cannot be read\n\n{}", errors.join("\n"));
    }
    Ok(())
}

/// Lints each transcript of a chapter as if it were one more check of an assignment: a variable that is never bound, or
/// a `given` that names no check, would teach something that does not work.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let mut assignments = vec![String::from("# No assignment\n")];
    for page in assignment_pages(&workspace.assignments())? {
        assignments.push(read(&page)?);
    }
    let mut problems = Vec::new();
    for chapter in markdown_files(&workspace.chapters())? {
        let text = read(&chapter)?;
        for block in transcript::scripts(&text) {
            let fewest = assignments
                .iter()
                .map(|assignment| findings(&block.content, assignment))
                .min_by_key(Vec::len);
            let first_line = text[..block.span.start].matches('\n').count() + 2;
            for (line, message) in fewest.unwrap_or_default() {
                problems.push(Problem {
                    file: chapter.clone(),
                    line: Some(first_line + line),
                    message,
                });
            }
        }
    }
    Ok(problems)
}

/// What an assignment's linter finds in a script that stands at the page's end: lines from 0, and messages.
fn findings(script: &str, assignment: &str) -> Vec<(usize, String)> {
    let before =
        format!("{assignment}\n\n## In the book {{#in-the-book points=1}}\n\n```transcript\n");
    let page = format!("{before}{script}```\n");
    let (_, diagnostics) = assignment::parse(Path::new("assignments/00-book/assignment.md"), &page);
    let in_script = |diagnostic: &Diagnostic| diagnostic.span.start >= before.len();
    diagnostics
        .into_iter()
        .filter(in_script)
        .map(|diagnostic| {
            let line = page[before.len()..diagnostic.span.start]
                .matches('\n')
                .count();
            let help = diagnostic.help.map(|help| format!("; {help}"));
            (line, diagnostic.message + &help.unwrap_or_default())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::course;
    use super::*;

    const SUMMARY: (&str, &str) = ("book/src/SUMMARY.md", "# Summary\n\n- [One](one.md)\n");

    #[test]
    fn a_transcript_that_cannot_be_read_is_shown_with_its_page() {
        let course = course(&[
            SUMMARY,
            ("book/src/one.md", "```transcript\nalice conects /ws\n```\n"),
            (
                "assignments/01-one/assignment.md",
                "```transcript\nbob drps\n```\n",
            ),
        ]);
        let error = refuse_broken(&Workspace::at(course.path())).expect_err("two are misspelt");
        for part in ["one.md:2", "connects", "assignment.md:2", "drops"] {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
    }

    fn problems_in_chapter(text: &str) -> Vec<String> {
        let assignment = "+++\nyours = [\"src\"]\n+++\n# One\n\n## Meet {#meet points=1}\n\n```transcript\n\
                          alice connects /ws\nalice <- {\"id\": $id}\nalice -> {\"id\": $id}\n```\n";
        let course = course(&[
            SUMMARY,
            ("book/src/one.md", text),
            ("assignments/01-one/assignment.md", assignment),
        ]);
        let problems = check(&Workspace::at(course.path())).expect("the pages can be read");
        let here = course.path().display().to_string();
        problems
            .iter()
            .map(|problem| problem.to_string().replace(&here, "."))
            .collect()
    }

    #[test]
    fn a_transcript_that_builds_on_a_check_of_an_assignment_is_right() {
        let chapter = "```transcript\ngiven meet\nalice <- {\"id\": $id}\n```\n\n```transcript,failing\n✗ anything\n```\n";
        assert_eq!(problems_in_chapter(chapter), Vec::<String>::new());
    }

    #[test]
    fn a_transcript_that_no_assignment_could_hold_is_a_problem() {
        for (script, line, finding) in [
            ("given gone\nalice drops\n", 4, "gone"),
            (
                "alice connects /ws\nalice -> {\"id\": $id}\nalice <- {\"id\": $id}\n",
                5,
                "$id",
            ),
        ] {
            let problems = problems_in_chapter(&format!("# One\n\n```transcript\n{script}```\n"));
            let place = format!("./book/src/one.md:{line}: ");
            assert!(
                problems
                    .iter()
                    .any(|problem| problem.starts_with(&place) && problem.contains(finding)),
                "{script}: {problems:?}"
            );
        }
    }
}
