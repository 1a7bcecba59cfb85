//! `cargo checker hint`.

use checker::assignment::Check;
use checker::report::Book;
use checker::report::style::{STRONG, paint};

use super::output::Output;
use super::{Ended, Exit, course, load};

/// Options of `hint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo checker hint chat join")]
pub(super) struct Args {
    /// The exercise: `chat`, `03-chat` or `3`.
    exercise: String,
    /// The check's id; without one, the checks are listed.
    check: Option<String>,
}

pub(super) fn hint(args: &Args, output: &mut Output) -> Ended {
    let course = course()?;
    let assignment = load(&course, &args.exercise, output)?;
    let Some(id) = &args.check else {
        for check in &assignment.checks {
            output.line(format!("{}  {}", paint(STRONG, &check.id), check.title));
        }
        return Ok(Exit::Passed);
    };
    let check = assignment.find_check(id)?;
    output.print(text(check, &Book::of(&course)));
    Ok(Exit::Passed)
}

fn text(check: &Check, book: &Book) -> String {
    let hint = check.hint.as_deref().unwrap_or("This check has no hint.");
    let mut text = format!(
        "{}  {}\n\n{}\n",
        paint(STRONG, &check.id),
        check.title,
        hint.trim()
    );
    if let Some(place) = &check.read {
        text.push_str(&format!("\nread: {}\n", book.describe(place)));
    }
    text
}
