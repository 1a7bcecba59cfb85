//! The sources of the book are whole: no chapter is forgotten, and no Rust stands in it that nothing compiles.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use mdbook_driver::MDBook;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::Problem;
use crate::render::Workspace;

/// Checks the chapters' sources and the assignment pages.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<Problem>> {
    let source = workspace.chapters();
    let book = MDBook::load(workspace.book())?;
    let listed: BTreeSet<PathBuf> = book
        .book
        .chapters()
        .filter_map(|chapter| Some(source.join(chapter.source_path.as_ref()?)))
        .collect();

    let mut problems = Vec::new();
    let mut included = BTreeSet::new();
    for chapter in markdown_files(&source)? {
        if chapter.ends_with("SUMMARY.md") {
            continue;
        }
        if !listed.contains(&chapter) {
            problems.push(Problem {
                file: chapter.clone(),
                line: None,
                message: "no reader finds this chapter: list it in SUMMARY.md".to_owned(),
            });
        }
        let text = read(&chapter)?;
        let page = Page {
            file: &chapter,
            text: &text,
        };
        problems.extend(page.include_problems());
        problems.extend(page.snippet_problems(&workspace.crates()));
        if listed.contains(&chapter) {
            included.extend(includes(&text).map(|(_, include)| include.file(&chapter)));
        }
    }
    for assignment in assignment_pages(&workspace.assignments())? {
        if !included.contains(&assignment.canonicalize()?) {
            problems.push(Problem {
                file: assignment,
                line: None,
                message: "no chapter in SUMMARY.md includes this assignment".to_owned(),
            });
        }
    }
    Ok(problems)
}

pub(super) fn read(page: &Path) -> Result<String> {
    fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))
}

/// A chapter as it is written.
struct Page<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Page<'_> {
    fn problem(&self, offset: usize, message: String) -> Problem {
        let line = self.text[..offset].matches('\n').count() + 1;
        Problem {
            file: self.file.to_owned(),
            line: Some(line),
            message,
        }
    }

    /// Includes whose file or anchor is missing: mdBook would leave them out, or leave them as they are.
    fn include_problems(&self) -> Vec<Problem> {
        includes(self.text)
            .filter_map(|(offset, include)| {
                let complaint = include.complaint(self.file)?;
                Some(self.problem(offset, complaint))
            })
            .collect()
    }

    /// Rust that is not taken by anchor from a crate.
    fn snippet_problems(&self, crates: &[PathBuf]) -> Vec<Problem> {
        let crates: Vec<PathBuf> = crates
            .iter()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let is_compiled = |line: &str| {
            let mut found = includes(line);
            match (found.next(), found.next()) {
                (Some((0, include)), None) => {
                    let file = include.file(self.file);
                    include.anchor.is_some()
                        && include.length == line.len()
                        && crates.iter().any(|folder| file.starts_with(folder))
                }
                _ => false,
            }
        };
        let mut problems = Vec::new();
        let mut block = None;
        for (event, span) in Parser::new_ext(self.text, Options::all()).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
                    if language(&info) == "rust" =>
                {
                    block = Some((span.start, String::new()));
                }
                Event::Text(text) => {
                    if let Some((_, code)) = &mut block {
                        code.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some((start, code)) = block.take()
                        && !(code.lines().count() > 0
                            && code.lines().all(|line| is_compiled(line.trim())))
                    {
                        problems.push(
                            self.problem(
                                start,
                                "no crate compiles this snippet: \
                             take it from exercises/ or solutions/ with {{#include FILE:ANCHOR}}"
                                    .to_owned(),
                            ),
                        );
                    }
                }
                _ => {}
            }
        }
        problems
    }
}

fn language(info: &str) -> &str {
    info.split([' ', '\t', ',']).next().unwrap_or_default()
}

/// `{{#include FILE}}` or `{{#include FILE:ANCHOR}}`; mdBook's line numbers count as an anchor that is missing.
struct Include<'a> {
    path: &'a str,
    anchor: Option<&'a str>,
    /// Of the whole directive.
    length: usize,
}

impl Include<'_> {
    /// The file that it names, seen from the chapter; in its canonical form if it is there.
    fn file(&self, chapter: &Path) -> PathBuf {
        let file = chapter.parent().unwrap_or(chapter).join(self.path);
        file.canonicalize().unwrap_or(file)
    }

    fn complaint(&self, chapter: &Path) -> Option<String> {
        let Ok(text) = fs::read_to_string(self.file(chapter)) else {
            return Some(format!("the included file {} cannot be read", self.path));
        };
        let anchor = self.anchor?;
        let has = |marker: &str| {
            text.lines().any(|line| {
                let name = line.split_once(marker).map(|(_, rest)| rest.trim_start());
                name.is_some_and(|name| name.split_whitespace().next() == Some(anchor))
            })
        };
        if !has("ANCHOR:") {
            Some(format!("{} has no `ANCHOR: {anchor}`", self.path))
        } else if !has("ANCHOR_END:") {
            Some(format!("{} has no `ANCHOR_END: {anchor}`", self.path))
        } else {
            None
        }
    }
}

/// The includes of a text and where each begins. One behind a backslash is shown, not followed.
fn includes(text: &str) -> impl Iterator<Item = (usize, Include<'_>)> {
    const OPENING: &str = "{{#include ";
    text.match_indices(OPENING).filter_map(move |(offset, _)| {
        if text[..offset].ends_with('\\') {
            return None;
        }
        let length = text[offset..].find("}}")? + "}}".len();
        let target = text[offset + OPENING.len()..offset + length - "}}".len()].trim();
        let (path, anchor) = match target.split_once(':') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (target, None),
        };
        Some((
            offset,
            Include {
                path,
                anchor,
                length,
            },
        ))
    })
}

pub(super) fn markdown_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(markdown_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn assignment_pages(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut pages = markdown_files(folder)?;
    pages.retain(|page| page.ends_with("assignment.md"));
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::super::tests::course;
    use super::*;

    fn problems_in(files: &[(&str, &str)]) -> Vec<String> {
        let course = course(files);
        let problems = check(&Workspace::at(course.path())).expect("the book can be loaded");
        let here = course.path().display().to_string();
        problems
            .iter()
            .map(|problem| problem.to_string().replace(&here, "."))
            .collect()
    }

    const SUMMARY: (&str, &str) = (
        "book/src/SUMMARY.md",
        "# Summary\n\n- [One](one.md)\n- [Later]()\n",
    );
    const CRATE: (&str, &str) = (
        "solutions/01-one/src/lib.rs",
        "// ANCHOR: good\nfn good() {}\n// ANCHOR_END: good\n// ANCHOR: open\n",
    );

    fn problems_in_chapter(text: &str) -> Vec<String> {
        problems_in(&[SUMMARY, CRATE, ("book/src/one.md", text)])
    }

    #[test]
    fn a_whole_book_has_no_problems() {
        let problems = problems_in(&[
            SUMMARY,
            CRATE,
            (
                "book/src/one.md",
                "# One\n\n```rust\n{{#include ../../solutions/01-one/src/lib.rs:good}}\n```\n\n\
                 ```toml\nrust = false\n```\n\n\\{{#include gone.md}}\n\n\
                 {{#include ../../assignments/01-one/assignment.md}}\n",
            ),
            ("assignments/01-one/assignment.md", "# Assignment"),
        ]);
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn a_chapter_that_is_not_in_the_summary_is_a_problem() {
        assert_eq!(
            problems_in(&[
                SUMMARY,
                ("book/src/one.md", ""),
                ("book/src/deep/lost.md", "")
            ]),
            ["./book/src/deep/lost.md: no reader finds this chapter: list it in SUMMARY.md"]
        );
    }

    #[test]
    fn an_assignment_that_no_chapter_includes_is_a_problem() {
        let assignment = ("assignments/01-one/assignment.md", "# Assignment");
        assert_eq!(
            problems_in(&[SUMMARY, ("book/src/one.md", ""), assignment]),
            [
                "./assignments/01-one/assignment.md: no chapter in SUMMARY.md includes this assignment"
            ]
        );
    }

    #[test]
    fn rust_that_is_written_into_the_book_is_a_problem() {
        let complaint = "no crate compiles this snippet: \
                         take it from exercises/ or solutions/ with {{#include FILE:ANCHOR}}";
        for snippet in [
            "fn main() {}",
            "",
            "{{#include ../../solutions/01-one/src/lib.rs:good}}\nfn more() {}",
            "{{#include ../../solutions/01-one/src/lib.rs:good}} // and more",
            "{{#include ../../solutions/01-one/src/lib.rs}}",
            "{{#include one.md:good}}",
        ] {
            let problems =
                problems_in_chapter(&format!("# One\n\n```rust,ignore\n{snippet}\n```\n"));
            let expected = format!("./book/src/one.md:3: {complaint}");
            assert!(problems.contains(&expected), "{snippet}: {problems:?}");
        }
    }

    #[test]
    fn an_include_of_what_is_not_there_is_a_problem() {
        let from_lib = "../../solutions/01-one/src/lib.rs";
        for (include, complaint) in [
            (
                "gone.md",
                "the included file gone.md cannot be read".to_owned(),
            ),
            (
                &format!("{from_lib}:gone"),
                format!("{from_lib} has no `ANCHOR: gone`"),
            ),
            (
                &format!("{from_lib}:goo"),
                format!("{from_lib} has no `ANCHOR: goo`"),
            ),
            (
                &format!("{from_lib}:open"),
                format!("{from_lib} has no `ANCHOR_END: open`"),
            ),
            (
                &format!("{from_lib}:1:2"),
                format!("{from_lib} has no `ANCHOR: 1:2`"),
            ),
        ] {
            assert_eq!(
                problems_in_chapter(&format!("# One\n\n{{{{#include {include}}}}}\n")),
                [format!("./book/src/one.md:3: {complaint}")]
            );
        }
    }
}
