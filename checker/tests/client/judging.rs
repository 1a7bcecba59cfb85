//! Right clients pass the page, and each defect fails where it should.

use crate::process::Defect;
use crate::support::{failed, grade, page, shown};

const PAGE: &str = include_str!("../fixtures/notation/5-client.md");

#[tokio::test]
async fn a_right_client_passes() {
    for _ in 0..3 {
        let grade = grade(page(PAGE), None, &[]).await;
        assert!(grade.all_passed(), "{}", shown(&grade));
        assert_eq!(grade.earned(), 50);
    }
}

#[tokio::test]
async fn each_defect_fails_the_check_that_is_about_it() {
    for (defect, checks) in [
        (Defect::Fixed, vec!["backoff"]),
        (Defect::Eager, vec!["backoff"]),
        (Defect::NeverResets, vec!["reset"]),
        (Defect::DropsQueue, vec!["queue"]),
        (Defect::SendsTwice, vec!["queue", "unacked"]),
        (Defect::Reversed, vec!["queue"]),
        (Defect::AnotherId, vec!["unacked"]),
        (Defect::IgnoresAcks, vec!["unacked"]),
        (Defect::ComesBackAfterPolicy, vec!["policy"]),
        (Defect::DiesOnGarbage, vec!["garbage"]),
        (Defect::SilentAboutTheReason, vec!["policy"]),
        (Defect::WrongStatus, vec!["policy"]),
        (Defect::NoHello, vec!["hello"]),
    ] {
        let grade = grade(page(PAGE), Some(defect), &[]).await;
        let failed: Vec<&str> = failed(&grade)
            .into_iter()
            // A client that waits 3 s is also late where a line gives it the usual patience of 2 s.
            .filter(|id| defect != Defect::Fixed || *id == "backoff")
            .collect();
        assert_eq!(failed, checks, "{defect:?}\n{}", shown(&grade));
    }
}

#[tokio::test]
async fn failures_are_shown_with_the_clients_own_words() {
    let mut text = String::new();
    for (defect, only) in [
        (Defect::Eager, "backoff"),
        (Defect::DropsQueue, "queue"),
        (Defect::ComesBackAfterPolicy, "policy"),
        (Defect::DiesOnGarbage, "garbage"),
        (Defect::SilentAboutTheReason, "policy"),
        (Defect::WrongStatus, "policy"),
    ] {
        let grade = grade(page(PAGE), Some(defect), &[only]).await;
        text.push_str(&format!("=== {}\n{}\n", defect.name(), shown(&grade)));
    }
    insta::assert_snapshot!(text);
}
