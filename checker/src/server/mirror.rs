//! Making a folder hold exactly the files of a variant, touching only what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The files of one variant of an exercise, by their paths in it.
pub(super) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Reads the files of the exercise in `folder`, without those in `except` (files or folders relative to it).
pub(super) fn files_of(folder: &Path, except: &[PathBuf]) -> io::Result<Files> {
    let mut files = Files::new();
    for path in paths_in(folder)? {
        if !except.iter().any(|excepted| path.starts_with(excepted)) {
            let bytes = fs::read(folder.join(&path))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

/// Makes `folder` hold exactly `files`. A file whose bytes are the same keeps its time, by which cargo tells what changed;
/// one that is written gets the time of now, however old its content.
pub(super) fn make_equal(folder: &Path, files: &Files) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let wanted: BTreeSet<&Path> = files.keys().map(PathBuf::as_path).collect();
    for path in paths_in(folder)? {
        if !wanted.contains(path.as_path()) {
            fs::remove_file(folder.join(&path))?;
        }
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        if path.is_dir() {
            // All that was in it is gone.
            fs::remove_dir_all(&path)?;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        write_if_changed(&path, bytes)?;
    }
    Ok(())
}

/// Writes `bytes` unless the file holds them already.
pub(super) fn write_if_changed(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::read(path) {
        Ok(present) if present == bytes => Ok(()),
        _ => fs::write(path, bytes),
    }
}

/// Whether joining `path` to a folder stays in it.
pub(super) fn stays_inside(path: &Path) -> bool {
    let mut components = path.components();
    components.clone().next().is_some()
        && components.all(|component| matches!(component, Component::Normal(_)))
}

/// The files in `folder` and below, relative to it, without what tools leave there.
fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(relative) = folders.pop() {
        for entry in fs::read_dir(folder.join(&relative))? {
            let entry = entry?;
            let path = relative.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                if !is_a_tools(&path) {
                    folders.push(path);
                }
            } else if fs::metadata(entry.path()).is_ok_and(|target| target.is_file()) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn is_a_tools(folder: &Path) -> bool {
    folder == Path::new("target") || folder.file_name().is_some_and(|name| name == ".git")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        let owned = |(path, text): &(&str, &str)| (PathBuf::from(path), text.as_bytes().to_vec());
        entries.iter().map(owned).collect()
    }

    #[test]
    fn only_what_differs_is_written_and_with_a_new_time() {
        let folder = tempfile::tempdir().unwrap();
        make_equal(folder.path(), &files(&[("a.rs", "1"), ("b.rs", "1")])).unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        for name in ["a.rs", "b.rs"] {
            let file = fs::File::options()
                .write(true)
                .open(folder.path().join(name))
                .unwrap();
            file.set_modified(long_ago).unwrap();
        }
        make_equal(folder.path(), &files(&[("a.rs", "1"), ("b.rs", "2")])).unwrap();
        let time = |name| {
            fs::metadata(folder.path().join(name))
                .unwrap()
                .modified()
                .unwrap()
        };
        assert_eq!(time("a.rs"), long_ago);
        assert!(time("b.rs") > long_ago + Duration::from_secs(1800));
    }

    #[test]
    fn paths_that_lead_out_are_told_from_those_that_stay() {
        for (path, inside) in [
            ("src/main.rs", true),
            ("", false),
            (".", false),
            ("..", false),
            ("../secret", false),
            ("src/../../secret", false),
            ("/etc/passwd", false),
        ] {
            assert_eq!(stays_inside(Path::new(path)), inside, "{path:?}");
        }
    }

    #[test]
    fn what_the_student_writes_is_left_out_as_files_and_as_folders() {
        let folder = tempfile::tempdir().unwrap();
        let all = files(&[
            ("Cargo.toml", ""),
            ("src/mine.rs", ""),
            ("src/ours/a.rs", ""),
            ("src/main.rs", ""),
        ]);
        make_equal(folder.path(), &all).unwrap();
        fs::create_dir(folder.path().join("target")).unwrap();
        fs::write(folder.path().join("target/artifact"), "").unwrap();
        let given = files_of(folder.path(), &["src/mine.rs".into(), "src/ours".into()]).unwrap();
        assert_eq!(given, files(&[("Cargo.toml", ""), ("src/main.rs", "")]));
    }

    fn any_files() -> impl Strategy<Value = Files> {
        // Two names at two depths: a name is now a file and now a folder.
        let path =
            prop::collection::vec("[ab]", 1..3).prop_map(|parts| parts.iter().collect::<PathBuf>());
        prop::collection::btree_map(path, prop::collection::vec(any::<u8>(), 0..3), 0..5).prop_map(
            |mut files| {
                let paths: Vec<_> = files.keys().cloned().collect();
                files.retain(|path, _| {
                    !paths
                        .iter()
                        .any(|other| other != path && other.starts_with(path))
                });
                files
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_folder_holds_exactly_the_files_of_the_last_variant(variants in prop::collection::vec(any_files(), 1..4)) {
            let folder = tempfile::tempdir().unwrap();
            for variant in variants {
                make_equal(folder.path(), &variant).unwrap();
                prop_assert_eq!(files_of(folder.path(), &[]).unwrap(), variant);
            }
        }
    }
}
