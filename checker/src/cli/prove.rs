//! `cargo checker prove`.

use std::sync::Arc;

use checker::assignment;
use checker::prove::{self, Effort, Finding, News, Verdict};
use checker::report::style::{BAD, GOOD, OPEN, STRONG, paint};

use super::grade::factor;
use super::output::{Output, spinner};
use super::{Ended, Exit, course, load, load_page};

/// Options of `prove`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo checker prove\n  cargo checker prove chat --seeds 3\n  cargo checker prove chat --long"
)]
pub(super) struct Args {
    /// The exercise; without one, all of them.
    exercise: Option<String>,
    /// Under how many seeds the solution must earn every point.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// Grade the solution 1,000 times.
    #[arg(long, conflicts_with = "seeds")]
    long: bool,
    /// Multiply all deadlines, on a slow machine.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor)]
    timeout_factor: f64,
}

pub(super) async fn prove(args: &Args, output: &mut Output) -> Ended {
    let course = course()?;
    let assignments = match &args.exercise {
        Some(name) => vec![load(&course, name, output)?],
        None => {
            let mut assignments = Vec::new();
            for page in assignment::all(&course)? {
                assignments.push(load_page(&page, output)?);
            }
            assignments
        }
    };
    let effort = Effort {
        seeds: usize::try_from(args.seeds).unwrap_or(usize::MAX),
        long: args.long,
        timeout_factor: args.timeout_factor,
    };
    let assignments: Vec<_> = assignments.into_iter().map(Arc::new).collect();
    let progress = spinner("building the solution");
    let mut tell = |news: News<'_>| match news {
        News::Assignment(assignment) => {
            progress.suspend(|| output.line(paint(STRONG, &assignment.folder)));
        }
        News::Finding(finding) => progress.suspend(|| output.print(text(finding))),
        News::Tried(count) => progress.set_message(format!("{count} tried")),
    };
    let all_hold = prove::prove(&course, &assignments, effort, &mut tell).await;
    progress.finish_and_clear();
    output.line(if all_hold {
        paint(GOOD, "proved: the checks tell right from wrong")
    } else {
        paint(BAD, "not proved")
    });
    Ok(if all_hold { Exit::Passed } else { Exit::Failed })
}

fn text(finding: &Finding) -> String {
    let (mark, style) = match finding.verdict {
        Verdict::Holds => ("✓", GOOD),
        Verdict::Broken => ("✗", BAD),
        Verdict::Remark => ("!", OPEN),
    };
    let mut lines = finding.lines.iter();
    let first = lines.next().map(String::as_str).unwrap_or_default();
    let mut text = format!(
        "{} {}  {first}\n",
        paint(style, mark),
        paint(STRONG, &finding.subject)
    );
    for line in lines {
        text.push_str(&format!(
            "    {}\n",
            line.trim_end().replace('\n', "\n    ")
        ));
    }
    text
}
