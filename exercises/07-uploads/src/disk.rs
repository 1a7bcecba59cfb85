//! The disk: what a file goes through, a step each, as slow as `DISK_DELAY_MS` says.
//!
//! ```text
//! uploads/partial/ID      a file that is not whole yet
//! uploads/ID/FILENAME     one that is
//! ```
//!
//! Each upload has a folder of its own, so that no name can meet another. All of these functions
//! wait for the disk and block their thread: an async task calls them through [`blocking`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use axum::body::Body;
use bytes::BytesMut;
use futures_util::stream;
use tokio::io::AsyncReadExt;

/// A download is read in pieces of this many bytes.
const READ_SIZE: usize = 64 * 1024;

/// The folder in which all uploads are.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    delay: Duration,
}

impl Disk {
    /// Makes the folder if there is none. What an earlier run left unfinished is removed: nobody
    /// can resume it.
    ///
    /// # Errors
    /// When the folder cannot be made or emptied.
    pub fn open(folder: &Path, delay: Duration) -> io::Result<Self> {
        let partial = folder.join("partial");
        if partial.exists() {
            fs::remove_dir_all(&partial)?;
        }
        fs::create_dir_all(&partial)?;
        Ok(Self {
            folder: folder.to_owned(),
            delay,
        })
    }

    /// Where the file of an upload is until it is whole.
    pub fn partial(&self, id: &str) -> PathBuf {
        self.folder.join("partial").join(id)
    }

    /// Where it is from then on. The name must be a safe one.
    pub fn finished(&self, id: &str, filename: &str) -> PathBuf {
        self.folder.join(id).join(filename)
    }

    /// Creates an empty file that was not there before.
    ///
    /// # Errors
    /// As the system gives them.
    pub fn create(&self, path: &Path) -> io::Result<File> {
        File::create_new(path)
    }

    /// Writes all of it at the file's end, after `DISK_DELAY_MS`.
    ///
    /// # Errors
    /// As the system gives them. Some of the bytes may have been written.
    pub fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        thread::sleep(self.delay);
        file.write_all(bytes)
    }

    /// Waits until what was written is on the disk, and not only in the system's memory.
    ///
    /// # Errors
    /// As the system gives them: a disk that is full may say so only now.
    pub fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    /// Gives a file another name, in one step: whoever looks finds all of it or nothing. The folder
    /// of the new name is made, and synced, so that the name outlives a power cut.
    ///
    /// # Errors
    /// As the system gives them. There is no file of the new name then.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let folder = to
            .parent()
            .ok_or_else(|| io::Error::other("a file is in a folder"))?;
        fs::create_dir(folder)?;
        let renamed = fs::rename(from, to)
            .and_then(|()| sync_folder(folder))
            .and_then(|()| sync_folder(&self.folder));
        if renamed.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_dir_all(folder);
        }
        renamed
    }

    /// Removes a file.
    ///
    /// # Errors
    /// As the system gives them, also when there is none.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// A folder can be opened and synced like a file, except on Windows.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Runs work that blocks where it holds up no async task. Once begun it goes on to its end, also
/// when whoever awaits it has gone.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // It was never begun: the server stops, and whoever awaits it is about to be dropped.
            Err(_) => std::future::pending().await,
        },
    }
}

/// A file as the body of a response, and its length in bytes. It is read while it is sent, and
/// never all in memory.
///
/// # Errors
/// When the file cannot be opened.
pub async fn body(path: &Path) -> io::Result<(u64, Body)> {
    let file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = BytesMut::with_capacity(READ_SIZE);
        let read = file.read_buf(&mut piece).await?;
        Ok::<_, io::Error>((read > 0).then(|| (piece.freeze(), file)))
    });
    Ok((length, Body::from_stream(pieces)))
}
