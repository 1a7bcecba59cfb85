//! Building an exercise where it stands, and variants of it beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use checker::server::{BuildFailure, Built, Scratch, build_in_place, package_of};
use tempfile::TempDir;

use crate::support::{Roll, command};

/// A course with one exercise, `01-hello`.
struct Course {
    folder: TempDir,
    /// Unlike any other's: where a target folder is configured for all of this user's builds, cargo tells packages by it.
    package: String,
}

const MANIFEST: &str = r#"
[workspace]
resolver = "3"
members = ["exercises/*"]

[workspace.dependencies]
bytes = "1"
"#;

const EXERCISE_MANIFEST: &str = r#"
[package]
name = "PACKAGE"
version = "0.1.0"
edition = "2024"

[dependencies]
bytes.workspace = true
"#;

impl Course {
    fn new() -> Self {
        // Sets the supervisor.
        command();
        let folder = tempfile::Builder::new().prefix("hello-").tempdir().unwrap();
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let package = name.to_lowercase();
        let course = Self { folder, package };
        course.write("Cargo.toml", MANIFEST);
        let manifest = EXERCISE_MANIFEST.replace("PACKAGE", &course.package);
        course.write("exercises/01-hello/Cargo.toml", &manifest);
        course.write(
            "exercises/01-hello/src/main.rs",
            "mod mine;\n\nfn main() {\n    mine::greet();\n}\n",
        );
        course.write("exercises/01-hello/src/mine.rs", &greeting("the stub"));
        // Its versions are on this machine, since this test was built with them.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        fs::copy(lock, course.path().join("Cargo.lock")).unwrap();
        course
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    async fn build_in_place(&self) -> Result<Built, BuildFailure> {
        build_in_place(self.path(), &self.package, &[], false, &|_| ()).await
    }

    fn scratch(&self) -> Scratch {
        Scratch::open(self.path(), "01-hello").unwrap()
    }
}

fn greeting(name: &str) -> String {
    format!("pub fn greet() {{\n    println!(\"{{:?}}\", bytes::Bytes::from(\"{name}\"));\n}}\n")
}

fn files(mine: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    BTreeMap::from([(PathBuf::from("src/mine.rs"), mine.into())])
}

async fn build(scratch: &Scratch, mine: &str) -> Result<Built, BuildFailure> {
    let yours = [PathBuf::from("src/mine.rs")];
    scratch
        .build(&files(mine), &yours, &[], false, &|_| ())
        .await
}

fn output_of(built: &Built) -> String {
    let program = built.program(None).unwrap().program;
    let output = Command::new(program).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn variants_built_by_turns_with_the_exercise_never_run_each_others_code() {
    let course = Course::new();
    let in_place = course.build_in_place().await.unwrap();
    assert_eq!(output_of(&in_place), "b\"the stub\"\n");

    let scratch = course.scratch();
    let mut kept = Vec::new();
    for name in ["one", "two", "one", "three"] {
        let variant = build(&scratch, &greeting(name)).await.unwrap();
        kept.push((name, variant));
        let in_place = course.build_in_place().await.unwrap();
        assert_eq!(output_of(&in_place), "b\"the stub\"\n", "after {name}");
        for (name, variant) in &kept {
            assert_eq!(output_of(variant), format!("b\"{name}\"\n"));
        }
    }
}

#[tokio::test]
async fn a_variant_compiles_nothing_but_the_exercise_and_leaves_the_students_build_fresh() {
    for shared in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET_DIR",
        "CARGO_BUILD_BUILD_DIR",
    ] {
        if std::env::var_os(shared).is_some() {
            println!("skipped: with {shared} set, variants have a build folder of their own");
            return;
        }
    }
    let course = Course::new();
    course.build_in_place().await.unwrap();

    let told = Mutex::new(Vec::new());
    let tell = |line: &str| told.lock().unwrap().push(line.to_owned());
    let scratch = course.scratch();
    scratch
        .build(&files(&greeting("one")), &[], &[], false, &tell)
        .await
        .unwrap();
    build_in_place(course.path(), &course.package, &[], false, &tell)
        .await
        .unwrap();

    let told = told.into_inner().unwrap();
    let compiled: Vec<_> = told
        .iter()
        .filter(|line| line.starts_with("Compiling"))
        .collect();
    assert_eq!(compiled.len(), 1, "{told:#?}");
    assert!(compiled[0].contains(&course.package), "{told:#?}");
}

#[tokio::test]
async fn what_the_student_writes_is_not_taken_from_the_courses_copy() {
    let course = Course::new();
    let yours = [PathBuf::from("src/mine.rs")];
    let nothing = BTreeMap::new();
    match course
        .scratch()
        .build(&nothing, &yours, &[], false, &|_| ())
        .await
    {
        Err(BuildFailure::Compile { rendered }) => {
            assert!(
                rendered.contains("file not found for module `mine`"),
                "{rendered}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_outside_the_exercise_is_refused() {
    let course = Course::new();
    let files = BTreeMap::from([(PathBuf::from("../02-other/src/main.rs"), Vec::new())]);
    match course
        .scratch()
        .build(&files, &[], &[], false, &|_| ())
        .await
    {
        Err(BuildFailure::OutsideExercise { path }) => {
            assert_eq!(path, Path::new("../02-other/src/main.rs"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rustcs_errors_are_shown_as_it_rendered_them() {
    let course = Course::new();
    course.write(
        "exercises/01-hello/src/mine.rs",
        "pub fn greet() {\n    let room: u32 = \"lobby\";\n}\n",
    );
    match course.build_in_place().await {
        Err(BuildFailure::Compile { rendered }) => {
            let start =
                "error[E0308]: mismatched types\n --> exercises/01-hello/src/mine.rs:2:21\n";
            assert!(rendered.starts_with(start), "{rendered}");
            assert!(
                rendered.contains("let room: u32 = \"lobby\";"),
                "{rendered}"
            );
            assert!(
                rendered.ends_with("try `rustc --explain E0308`."),
                "{rendered}"
            );
            assert!(!rendered.contains('\u{1b}'), "{rendered}");
        }
        other => panic!("{other:?}"),
    }
    match build_in_place(course.path(), &course.package, &[], true, &|_| ()).await {
        Err(BuildFailure::Compile { rendered }) => {
            assert!(rendered.contains("\u{1b}["), "{rendered}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn warnings_are_those_of_the_package() {
    let course = Course::new();
    let mine = format!("{}\nfn never_called() {{}}\n", greeting("the stub"));
    course.write("exercises/01-hello/src/mine.rs", &mine);
    for _ in 0..2 {
        let built = course.build_in_place().await.unwrap();
        assert_eq!(built.warnings.len(), 1, "{:?}", built.warnings);
        assert!(built.warnings[0].starts_with("warning: function `never_called` is never used"));
    }
}

#[tokio::test]
async fn a_manifest_that_cargo_cannot_read_is_told_in_cargos_words() {
    let course = Course::new();
    course.write(
        "exercises/01-hello/Cargo.toml",
        "[package]\nname = \"hello\"\nedition = \"2042\"\n",
    );
    match course.build_in_place().await {
        Err(BuildFailure::Cargo { message }) => {
            assert!(message.starts_with("error: failed to"), "{message}");
            assert!(message.contains("2042"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_package_without_a_binary_is_told_to_have_one() {
    let course = Course::new();
    let src = course.path().join("exercises/01-hello/src");
    fs::rename(src.join("main.rs"), src.join("lib.rs")).unwrap();
    let built = course.build_in_place().await.unwrap();
    match built.program(None) {
        Err(failure @ BuildFailure::NoExecutable { .. }) => {
            let package = &course.package;
            let expected =
                format!("the package `{package}` has no binary to run: give it a src/main.rs");
            assert_eq!(failure.to_string(), expected);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_several_programs_the_one_that_is_named_is_run() {
    let course = Course::new();
    let main = |says: &str| format!("fn main() {{ println!(\"{says}\"); }}\n");
    course.write("exercises/01-hello/src/bin/client.rs", &main("the client"));
    course.write("exercises/01-hello/src/main.rs", &main("the server"));
    let built = course.build_in_place().await.unwrap();
    for (name, says) in [(None, "the server\n"), (Some("client"), "the client\n")] {
        let program = built.program(name).unwrap().program;
        let output = Command::new(program).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), says, "{name:?}");
    }
    let failure = built.program(Some("clint")).unwrap_err().to_string();
    assert!(failure.contains("has no binary `clint`"), "{failure}");
    assert!(failure.contains("client"), "{failure}");
}

#[test]
fn a_package_is_known_by_its_manifest() {
    let course = Course::new();
    assert_eq!(
        package_of(&course.path().join("exercises/01-hello")).unwrap(),
        course.package
    );
    let missing = package_of(course.path().join("exercises/02-absent").as_path()).unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with("the checker could not read "),
        "{missing}"
    );
    let nameless = package_of(course.path()).unwrap_err();
    assert!(
        nameless.to_string().contains("missing field `package`"),
        "{nameless}"
    );
}

#[tokio::test]
async fn a_build_that_is_given_up_leaves_no_process() {
    let course = Course::new();
    let mut roll = Roll::new();
    let build_script = format!(
        "fn main() {{
            let _roll = std::net::TcpStream::connect(\"{}\").unwrap();
            loop {{ std::thread::park(); }}
        }}",
        roll.address()
    );
    course.write("exercises/01-hello/build.rs", &build_script);
    tokio::select! {
        built = course.build_in_place() => panic!("{built:?}"),
        () = roll.await_present(1) => {}
    }
    roll.await_gone().await;
}

#[tokio::test]
async fn two_builds_in_one_scratch_workspace_do_not_mix() {
    let course = Course::new();
    let (one, two) = (course.scratch(), course.scratch());
    for _ in 0..3 {
        let (first, second) = (greeting("one"), greeting("two"));
        let (first, second) = tokio::join!(build(&one, &first), build(&two, &second));
        assert_eq!(output_of(&first.unwrap()), "b\"one\"\n");
        assert_eq!(output_of(&second.unwrap()), "b\"two\"\n");
    }
}
