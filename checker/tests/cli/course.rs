//! A small course of its own, so that no test depends on what a student has written.
//!
//! Its one exercise is a server of HTTP without any dependency, so that it is built in a moment and without a network.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub(crate) const PAGE: &str = r#"+++
yours = ["src/answers.rs"]
[server]
env = { GREETING = "hello" }
+++
# Assignment 1: a greeter

Answer `GET /greeting` with the text in `GREETING` and `GET /sum` with `{"sum": 3}`.

## It greets {#greet points=3 read=greeting#saying-hello}

```transcript
alice GET /greeting => 200 text "hello"
```

> [!TIP]
> `std::env::var` reads the environment.

## It greets in other languages {#languages points=2 needs=greet}

```transcript
env GREETING=bonjour
alice GET /greeting => 200 text "bonjour"
```

> [!TIP]
> Read it anew.

## It adds {#sum points=5}

```transcript
alice GET /sum => 200 {"sum": 3}
```

> [!TIP]
> One and two.
"#;

pub(crate) const STUB: &str = "pub fn answer(path: &str) -> String { todo!(\"answer {path}\") }\n";

pub(crate) const SOLUTION: &str = r#"pub fn answer(path: &str) -> String {
    match path {
        "/greeting" => std::env::var("GREETING").unwrap_or_default(),
        "/sum" => "{\"sum\": 3}".to_owned(),
        _ => String::new(),
    }
}
"#;

const MAIN: &str = r#"mod answers;
use std::io::{BufRead, BufReader, Write};
fn main() {
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        std::thread::spawn(move || {
            let mut stream = stream.unwrap();
            let mut request = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            request.read_line(&mut line).unwrap();
            let Some(path) = line.split(' ').nth(1) else { return };
            loop {
                let mut header = String::new();
                request.read_line(&mut header).unwrap();
                if header.trim().is_empty() {
                    break;
                }
            }
            let body = answers::answer(path);
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        });
    }
}
"#;

const WORKSPACE: &str =
    "[workspace]\nresolver = \"3\"\nmembers = [\"exercises/*\", \"solutions/*\"]\n";

/// An exercise of pure functions.
pub(crate) mod functions {
    pub(crate) const PAGE: &str = r#"+++
yours = ["src/sums.rs"]
+++
# Assignment 1: sums

## It adds {#add points=3}

```test
sums::two_and_two
sums::large::numbers_that_do_not_fit  # None
```

> [!TIP]
> `checked_add`.

## It doubles {#double points=2}

```test
sums::two_times
```

> [!TIP]
> A sum too.
"#;

    pub(crate) const STUB: &str = "pub fn add(a: u8, b: u8) -> Option<u8> { todo!(\"add {a} and {b}\") }\n\
        pub fn double(a: u8) -> Option<u8> { todo!(\"double {a}\") }\n";

    pub(crate) const SOLUTION: &str = "pub fn add(a: u8, b: u8) -> Option<u8> { a.checked_add(b) }\n\
        pub fn double(a: u8) -> Option<u8> { a.checked_add(a) }\n";

    pub(crate) const TESTS: &str = r#"
#[graded::test]
fn two_and_two() {
    println!("two and two");
    assert_eq!(sums::sums::add(2, 2), Some(4));
}

mod large {
    #[graded::test]
    fn numbers_that_do_not_fit() {
        assert_eq!(sums::sums::add(200, 100), None);
    }
}

#[graded::test]
fn two_times() {
    assert_eq!(sums::sums::double(2), Some(4));
}

#[graded::test]
#[ignore]
fn ignored() {}

#[test]
fn ungraded() {}
"#;
}

/// The course's folder. It goes with the value.
pub(crate) struct Course {
    folder: TempDir,
}

impl Course {
    /// The course as a student clones it.
    pub(crate) fn new() -> Self {
        let course = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        course.write("Cargo.toml", WORKSPACE);
        course.write("assignments/01-greeter/assignment.md", PAGE);
        for (kind, package, answers) in [
            ("exercises", "greeter", STUB),
            ("solutions", "greeter-solution", SOLUTION),
        ] {
            let manifest = format!(
                "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
            );
            course.write(&format!("{kind}/01-greeter/Cargo.toml"), &manifest);
            course.write(&format!("{kind}/01-greeter/src/main.rs"), MAIN);
            course.write(&format!("{kind}/01-greeter/src/answers.rs"), answers);
        }
        course.write("book/src/SUMMARY.md", "- [Greeting](greeting.md)\n");
        course.write("book/src/greeting.md", "# Greeting\n\n## Saying hello\n");
        course
    }

    /// A course whose one exercise is a library of pure functions, graded by the tests that its page names.
    pub(crate) fn of_functions() -> Self {
        let course = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        course.write("Cargo.toml", WORKSPACE);
        course.write("assignments/01-sums/assignment.md", functions::PAGE);
        let graded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../graded");
        for (kind, package, sums) in [
            ("exercises", "sums", functions::STUB),
            ("solutions", "sums-solution", functions::SOLUTION),
        ] {
            let manifest = format!(
                "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                 [dev-dependencies]\ngraded = {{ path = {graded:?} }}\n"
            );
            course.write(&format!("{kind}/01-sums/Cargo.toml"), &manifest);
            course.write(&format!("{kind}/01-sums/src/lib.rs"), "pub mod sums;\n");
            course.write(&format!("{kind}/01-sums/src/sums.rs"), sums);
        }
        course.write("exercises/01-sums/tests/sums.rs", functions::TESTS);
        course
    }

    /// A wrong server: the solution with `from` replaced by `to`.
    pub(crate) fn add_wrong(&self, name: &str, fails: &str, from: &str, to: &str) {
        let diff = patch("src/answers.rs", SOLUTION, from, to);
        self.write(
            &format!("assignments/01-greeter/wrong/{name}.patch"),
            &format!("What: {name}\nFails: {fails}\n{diff}"),
        );
    }

    /// A wrong solution of the functions.
    pub(crate) fn add_wrong_functions(&self, name: &str, fails: &str, from: &str, to: &str) {
        let diff = patch("src/sums.rs", functions::SOLUTION, from, to);
        self.write(
            &format!("assignments/01-sums/wrong/{name}.patch"),
            &format!("What: {name}\nFails: {fails}\n{diff}"),
        );
    }

    /// Wrong servers that guard every check.
    pub(crate) fn add_guards(&self) {
        self.add_wrong(
            "deaf",
            "greet",
            "\"/greeting\" => std::env::var(\"GREETING\").unwrap_or_default(),",
            "\"/greeting\" => String::new(),",
        );
        self.add_wrong(
            "monoglot",
            "languages",
            "std::env::var(\"GREETING\").unwrap_or_default()",
            "\"hello\".to_owned()",
        );
        self.add_wrong("miscounts", "sum", "3}", "4}");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The checker, to be run in the course's folder.
    pub(crate) fn checker(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checker"));
        command
            .args(args)
            .current_dir(self.path())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    /// Runs the checker to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.checker(args).output().unwrap())
    }
}

/// The diff of a file in which `from` becomes `to`.
fn patch(file: &str, text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in the solution");
    let diff = diffy::create_patch(text, &text.replace(from, to)).to_string();
    diff.replacen("--- original", &format!("--- a/{file}"), 1)
        .replacen("+++ modified", &format!("+++ b/{file}"), 1)
}

/// How a run of the checker went.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// What people read, without what differs from run to run.
    pub(crate) fn shown(&self) -> String {
        let text = format!(
            "exit code {}\n--- stdout\n{}--- stderr\n{}",
            self.code.map_or("none".to_owned(), |code| code.to_string()),
            self.stdout,
            self.stderr
        );
        redacted(&text)
    }
}

fn redacted(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, with) in [
        (r" +\d+\.\d ms", " [time]"),
        (r" +\d+\.\d\d s", " [time]"),
        (r"--seed [0-9a-f]{4,8}", "--seed [seed]"),
        (r"thread '([^']*)' \(\d+\)", "thread '$1' ([id])"),
        (r"/tmp/[^ \n]*?/exercises", "exercises"),
    ] {
        let pattern = regex_lite::Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, with).into_owned();
    }
    text
}

/// Says that a test did not run; where the machine must have everything, fails.
pub(crate) fn skipped(needs: &str) {
    assert!(
        std::env::var_os("CI_REQUIRES_TOOLS").is_none(),
        "CI_REQUIRES_TOOLS is set, and this machine has no {needs}"
    );
    // Not `eprintln!`: the harness would keep what a test that passes prints.
    let _ = writeln!(std::io::stderr(), "skipped: needs {needs}");
}
