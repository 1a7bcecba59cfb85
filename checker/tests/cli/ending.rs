//! Signals: a checker that is told to stop leaves nothing running.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::course::Course;

/// Tells us that it runs, by a connection that ends with it, and never answers anybody.
const MUTE: &str = r#"pub fn answer(path: &str) -> String {
    let roll = std::net::TcpStream::connect(std::env::var("ROLL").unwrap()).unwrap();
    std::io::Write::write_all(&mut &roll, path.as_bytes()).unwrap();
    loop {
        std::thread::park();
    }
}
"#;

fn mute_course(roll: &TcpListener) -> Course {
    let course = Course::new();
    course.write("exercises/01-greeter/src/answers.rs", MUTE);
    let address = roll.local_addr().unwrap();
    let page = crate::course::PAGE.replace(
        "GREETING = \"hello\"",
        &format!("GREETING = \"hello\", ROLL = \"{address}\""),
    );
    course.write("assignments/01-greeter/assignment.md", &page);
    course
}

fn start(course: &Course, verb: &[&str], roll: &TcpListener) -> Child {
    course
        .checker(verb)
        .env("ROLL", roll.local_addr().unwrap().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn an_interrupted_grading_leaves_no_server() {
    for (signal, code) in [
        (Signal::INT, Some(130)),
        (Signal::TERM, Some(143)),
        (Signal::KILL, None),
    ] {
        let roll = TcpListener::bind("127.0.0.1:0").unwrap();
        let course = mute_course(&roll);
        let mut checker = start(
            &course,
            &["grade", "greeter", "--timeout-factor", "100"],
            &roll,
        );
        let (mut present, _) = roll.accept().unwrap();
        present.read_exact(&mut [0]).unwrap();
        kill_process(Pid::from_child(&checker), signal).unwrap();
        assert_eq!(checker.wait().unwrap().code(), code, "{signal:?}");
        // The connection ends when the server does.
        let mut rest = Vec::new();
        let ended = present.read_to_end(&mut rest);
        assert!(
            ended.is_ok() || ended.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset)
        );
    }
}
