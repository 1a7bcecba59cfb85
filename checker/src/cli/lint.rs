//! `cargo checker lint`.

use std::path::PathBuf;

use checker::notation::diagnostic::{self, Severity};
use checker::{assignment, explore};

use super::output::{Output, relative};
use super::{Ended, Exit, course};

/// Options of `lint`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo checker lint\n  cargo checker lint assignments/03-chat/assignment.md"
)]
pub(super) struct Args {
    /// Pages; without any, all assignments of the course.
    #[arg(value_name = "FILE")]
    pages: Vec<PathBuf>,
}

pub(super) fn lint(args: &Args, output: &mut Output) -> Ended {
    let pages = if args.pages.is_empty() {
        assignment::all(&course()?)?
    } else {
        args.pages.clone()
    };
    let (mut errors, mut warnings) = (0, 0);
    for page in &pages {
        let (assignment, mut diagnostics) = assignment::load(page)?;
        diagnostics.extend(explore::lint(&assignment));
        diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        if !diagnostics.is_empty() {
            let name = relative(page).display().to_string();
            let colour = output.colour();
            let rendered = diagnostic::render(&diagnostics, &name, &assignment.source, colour);
            output.line(format!("{}\n", rendered.trim_end()));
        }
        for diagnostic in &diagnostics {
            match diagnostic.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
        }
    }
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    output.line(format!(
        "{}: {}, {}",
        counted(pages.len(), "page"),
        counted(errors, "error"),
        counted(warnings, "warning")
    ));
    Ok(if errors > 0 {
        Exit::Failed
    } else {
        Exit::Passed
    })
}
