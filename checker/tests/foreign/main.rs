//! Assignments graded on servers in other languages, each written from its page alone: a correct one earns everything,
//! and one with a single defect loses the checks for that defect.
//!
//! They need Python 3 and Node.js. Without them a test is skipped and says so, unless `CI_REQUIRES_TOOLS=1` is set:
//! then it fails.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod chat_node;
mod chat_python;
mod lifecycle_node;
mod namespaces_python;
mod push_python;
mod rooms_node;
mod rooms_python;
mod uploads_node;
mod uploads_python;

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::{env, fmt, fs, thread};

use serde_json::Value;
use tempfile::TempDir;

/// Where `checker` finds the course.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/foreign");

/// A grading waits more than it works: for what a wrong server never sends.
const GRADED_AT_A_TIME: usize = 4;

const PYTHON: Tool = Tool {
    name: "python3",
    whereabouts: ["-c", "import sys; print(sys.executable)"],
    extension: "py",
};

const NODE: Tool = Tool {
    name: "node",
    whereabouts: ["--print", "process.execPath"],
    extension: "mjs",
};

/// What runs a server in a language that the checker knows nothing of.
struct Tool {
    /// As people call it.
    name: &'static str,
    /// Arguments: a program that prints the path of the tool's own executable. What stands in `PATH` may be a script
    /// that chooses a version, and costs more than the server each time.
    whereabouts: [&'static str; 2],
    /// Of the files that are in its language.
    extension: &'static str,
}

struct Foreign {
    /// The assignment, as `grade` takes it.
    page: &'static str,
    tool: Tool,
    /// The file under `fixtures/foreign`. What it imports is beside it.
    file: &'static str,
    defects: &'static [Defect],
}

/// One thing wrong with a server that is otherwise correct.
struct Defect {
    name: &'static str,
    /// Stands once in the server, or in one of the modules that it imports.
    text: &'static str,
    replacement: &'static str,
    /// The checks that must fail, among themselves; others may fail for the same reason.
    fails: &'static [&'static str],
}

macro_rules! servers {
    ($($right:ident and $wrong:ident: $server:expr;)*) => {$(
        #[test]
        fn $right() {
            earns_everything(&$server);
        }

        #[test]
        fn $wrong() {
            each_defect_costs_its_checks(&$server);
        }
    )*};
}

servers! {
    chat_in_python_earns_everything and each_defect_of_chat_in_python_costs_its_checks: chat_python::SERVER;
    chat_in_node_earns_everything and each_defect_of_chat_in_node_costs_its_checks: chat_node::SERVER;
    lifecycle_in_node_earns_everything and each_defect_of_lifecycle_in_node_costs_its_checks: lifecycle_node::SERVER;
    namespaces_in_python_earn_everything and each_defect_of_namespaces_in_python_costs_its_checks: namespaces_python::SERVER;
    push_in_python_earns_everything and each_defect_of_push_in_python_costs_its_checks: push_python::SERVER;
    rooms_in_python_earn_everything and each_defect_of_rooms_in_python_costs_its_checks: rooms_python::SERVER;
    rooms_in_node_earn_everything and each_defect_of_rooms_in_node_costs_its_checks: rooms_node::SERVER;
    uploads_in_python_earn_everything and each_defect_of_uploads_in_python_costs_its_checks: uploads_python::SERVER;
    uploads_in_node_earn_everything and each_defect_of_uploads_in_node_costs_its_checks: uploads_node::SERVER;
}

fn earns_everything(server: &Foreign) {
    let Some(executable) = server.tool.executable_or_skip() else {
        return;
    };
    let report = server.grade(&executable, &server.sources(), &[]);
    assert_eq!(report.exit_code, Some(0), "{report}");
    assert_eq!(report.failed(), BTreeSet::new(), "{report}");
    assert_eq!(report.json["earned"], report.json["possible"], "{report}");
}

fn each_defect_costs_its_checks(server: &Foreign) {
    let Some(executable) = server.tool.executable_or_skip() else {
        return;
    };
    let left = Mutex::new(server.defects.iter());
    thread::scope(|scope| {
        for _ in 0..GRADED_AT_A_TIME {
            scope.spawn(|| {
                loop {
                    // Not in the loop's head: there the lock would be held for the whole turn.
                    let Some(defect) = left.lock().unwrap().next() else {
                        return;
                    };
                    costs_its_checks(server, &executable, defect);
                }
            });
        }
    });
}

fn costs_its_checks(server: &Foreign, executable: &str, defect: &Defect) {
    let report = server.grade(executable, &server.sources_with(defect), defect.fails);
    let name = defect.name;
    assert_eq!(report.exit_code, Some(1), "{name}: {report}");
    let expected: BTreeSet<&str> = defect.fails.iter().copied().collect();
    assert_eq!(report.failed(), expected, "{name}: what failed\n{report}");
}

/// A file's name and what it holds.
type Source = (String, String);

impl Foreign {
    /// The server and the modules in its language.
    fn sources(&self) -> Vec<Source> {
        let entries = fs::read_dir(FIXTURES).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let ours = paths.filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == self.tool.extension)
        });
        ours.map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
    }

    /// The same with a defect, in the server itself or else in the one module that holds its text.
    fn sources_with(&self, defect: &Defect) -> Vec<Source> {
        let mut sources = self.sources();
        let places = |(_, text): &Source| text.matches(defect.text).count();
        sources.sort_by_key(|(name, _)| name != self.file);
        let [server, modules @ ..] = &mut sources[..] else {
            panic!("there is no {}", self.file)
        };
        let mut modules = modules.iter_mut().filter(|(name, _)| !is_server(name));
        let source = match places(server) {
            0 => modules.find(|source| places(source) == 1),
            count => Some(server).filter(|_| count == 1),
        };
        let (_, text) = source
            .unwrap_or_else(|| panic!("{}: its text stands once in {}", defect.name, self.file));
        *text = text.replacen(defect.text, defect.replacement, 1);
        sources
    }

    /// Grades a server of these sources, in a folder of its own, by these checks or by all.
    fn grade(&self, executable: &str, sources: &[Source], only: &[&str]) -> Report {
        let folder = TempDir::new().unwrap();
        for (name, text) in sources {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let server = folder.path().join(self.file);
        let output = Command::new(env!("CARGO_BIN_EXE_checker"))
            .args(["grade", self.page, "--json"])
            .args(only.iter().flat_map(|check| ["--only", check]))
            .arg("--cmd")
            .arg(format!("'{executable}' '{}'", server.display()))
            .current_dir(WORKSPACE)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            let complaint = String::from_utf8_lossy(&output.stderr);
            panic!("no report from the checker: {error}\n{complaint}")
        });
        Report {
            exit_code: output.status.code(),
            json,
        }
    }
}

/// Whether a fixture is a server, and no module that servers import.
fn is_server(file: &str) -> bool {
    file.contains("_server.") && !file.starts_with("http_")
}

impl Tool {
    /// The path of the tool's executable; `None`, and a word about it, where it is not installed and need not be.
    fn executable_or_skip(&self) -> Option<String> {
        let output = Command::new(self.name)
            .args(self.whereabouts)
            .stdin(Stdio::null())
            .output();
        if let Ok(output) = &output
            && output.status.success()
        {
            let path = String::from_utf8(output.stdout.clone()).unwrap();
            return Some(path.trim_end().to_owned());
        }
        let required = env::var("CI_REQUIRES_TOOLS").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "CI_REQUIRES_TOOLS is set, and this machine has no {}: {output:?}",
            self.name
        );
        // Not `eprintln!`: the test harness would keep what a test that passes prints.
        writeln!(io::stderr(), "skipped: needs {}", self.name).expect("standard error is open");
        None
    }
}

/// What `checker grade --json` says.
struct Report {
    exit_code: Option<i32>,
    json: Value,
}

impl Report {
    fn checks(&self) -> impl Iterator<Item = &Value> {
        self.json["checks"].as_array().unwrap().iter()
    }

    fn failed(&self) -> BTreeSet<&str> {
        self.checks()
            .filter(|check| check["outcome"] == "failed")
            .map(|check| check["id"].as_str().unwrap())
            .collect()
    }
}

/// What a person needs who must find out why a test failed: the seed, and all of each check that did not pass.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.json["seed"])?;
        self.checks()
            .filter(|check| check["outcome"] != "passed" && check["outcome"] != "not-run")
            .try_for_each(|check| writeln!(f, "{check:#}"))
    }
}
