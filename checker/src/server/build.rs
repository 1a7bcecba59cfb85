//! Building an exercise with cargo.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{CompilerMessage, Message, PackageId, TargetKind};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;

use super::executables::ExecutableCopy;
use super::supervised::{SpawnFailure, Supervised};
use super::supervisor::Instructions;
use super::{Exit, ServerCommand};

/// What was built of a package.
#[derive(Debug)]
pub struct Built {
    /// Its name.
    pub package: String,
    /// rustc's warnings about the package, as rustc rendered them.
    pub warnings: Vec<String>,
    /// Its programs, by their names. The paths are absolute; a variant's files are removed when this is dropped.
    pub(super) binaries: BTreeMap<String, PathBuf>,
    /// The test targets that were asked for, by their names.
    pub(super) tests: BTreeMap<String, PathBuf>,
    pub(super) _copies: Vec<ExecutableCopy>,
}

impl Built {
    /// The command that runs one of its programs: the one of this name, or without one the package's own.
    ///
    /// # Errors
    ///
    /// When there is no such program.
    pub fn program(&self, name: Option<&str>) -> Result<ServerCommand, BuildFailure> {
        let own = self.binaries.get(&self.package);
        let path = match name {
            Some(name) => self.binaries.get(name),
            // Of several, the one of the package's name is meant.
            None => own.or_else(|| self.binaries.values().next()),
        };
        let program = path.ok_or_else(|| match name {
            None => BuildFailure::NoExecutable {
                package: self.package.clone(),
            },
            Some(name) => BuildFailure::NoSuchBinary {
                package: self.package.clone(),
                name: name.to_owned(),
                others: self.binaries.keys().cloned().collect(),
            },
        })?;
        Ok(ServerCommand {
            program: program.clone(),
            args: Vec::new(),
        })
    }

    /// The executables of the test targets that were asked for, by the targets' names.
    pub fn tests(&self) -> &BTreeMap<String, PathBuf> {
        &self.tests
    }
}

/// Why there is no executable.
#[derive(Debug, thiserror::Error)]
pub enum BuildFailure {
    /// rustc refused the code.
    #[error("it does not compile:\n{rendered}")]
    Compile {
        /// rustc's own errors, unchanged.
        rendered: String,
    },
    /// cargo failed for another reason: a manifest that it cannot read, a dependency that is not there.
    #[error("cargo cannot build it:\n{message}")]
    Cargo {
        /// cargo's own words.
        message: String,
    },
    /// The package has no binary.
    #[error("the package `{package}` has no binary to run: give it a src/main.rs")]
    NoExecutable {
        /// Its name.
        package: String,
    },
    /// The package has no binary of the name that the page gives.
    #[error(
        "the package `{package}` has no binary `{name}`, which the page names; it has {}",
        list(others)
    )]
    NoSuchBinary {
        /// Its name.
        package: String,
        /// What was asked for.
        name: String,
        /// What there is.
        others: Vec<String>,
    },
    /// A manifest cannot be understood.
    #[error("{}: {problem}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file of a variant would be written outside the exercise.
    #[error("{}: not a path inside the exercise", path.display())]
    OutsideExercise {
        /// As it was given.
        path: PathBuf,
    },
    /// The checker's own trouble.
    #[error("the checker could not {doing}: {source}")]
    Checker {
        /// What failed.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Whom a build tells how it gets on: a line of cargo's, such as `Compiling tokio v1.48.0`.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// Builds `package` where it stands, with the profile, lock file and target folder that the student's own builds use:
/// its programs, and these of its test targets.
///
/// Dropping the future ends cargo and the compilers that it started.
///
/// # Errors
///
/// When it does not build. `colour` is about rustc's rendered messages.
pub async fn build_in_place(
    workspace: &Path,
    package: &str,
    tests: &[&str],
    colour: bool,
    progress: Progress<'_>,
) -> Result<Built, BuildFailure> {
    let cargo = CargoBuild {
        workspace,
        package,
        tests,
        colour,
        options: &[],
        env: &[],
    };
    cargo.run(progress).await
}

/// The name of the package whose folder this is.
///
/// # Errors
///
/// When there is no `Cargo.toml`, or no name in it.
pub fn package_of(crate_dir: &Path) -> Result<String, BuildFailure> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        name: String,
    }

    let path = crate_dir.join("Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|source| BuildFailure::Checker {
        doing: format!("read {}", path.display()),
        source,
    })?;
    match toml::from_str::<Manifest>(&text) {
        Ok(manifest) => Ok(manifest.package.name),
        Err(error) => Err(BuildFailure::Manifest {
            path,
            problem: error.to_string().trim_end().to_owned(),
        }),
    }
}

/// One `cargo build`.
pub(super) struct CargoBuild<'a> {
    pub(super) workspace: &'a Path,
    pub(super) package: &'a str,
    /// The test targets that are built besides its programs.
    pub(super) tests: &'a [&'a str],
    pub(super) colour: bool,
    /// More arguments.
    pub(super) options: &'a [&'a str],
    /// More environment variables.
    pub(super) env: &'a [(&'a str, &'a Path)],
}

impl CargoBuild<'_> {
    pub(super) async fn run(&self, progress: Progress<'_>) -> Result<Built, BuildFailure> {
        let (process, out, err) =
            Supervised::spawn(&self.instructions(), self.workspace, |cargo| {
                forget_the_outer_cargo(cargo);
                cargo.envs(self.env.iter().copied());
            })
            .await
            .map_err(could_not_run)?;
        let ended = async {
            let exit = process.exited().await;
            // A compiler cache's daemon, say, would hold the pipes open.
            process.end().await;
            exit
        };
        let (messages, narrative, exit) =
            tokio::join!(Messages::read(out), narrate(err, progress), ended);

        if exit == Exit::Code(0) {
            return Ok(messages.into_built(self.package));
        }
        if messages.errors.is_empty() {
            let message = if narrative.is_empty() {
                format!("cargo: {exit}")
            } else {
                narrative
            };
            return Err(BuildFailure::Cargo { message });
        }
        Err(BuildFailure::Compile {
            rendered: messages.errors.concat().trim_end().to_owned(),
        })
    }

    fn instructions(&self) -> Instructions {
        let format = if self.colour {
            "--message-format=json-diagnostic-rendered-ansi"
        } else {
            "--message-format=json"
        };
        let mut args: Vec<OsString> = vec!["build".into(), "--package".into(), self.package.into()];
        args.extend([format, "--color=never"].map(OsString::from));
        if !self.tests.is_empty() {
            // With a target named, cargo builds no others by itself.
            args.push("--bins".into());
        }
        for test in self.tests {
            args.extend(["--test", test].map(OsString::from));
        }
        args.extend(self.options.iter().map(OsString::from));
        Instructions {
            program: cargo(),
            args,
            remove: None,
            input: None,
        }
    }
}

/// What the cargo that runs us says of our own package, some dependencies' build scripts take for a change.
fn forget_the_outer_cargo(cargo: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let about_us = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_")
            || name.starts_with("CARGO_MANIFEST_")
            || matches!(
                &*name,
                "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "CARGO_TARGET_TMPDIR" | "OUT_DIR"
            );
        if about_us {
            cargo.env_remove(&*name);
        }
    }
}

/// The cargo that runs us, or the one in `PATH`.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn could_not_run(failure: SpawnFailure) -> BuildFailure {
    let (doing, source) = match failure {
        SpawnFailure::Program(source) => (format!("run {}", cargo().display()), source),
        SpawnFailure::Supervisor(source) => ("supervise cargo".to_owned(), source),
    };
    BuildFailure::Checker { doing, source }
}

/// What cargo says about a build in JSON.
#[derive(Debug, Default)]
struct Messages {
    errors: Vec<String>,
    warnings: Vec<(PackageId, String)>,
    /// Only the package that was asked for has any.
    binaries: BTreeMap<String, PathBuf>,
    tests: BTreeMap<String, PathBuf>,
    built: Option<PackageId>,
}

impl Messages {
    async fn read(from: impl AsyncRead + Unpin) -> Self {
        let mut messages = Self::default();
        let mut lines = BufReader::new(from).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            // A procedural macro may print what is no message.
            if let Ok(message) = serde_json::from_slice(&line) {
                messages.add(message);
            }
        }
        messages
    }

    fn add(&mut self, message: Message) {
        match message {
            Message::CompilerMessage(message) => self.add_diagnostic(message),
            Message::CompilerArtifact(artifact) => {
                let Some(path) = artifact.executable else {
                    return;
                };
                let kinds = &artifact.target.kind;
                let executables = if kinds.contains(&TargetKind::Bin) {
                    &mut self.binaries
                } else if kinds.contains(&TargetKind::Test) {
                    &mut self.tests
                } else {
                    return; // a build script
                };
                executables.insert(artifact.target.name, path.into());
                self.built = Some(artifact.package_id);
            }
            _ => {}
        }
    }

    fn add_diagnostic(&mut self, diagnostic: CompilerMessage) {
        let message = diagnostic.message;
        // These two only count what was said; cargo does not show them either.
        let counts = message.message.starts_with("aborting due to")
            || message.message.ends_with("warning emitted")
            || message.message.ends_with("warnings emitted");
        let Some(rendered) = message.rendered.filter(|_| !counts) else {
            return;
        };
        match message.level {
            DiagnosticLevel::Error | DiagnosticLevel::Ice => self.errors.push(rendered),
            DiagnosticLevel::FailureNote if !self.errors.is_empty() => self.errors.push(rendered),
            DiagnosticLevel::Warning => self.warnings.push((diagnostic.package_id, rendered)),
            _ => {}
        }
    }

    fn into_built(self, package: &str) -> Built {
        let ours = |(package, rendered)| (Some(package) == self.built).then_some(rendered);
        Built {
            package: package.to_owned(),
            warnings: self.warnings.into_iter().filter_map(ours).collect(),
            binaries: self.binaries,
            tests: self.tests,
            _copies: Vec::new(),
        }
    }
}

/// Passes on what cargo says while it works, and returns what it said from its first error on.
async fn narrate(from: impl AsyncRead + Unpin, progress: Progress<'_>) -> String {
    let mut failure = String::new();
    let mut lines = BufReader::new(from).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line);
        if failure.is_empty() && !line.starts_with("error") {
            progress(line.trim());
        } else {
            failure.push_str(&line);
            failure.push('\n');
        }
    }
    failure
}
