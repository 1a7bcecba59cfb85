//! Single lines of client pages.

use checker::assignment::Assignment;
use checker::grade::Grade;
use checker::run::Outcome;

use crate::process::HTTP;
use crate::support::{grade, grade_as, page, shown};

/// A page of one check.
fn script(lines: &str) -> Assignment {
    page(&format!(
        "+++\nyours = [\"src/client.rs\"]\n[client]\n\
         env = {{ BACKOFF_BASE_MS = \"20\", BACKOFF_CAP_MS = \"40\", CLIENT_NAME = \"mira\" }}\n+++\n\
         # A page\n\n## A check {{#check points=1}}\n\n```transcript\n{lines}\n```\n"
    ))
}

#[track_caller]
fn assert_passed(grade: &Grade) {
    assert!(grade.all_passed(), "{}", shown(grade));
}

#[track_caller]
fn assert_fails(grade: &Grade, because: &str) {
    assert_eq!(grade.checks[0].outcome, Outcome::Failed, "{}", shown(grade));
    let failed = grade.checks[0].transcript.failed_exchange();
    let failure = failed.and_then(|(_, exchange)| exchange.failure.as_ref());
    let told = failure.map(|failure| failure.because.join("\n"));
    let told = told.unwrap_or_default();
    assert!(told.contains(because), "{told}");
}

#[tokio::test]
async fn a_server_that_is_down_refuses_connections_and_comes_back_on_the_same_port() {
    let lines = "server is down\nserver is up\nserver accepts within 10s\nserver <- {\"type\": \"join\", ...}\n\
                 server is down\nwait 50ms \"it tries in vain meanwhile\"\nserver is up\nserver accepts within 10s\n\
                 server <- {\"type\": \"join\", ...}";
    assert_passed(&grade(script(lines), None, &[]).await);
}

#[tokio::test]
async fn requests_are_answered_refused_and_dropped() {
    let lines = "server <- POST /api/operations?v=1 {\"id\": $id, ...}\nserver drops\n\
                 server <- POST /api/operations?v=1 {\"id\": $id, ...}\nserver => 409 {\"since\": $id}\n\
                 client prints \"409 {\\\"since\\\":7}\"\n\
                 server <- POST /api/operations?v=1 {\"id\": $id, \"insert\": \"x\"} within 5s\n\
                 server => 200 {\"applied\": true}\nclient prints /applied/\nclient exits 0";
    assert_passed(&grade_as(script(lines), HTTP, &[]).await);
}

#[tokio::test]
async fn a_request_that_is_another_is_shown() {
    let other = script("server <- POST /api/operations?v=1 {\"id\": 8, ...}");
    let grade = grade_as(other, HTTP, &[]).await;
    assert_fails(&grade, "no such request came for 2 s");
    let text = shown(&grade);
    assert!(text.contains("id: expected 8"), "{text}");
}

#[tokio::test]
async fn a_client_that_does_not_connect_is_told() {
    let grade = grade_as(script("server accepts"), HTTP, &[]).await;
    assert_fails(&grade, "nothing connected for 2 s");
}

#[tokio::test]
async fn a_connection_that_must_not_come_is_told_with_its_time() {
    let lines = "server accepts\nserver drops\nnothing connects for 1s";
    assert_fails(
        &grade(script(lines), None, &[]).await,
        "the client connected after",
    );
}

#[tokio::test]
async fn a_client_that_has_ended_is_not_waited_for() {
    let lines =
        "server accepts\nclient types \"quit\"\nserver is dropped\nserver accepts within 30s";
    let grade = grade(script(lines), None, &[]).await;
    assert_fails(&grade, "the client has ended, exit status 0");
    assert!(grade.took.as_secs() < 20, "{:?}", grade.took);
}

#[tokio::test]
async fn the_servers_frames_are_unmasked_and_broken_as_the_script_wants_them() {
    // A client must fail the connection on a continuation of nothing.
    let lines = "server accepts\nserver -> frame continuation \"x\"\nserver is closed with 1002 | dropped\n\
                 server accepts within 5s";
    assert_passed(&grade(script(lines), None, &[]).await);
}
