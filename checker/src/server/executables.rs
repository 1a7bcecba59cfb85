//! Executables copied out of a target folder, so that the next build can replace the original.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

/// Where one checker keeps its copies. Another one's are left alone while it lives and removed once it has gone.
#[derive(Debug)]
pub(super) struct ExecutablesFolder {
    folder: TempDir,
    /// Locked as long as this lives: the sign that the folder is in use.
    _lock: File,
}

/// A copy, removed when this is dropped.
#[derive(Debug)]
pub(super) struct ExecutableCopy {
    _own_folder: TempDir,
    _all: Arc<ExecutablesFolder>,
}

impl ExecutablesFolder {
    /// Makes a new folder in `parent`.
    pub(super) fn create_in(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        remove_abandoned(parent);
        loop {
            let folder = tempfile::tempdir_in(parent)?;
            let lock = File::create(lock_of(folder.path()))?;
            lock.lock()?;
            // Before it was locked, another checker may have taken it for abandoned.
            if lock_of(folder.path()).exists() {
                return Ok(Self {
                    folder,
                    _lock: lock,
                });
            }
        }
    }

    /// Copies `executable`, keeping its name: that is what the process will be called.
    pub(super) fn keep(
        self: &Arc<Self>,
        executable: &Path,
    ) -> io::Result<(PathBuf, ExecutableCopy)> {
        let own_folder = tempfile::tempdir_in(self.folder.path())?;
        let name = executable.file_name().unwrap_or("server".as_ref());
        let path = own_folder.path().join(name);
        fs::copy(executable, &path)?;
        let copy = ExecutableCopy {
            _own_folder: own_folder,
            _all: Arc::clone(self),
        };
        Ok((path, copy))
    }
}

fn lock_of(folder: &Path) -> PathBuf {
    folder.join("in-use")
}

fn remove_abandoned(parent: &Path) {
    for folder in fs::read_dir(parent).into_iter().flatten().flatten() {
        // One without a lock file is just being made.
        if let Ok(lock) = File::open(lock_of(&folder.path()))
            && !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
        {
            // Removing is tidiness; a folder that cannot be removed does no harm.
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn a_folder_in_use_is_kept_and_an_abandoned_one_removed() {
        let parent = tempfile::tempdir().unwrap();
        let abandoned = parent.path().join("abandoned");
        fs::create_dir(&abandoned).unwrap();
        File::create(lock_of(&abandoned)).unwrap();

        let used = ExecutablesFolder::create_in(parent.path()).unwrap();
        assert!(!abandoned.exists());
        let another = ExecutablesFolder::create_in(parent.path()).unwrap();
        assert!(used.folder.path().exists());

        let used_path = used.folder.path().to_owned();
        drop(used);
        assert!(!used_path.exists());
        assert!(another.folder.path().exists());
    }

    #[test]
    fn a_copy_lives_as_long_as_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let original = parent.path().join("chat");
        fs::write(&original, "one").unwrap();
        let folder = Arc::new(ExecutablesFolder::create_in(&parent.path().join("kept")).unwrap());
        let (first_path, first) = folder.keep(&original).unwrap();
        fs::write(&original, "two").unwrap();
        let (second_path, _second) = folder.keep(&original).unwrap();
        drop(folder);

        assert_eq!(fs::read_to_string(&first_path).unwrap(), "one");
        assert_eq!(fs::read_to_string(&second_path).unwrap(), "two");
        assert_eq!(first_path.file_name().unwrap(), "chat");
        drop(first);
        assert!(!first_path.exists());
        assert!(second_path.exists());
    }
}
