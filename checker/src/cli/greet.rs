//! `cargo checker` without a verb: where one stands, and the next exercise graded.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use checker::assignment::{self, Assignment};
use checker::course::Progress;
use checker::grade::Settings;
use checker::report::style::{DIM, GOOD, STRONG, paint};
use checker::report::{Book, Detail, terminal};
use checker::run::values::Seed;

use super::grade::{exit_of, keep_progress, name_changed_files, play};
use super::output::Output;
use super::subject::Which;
use super::{Ended, Exit, course, load_page};

/// How many boxes a progress bar has.
const BAR: u32 = 10;

pub(super) async fn greet(output: &mut Output) -> Ended {
    let course = course()?;
    let mut assignments = Vec::new();
    for page in assignment::all(&course)? {
        assignments.push(load_page(&page, output)?);
    }
    let progress = Progress::load(&course);
    output.print(welcome(&progress, &assignments));
    let next = assignments
        .into_iter()
        .find(|assignment| progress.points(assignment) < assignment.points());
    let Some(next) = next else {
        output.line("All done. `cargo checker grade NAME` grades an exercise again.");
        return Ok(Exit::Passed);
    };
    output.print(whats_next(&course, &next));
    let next = Arc::new(next);
    let own = Which {
        solution: false,
        cmd: None,
        client_cmd: None,
        url: None,
    };
    let subject = own.resolve(&course, &next, output).await?;
    let settings = Settings {
        only: Vec::new(),
        seed: Seed::random(),
        timeout_factor: 1.0,
    };
    let grade = play(&next, &subject, &settings).await?;
    keep_progress(&course, &grade, output);
    name_changed_files(&course, &next, output);
    let command = format!("cargo checker grade {}", next.name);
    let book = Book::of(&course);
    output.print(terminal::render(
        &grade,
        &book,
        Detail::FirstFailure,
        &command,
    ));
    Ok(exit_of(&grade))
}

fn welcome(progress: &Progress, assignments: &[Assignment]) -> String {
    let mut text = String::new();
    if progress.is_empty() {
        let _ = writeln!(
            text,
            "{}\n\nReal-time servers in Rust, one WebSocket frame at a time. Read the book (`cargo book`), edit a stub, and run\n\
             `cargo checker` again: it plays conversations against your server and shows the line that went wrong.\n\
             {} Every stub fails until it is written.\n",
            paint(STRONG, "Welcome to Switching Protocols."),
            paint(STRONG, "Red is where one starts.")
        );
    }
    for assignment in assignments {
        let (earned, all) = (progress.points(assignment), assignment.points());
        let full = (earned * BAR).checked_div(all).unwrap_or(0);
        let bar: String = (0..BAR).map(|n| if n < full { '█' } else { '░' }).collect();
        let bar = if earned == all { paint(GOOD, bar) } else { bar };
        let _ = writeln!(
            text,
            "  {:<18} {bar} {earned:>3}/{all:<3}  {}",
            assignment.folder,
            paint(DIM, &assignment.title)
        );
    }
    text.push('\n');
    text
}

fn whats_next(course: &Path, next: &Assignment) -> String {
    let folder = super::output::relative(&course.join("exercises").join(&next.folder));
    let yours: Vec<String> = next
        .front_matter
        .yours
        .iter()
        .map(|file| folder.join(file).display().to_string())
        .collect();
    format!(
        "Next: {}\n  yours to edit: {}\n  the page:      {}\n\n",
        paint(STRONG, &next.folder),
        yours.join("\n                 "),
        next.path.display()
    )
}
