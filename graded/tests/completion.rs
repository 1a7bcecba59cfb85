//! A graded test gives the token back when it has been played to its end, and not otherwise.
//!
//! The tests run this executable again, with one of the tests in `played`.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// What is run again. Without [`PLAYED`] these tests do nothing.
mod played {
    use super::PLAYED;

    fn is_played() -> bool {
        std::env::var_os(PLAYED).is_some()
    }

    #[graded::test]
    fn to_its_end() {}

    #[graded::test]
    fn to_an_early_return() -> Result<(), std::fmt::Error> {
        if is_played() {
            return Ok(());
        }
        write_nothing()
    }

    fn write_nothing() -> Result<(), std::fmt::Error> {
        Ok(())
    }

    #[graded::test]
    fn into_a_panic() {
        assert!(!is_played(), "as it should");
    }

    #[graded::test]
    fn into_an_exit() {
        if is_played() {
            println!("test result: ok. 1 passed");
            std::process::exit(0);
        }
    }

    #[graded::test]
    fn reading_the_token_again() {
        if is_played() {
            let rest = std::io::read_to_string(std::io::stdin()).unwrap();
            assert_eq!(rest, "");
            std::process::exit(0);
        }
    }
}

const PLAYED: &str = "PLAYED";
const TOKEN: &str = "a token";

fn play(test: &str) -> Output {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([&format!("played::{test}"), "--exact", "--nocapture"])
        .env(PLAYED, "")
        .env("GRADED_TEST", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    writeln!(stdin, "{TOKEN}").unwrap();
    drop(stdin);
    process.wait_with_output().unwrap()
}

fn gives_the_token_back(output: &Output) -> bool {
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.lines().any(|line| line == TOKEN)
}

#[test]
fn a_test_that_is_played_to_its_end_gives_the_token_back() {
    for test in ["to_its_end", "to_an_early_return"] {
        let output = play(test);
        assert!(gives_the_token_back(&output), "{test}: {output:?}");
        assert!(output.status.success(), "{test}");
    }
}

#[test]
fn a_test_that_is_not_keeps_it() {
    for (test, code) in [
        ("into_a_panic", 101),
        ("into_an_exit", 0),
        ("reading_the_token_again", 0),
    ] {
        let output = play(test);
        assert!(!gives_the_token_back(&output), "{test}: {output:?}");
        assert_eq!(output.status.code(), Some(code), "{test}: {output:?}");
    }
}
