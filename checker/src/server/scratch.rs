//! Building variants of an exercise (submissions, wrong servers) beside the student's own copy.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::build::{BuildFailure, Built, CargoBuild, Progress, cargo, package_of};
use super::executables::ExecutablesFolder;
use super::mirror::{files_of, make_equal, stays_inside, write_if_changed};
use super::scratch_manifest::scratch_manifest;

/// A workspace with one exercise in it, in which variants of the exercise are built one after another.
///
/// It is always the same folder, `target/checker/scratch/03-chat/` of the course, and its build folder is the course's. So the
/// dependencies are those that are built already, and the compiler's incremental state carries over from variant to variant.
#[derive(Debug)]
pub struct Scratch {
    course: PathBuf,
    folder: String,
    package: String,
    root: PathBuf,
    executables: Arc<ExecutablesFolder>,
    build_dir: OnceCell<PathBuf>,
}

impl Scratch {
    /// Opens the scratch workspace of an exercise: `folder` is its name under `exercises/`, such as `03-chat`.
    ///
    /// # Errors
    ///
    /// When the exercise has no manifest, or the course's target folder cannot be written.
    pub fn open(course: &Path, folder: &str) -> Result<Self, BuildFailure> {
        let course = std::path::absolute(course).map_err(could_not("find the course's folder"))?;
        let package = package_of(&course.join("exercises").join(folder))?;
        let root = course.join("target/checker/scratch").join(folder);
        fs::create_dir_all(&root).map_err(could_not("create a scratch workspace"))?;
        let executables = ExecutablesFolder::create_in(&root.join("executables"))
            .map_err(could_not("create a folder for executables"))?;
        Ok(Self {
            course,
            folder: folder.to_owned(),
            package,
            root,
            executables: Arc::new(executables),
            build_dir: OnceCell::new(),
        })
    }

    /// Builds the exercise with `files` laid over it. Of what is in `yours` (files or folders), nothing is taken from the
    /// course's copy: that is the student's part. All paths are relative to the exercise.
    ///
    /// `tests` are the test targets that are built besides its programs.
    /// The executables stay as they are while the next variant is built; files that they read when they run do not. When another
    /// checker builds in this workspace, this waits for it.
    ///
    /// # Errors
    ///
    /// When a path leads out of the exercise, or the variant does not build. `colour` is about rustc's rendered messages.
    pub async fn build(
        &self,
        files: &BTreeMap<PathBuf, Vec<u8>>,
        yours: &[PathBuf],
        tests: &[&str],
        colour: bool,
        progress: Progress<'_>,
    ) -> Result<Built, BuildFailure> {
        if let Some(path) = files.keys().find(|path| !stays_inside(path)) {
            return Err(BuildFailure::OutsideExercise { path: path.clone() });
        }
        let build_dir = self
            .build_dir
            .get_or_try_init(|| self.find_build_dir())
            .await?;
        let _locked = self.lock(progress).await?;
        self.lay_out(files, yours)?;
        let target_dir = self.root.join("target");
        let build = CargoBuild {
            workspace: &self.root,
            package: &self.package,
            tests,
            colour,
            options: &["--offline"],
            env: &[
                ("CARGO_BUILD_BUILD_DIR", build_dir),
                ("CARGO_TARGET_DIR", &target_dir),
            ],
        };
        let mut built = build.run(progress).await?;
        let executables = built.binaries.values_mut().chain(built.tests.values_mut());
        for executable in executables {
            let (path, copy) = self
                .executables
                .keep(executable)
                .map_err(could_not("copy an executable"))?;
            *executable = path;
            built._copies.push(copy);
        }
        Ok(built)
    }

    fn lay_out(
        &self,
        files: &BTreeMap<PathBuf, Vec<u8>>,
        yours: &[PathBuf],
    ) -> Result<(), BuildFailure> {
        let member = format!("exercises/{}", self.folder);
        let manifest_path = self.course.join("Cargo.toml");
        let manifest = fs::read_to_string(&manifest_path)
            .map_err(could_not("read the course's Cargo.toml"))?;
        let manifest =
            scratch_manifest(&manifest, &self.course, &member, &self.package).map_err(|error| {
                BuildFailure::Manifest {
                    path: manifest_path,
                    problem: error.to_string().trim_end().to_owned(),
                }
            })?;
        let write = || {
            write_if_changed(&self.root.join("Cargo.toml"), manifest.as_bytes())?;
            self.copy_lock_file()?;
            let mut variant = files_of(&self.course.join(&member), yours)?;
            variant.extend(
                files
                    .iter()
                    .map(|(path, bytes)| (path.clone(), bytes.clone())),
            );
            make_equal(&self.root.join(&member), &variant)
        };
        write().map_err(could_not("lay out the variant"))
    }

    /// cargo removes from the copy what this one exercise does not need; only a change of the original replaces it.
    fn copy_lock_file(&self) -> io::Result<()> {
        let original = match fs::read(self.course.join("Cargo.lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            original => original?,
        };
        let copied = self.root.join("Cargo.lock.course");
        if fs::read(&copied).is_ok_and(|copied| copied == original) {
            return Ok(());
        }
        fs::write(self.root.join("Cargo.lock"), &original)?;
        fs::write(copied, original)
    }

    /// Where the student's own builds leave their intermediate files.
    ///
    /// A configured folder outside the course may be shared with another clone of it, whose crates cargo would take for ours.
    async fn find_build_dir(&self) -> Result<PathBuf, BuildFailure> {
        let output = Command::new(cargo())
            .args([
                "metadata",
                "--no-deps",
                "--format-version=1",
                "--offline",
                "--color=never",
            ])
            .current_dir(&self.course)
            .kill_on_drop(true)
            .output()
            .await
            .map_err(could_not("run cargo"))?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        match cargo_metadata::MetadataCommand::parse(stdout) {
            Ok(metadata) => {
                let configured = metadata
                    .build_directory
                    .unwrap_or(metadata.target_directory);
                Ok(if configured.starts_with(&metadata.workspace_root) {
                    configured.into()
                } else {
                    self.course.join("target")
                })
            }
            Err(_) => Err(BuildFailure::Cargo {
                message: String::from_utf8_lossy(&output.stderr).into_owned(),
            }),
        }
    }

    /// Keeps other builds out of this workspace until the file is dropped.
    async fn lock(&self, progress: Progress<'_>) -> Result<File, BuildFailure> {
        /// A blocking lock could not be given up when the build is cancelled.
        const ASK_AGAIN: Duration = Duration::from_millis(20);

        let lock = File::create(self.root.join("lock")).map_err(could_not("create a lock file"))?;
        let mut told = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        progress("Waiting for another build of this exercise");
                        told = true;
                    }
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Err(TryLockError::Error(source)) => {
                    return Err(could_not("lock the scratch workspace")(source));
                }
            }
        }
    }
}

fn could_not(doing: &str) -> impl FnOnce(io::Error) -> BuildFailure {
    move |source| BuildFailure::Checker {
        doing: doing.to_owned(),
        source,
    }
}
