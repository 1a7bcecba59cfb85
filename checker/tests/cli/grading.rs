//! Grading: verdicts, exit codes, progress.

use crate::course::{Course, SOLUTION};

#[test]
fn a_newcomer_is_greeted_and_sees_red() {
    let ran = Course::new().run(&[]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn what_is_done_is_remembered_until_all_is() {
    let course = Course::new();
    let half = SOLUTION.replace("\"/sum\"", "\"/nothing\"");
    course.write("exercises/01-greeter/src/answers.rs", &half);
    assert_eq!(course.run(&["grade", "greeter"]).code, Some(1));
    let again = course.run(&[]);
    assert!(again.stdout.contains("5/10"), "{}", again.stdout);
    assert!(!again.stdout.contains("Welcome"), "{}", again.stdout);

    course.write("exercises/01-greeter/src/answers.rs", SOLUTION);
    assert_eq!(course.run(&[]).code, Some(0));
    let done = course.run(&[]);
    assert_eq!(done.code, Some(0));
    assert!(done.stdout.contains("All done"), "{}", done.stdout);
}

#[test]
fn grading_the_solution_leaves_the_students_progress_alone() {
    let course = Course::new();
    assert_eq!(
        course.run(&["grade", "greeter", "--solution"]).code,
        Some(0)
    );
    assert!(!course.path().join(".checker/progress.json").exists());
}

#[test]
fn what_depends_on_a_failed_check_is_not_run_and_the_rest_is() {
    let course = Course::new();
    let half = SOLUTION.replace("\"/greeting\"", "\"/nothing\"");
    course.write("exercises/01-greeter/src/answers.rs", &half);
    let ran = course.run(&["grade", "greeter"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_passing_transcript_is_shown_when_asked_for() {
    let ran = Course::new().run(&["grade", "greeter", "--solution", "--verbose"]);
    assert_eq!(ran.code, Some(0));
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn what_does_not_compile_shows_rustcs_own_words_and_exits_with_2() {
    let course = Course::new();
    course.write(
        "exercises/01-greeter/src/answers.rs",
        "pub fn answer(path: &str) -> String { path }\n",
    );
    let ran = course.run(&["grade", "greeter"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("error[E0308]: mismatched types"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("src/answers.rs:1:39"), "{}", ran.stderr);
}

#[test]
fn what_does_not_start_shows_its_last_words_and_exits_with_2() {
    let course = Course::new();
    let ran = course.run(&[
        "grade",
        "greeter",
        "--cmd",
        "sh -c 'echo no database >&2; exit 7'",
    ]);
    assert_eq!(ran.code, Some(2));
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn one_check_is_repeated_by_its_seed() {
    let course = Course::new();
    let args = ["grade", "greeter", "--only", "sum", "--seed", "7f3a"];
    let ran = course.run(&args);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("--only sum --seed 7f3a"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("greet "), "{}", ran.stdout);
}

#[test]
fn a_server_that_runs_already_is_graded_and_what_it_cannot_be_given_is_skipped() {
    let course = Course::new();
    let mut server = course
        .checker(&["run", "greeter", "--solution"])
        .env("GREETING", "hello")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let url = line
        .split(' ')
        .find(|word| word.starts_with("http://"))
        .unwrap_or_else(|| panic!("no address in {line:?}"));
    let ran = course.run(&["grade", "greeter", "--url", url]);
    let pid = rustix::process::Pid::from_child(&server);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    server.wait().unwrap();
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
    assert!(ran.stdout.contains("8/8 points"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 skipped"), "{}", ran.stdout);
}

#[test]
fn given_files_that_were_changed_are_named() {
    let course = Course::new();
    let git = |args: &[&str]| {
        let settings = [
            "-c",
            "user.name=s",
            "-c",
            "user.email=s@localhost",
            "-c",
            "init.defaultBranch=main",
        ];
        let status = std::process::Command::new("git")
            .args(settings)
            .args(args)
            .current_dir(course.path())
            .stdout(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    if !git(&["init"]) {
        crate::course::skipped("git");
        return;
    }
    assert!(git(&["add", "."]) && git(&["commit", "-m", "the course"]));
    course.write("exercises/01-greeter/src/answers.rs", SOLUTION);
    let clean = course.run(&["grade", "greeter"]);
    assert_eq!((clean.code, clean.stderr.as_str()), (Some(0), ""));

    let main = "exercises/01-greeter/src/main.rs";
    let text = std::fs::read_to_string(course.path().join(main)).unwrap();
    course.write(main, &format!("{text}\n// mine\n"));
    let changed = course.run(&["grade", "greeter"]);
    assert_eq!(
        changed.stderr,
        format!("note: you changed given files, which are not handed in: {main}\n\n")
    );
}

#[test]
fn a_mistyped_file_of_a_command_is_named() {
    let course = Course::new();
    let ran = course.run(&["grade", "greeter", "--cmd", "sh srever.sh"]);
    assert_eq!(ran.code, Some(2));
    let note =
        "note: srever.sh is no file here, and the server runs in an empty folder of its own\n";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
}

#[test]
fn a_url_where_nothing_listens_is_told_and_exits_with_2() {
    // Bound and not listening, so that nobody else can have the port meanwhile.
    let reserved = socket_that_does_not_listen();
    let address = reserved.local_addr().unwrap();
    let ran = Course::new().run(&["grade", "greeter", "--url", &format!("ws://{address}")]);
    assert_eq!(ran.code, Some(2));
    let expected = format!("nothing listens at {address}");
    assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
}

fn socket_that_does_not_listen() -> tokio::net::TcpSocket {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket
}
