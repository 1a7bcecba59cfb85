//! `cargo checker grade`.

use std::path::Path;
use std::sync::Arc;

use checker::assignment::Assignment;
use checker::course::{Progress as CourseProgress, changed_given_files};
use checker::grade::{self, Grade, Progress, Settings, Subject};
use checker::report::{Book, Detail, json, terminal};
use checker::run::values::Seed;
use checker::server::StartFailure;

use super::output::{Output, spinner};
use super::subject::Which;
use super::{Ended, Exit, Problem, course, load};

/// Options of `grade`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo checker grade chat\n  cargo checker grade chat --only join --seed 7f3a\n  cargo checker grade chat --solution\n  cargo checker grade chat --cmd 'node server.js'\n  cargo checker grade chat --json > grade.json"
)]
pub(super) struct Args {
    /// The exercise: `chat`, `03-chat` or `3`.
    exercise: String,
    #[command(flatten)]
    which: Which,
    /// Run only these checks (and what they are given).
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    only: Vec<String>,
    /// Repeat a run: its random values depend on this.
    #[arg(long)]
    seed: Option<Seed>,
    /// Multiply all deadlines, on a slow machine.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor)]
    timeout_factor: f64,
    /// Print the report as JSON (docs/json-report.md).
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// Show the transcripts of passing checks too.
    #[arg(long, short)]
    verbose: bool,
}

/// A factor that deadlines can be multiplied by.
pub(super) fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.1..=100.0).contains(&factor) => Ok(factor),
        _ => Err("write a number from 0.1 to 100".to_owned()),
    }
}

pub(super) async fn grade(args: Args, output: &mut Output) -> Ended {
    let course = course()?;
    let assignment = Arc::new(load(&course, &args.exercise, output)?);
    for id in &args.only {
        assignment.find_check(id)?;
    }
    let subject = args.which.resolve(&course, &assignment, output).await?;
    let settings = Settings {
        only: args.only.clone(),
        seed: args.seed.unwrap_or_else(Seed::random),
        timeout_factor: args.timeout_factor,
    };
    let grade = play(&assignment, &subject, &settings).await?;
    if args.which.is_own() {
        keep_progress(&course, &grade, output);
        name_changed_files(&course, &assignment, output);
    }
    if args.json {
        let report = serde_json::to_string_pretty(&json::Report::from(&grade))?;
        output.line(report);
    } else {
        let detail = if args.verbose {
            Detail::Everything
        } else {
            Detail::Failures
        };
        let command = format!(
            "cargo checker grade {}{}",
            assignment.name,
            args.which.flags()
        );
        output.print(terminal::render(
            &grade,
            &Book::of(&course),
            detail,
            &command,
        ));
    }
    Ok(exit_of(&grade))
}

/// Grades with a line of progress on the terminal.
pub(super) async fn play(
    assignment: &Arc<Assignment>,
    subject: &Subject,
    settings: &Settings,
) -> Result<Grade, Problem> {
    let all = match settings.only.len() {
        0 => assignment.checks.len(),
        some => some,
    };
    let noun = if all == 1 { "check" } else { "checks" };
    let progress = spinner(format!("{all} {noun}"));
    let mut finished = 0;
    let mut tell = |event: Progress<'_>| {
        match event {
            Progress::Finished(_) => finished += 1,
            Progress::Doing(doing) => {
                return progress.set_message(format!("{finished} of {all} {noun}; {doing}"));
            }
            Progress::Running(_) => return,
        }
        progress.set_message(format!("{finished} of {all} {noun}"));
    };
    let grade = grade::grade(assignment, subject, settings, &mut tell).await;
    progress.finish_and_clear();
    grade.map_err(|failure| {
        let exit = match failure {
            StartFailure::Checker { .. } => Exit::Fault,
            _ => Exit::NoServer,
        };
        let message = format!("the server {failure}");
        let log = terminal::log("server", &failure.into_log());
        Problem {
            exit,
            message: format!("{message}\n{}", log.trim_end()),
        }
    })
}

/// Keeps what the student's own exercise has passed.
pub(super) fn keep_progress(course: &Path, grade: &Grade, output: &mut Output) {
    let mut progress = CourseProgress::load(course);
    progress.record(grade);
    if let Err(error) = progress.save(course) {
        output.error(error.to_string());
    }
}

/// Says which given files differ: they count here, and not where the work is handed in.
pub(super) fn name_changed_files(course: &Path, assignment: &Assignment, output: &mut Output) {
    let changed = changed_given_files(course, assignment);
    if changed.is_empty() {
        return;
    }
    let names: Vec<String> = changed.iter().map(|p| p.display().to_string()).collect();
    output.error_text(&format!(
        "note: you changed given files, which are not handed in: {}\n\n",
        names.join(", ")
    ));
}

pub(super) fn exit_of(grade: &Grade) -> Exit {
    if grade.all_passed() {
        Exit::Passed
    } else if grade.any_failed() {
        Exit::Failed
    } else {
        Exit::Fault
    }
}
