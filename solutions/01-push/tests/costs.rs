//! The table of costs in the book is what the checker measures of the solution.

use std::path::Path;
use std::sync::Arc;

use checker::grade::{self, Settings, Subject};
use checker::run::Measured;
use checker::run::values::Seed;
use checker::{assignment, report};

#[path = "support/server.rs"]
mod server;
use server::Server;

/// By how many bytes a message's share may differ: the date in a head has always the same length, but a library may add
/// a header.
const TOLERANCE: f64 = 0.02;

#[tokio::test]
async fn the_table_in_the_book_is_what_the_solution_costs() {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = course.join("assignments/01-push/assignment.md");
    let (assignment, _) = assignment::load(&page).expect("the page is there");
    // A process of its own, and not one that the checker starts: its supervisor is the checker's executable.
    let server = Server::start();
    let subject = Subject::running(server.address.parse().expect("an address"));
    let settings = Settings {
        only: vec!["costs".to_owned()],
        seed: Seed::random(),
        timeout_factor: 4.0,
    };
    let grade = grade::grade(&Arc::new(assignment), &subject, &settings, &mut |_| {}).await;
    let grade = grade.expect("the solution starts");
    assert!(grade.all_passed(), "{grade:#?}");
    let measured: Vec<&Measured> = grade
        .checks
        .iter()
        .flat_map(|check| check.transcript.measured())
        .collect();
    assert_eq!(measured.len(), 4);

    let table = std::fs::read_to_string(course.join("book/src/costs.txt")).expect("the table");
    let said = |name: &str| -> Vec<f64> {
        let row = table
            .lines()
            .find_map(|line| line.trim().strip_prefix(name));
        let row = row.unwrap_or_else(|| panic!("{name} is not in the table"));
        row.split_whitespace()
            .map(|cell| cell.parse().expect("a number"))
            .collect()
    };
    for measured in measured {
        let cost = measured.cost;
        let counts = [cost.requests, cost.sent, cost.received, cost.bytes()];
        let is: Vec<f64> = counts
            .iter()
            .map(|count| measured.per_message(*count))
            .collect();
        let said = said(&measured.name);
        let agree = is.iter().zip(&said).all(|(is, said)| {
            // The table is rounded.
            (is - said).abs() <= is * TOLERANCE + 0.5
        });
        assert!(
            agree && is.len() == said.len(),
            "{}: the book says {said:?}, and it is {is:?}; the table now:\n{}",
            measured.name,
            report::terminal::costs(&grade)
        );
    }
}
