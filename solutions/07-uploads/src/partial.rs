//! A file that is not whole yet.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::disk::Disk;
use crate::names::FileName;

/// A file under a temporary name. It is removed when this is dropped, unless it was published.
// ANCHOR: partial
#[derive(Debug)]
pub struct Partial {
    disk: Arc<Disk>,
    id: String,
    file: File,
    stored: u64,
    sha256: Sha256,
    published: bool,
}
// ANCHOR_END: partial

impl Partial {
    /// An empty one.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(disk: &Arc<Disk>, id: &str) -> io::Result<Self> {
        Ok(Self {
            file: disk.create(&disk.partial(id))?,
            disk: Arc::clone(disk),
            id: id.to_owned(),
            stored: 0,
            sha256: Sha256::new(),
            published: false,
        })
    }

    /// How many bytes are stored.
    pub fn stored(&self) -> u64 {
        self.stored
    }

    /// Stores more at the end.
    ///
    /// # Errors
    /// When the disk does not take it. How much of it is in the file is then unknown, and it must
    /// be given up.
    // ANCHOR: append
    pub fn append(&mut self, data: &[u8]) -> io::Result<()> {
        self.disk.write(&mut self.file, data)?;
        self.sha256.update(data);
        self.stored += data.len() as u64;
        Ok(())
    }
    // ANCHOR_END: append

    /// The SHA-256 of what is stored, in lower-case hexadecimal.
    pub fn checksum(&self) -> String {
        format!("{:x}", self.sha256.clone().finalize())
    }

    /// Gives the file its name, once it is safely on the disk, and says where it is.
    ///
    /// # Errors
    /// When it cannot be synced or renamed; the file is removed then.
    // ANCHOR: publish
    pub fn publish(mut self, filename: &FileName) -> io::Result<PathBuf> {
        self.disk.sync(&self.file)?;
        let path = self.disk.finished(&self.id, filename.as_str());
        self.disk.rename(&self.disk.partial(&self.id), &path)?;
        self.published = true;
        Ok(path)
    }
    // ANCHOR_END: publish
}

// ANCHOR: drop
impl Drop for Partial {
    fn drop(&mut self) {
        if !self.published
            && let Err(error) = self.disk.remove(&self.disk.partial(&self.id))
        {
            eprintln!(
                "uploads: cannot remove the partial file {}: {error}",
                self.id
            );
        }
    }
}
// ANCHOR_END: drop
