//! A file that is not whole yet.
//!
//! Checks: `one-file` (5), then `chunks` and `checksum`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::disk::Disk;
use crate::names::FileName;

/// A file under a temporary name. It is removed when this is dropped, unless it was published.
///
/// Add what its methods need: the open file, how many bytes are stored, a `sha2::Sha256` that has
/// seen them all, and whether it was published. Write an `impl Drop` that removes what was not:
/// then no way out, neither an error nor a panic, leaves a file behind.
#[derive(Debug)]
pub struct Partial {
    disk: Arc<Disk>,
    id: String,
}

impl Partial {
    /// **5.** An empty one, at [`Disk::partial`].
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(disk: &Arc<Disk>, id: &str) -> io::Result<Self> {
        let _ = Self {
            disk: Arc::clone(disk),
            id: id.to_owned(),
        };
        todo!("create a file for the upload {id}")
    }

    /// How many bytes are stored.
    pub fn stored(&self) -> u64 {
        todo!("count what append stored")
    }

    /// Stores more at the end ([`Disk::write`]), and counts and hashes it.
    ///
    /// # Errors
    /// When the disk does not take it. How much of it is in the file is then unknown, and it must
    /// be given up.
    pub fn append(&mut self, data: &[u8]) -> io::Result<()> {
        todo!("store {} bytes", data.len())
    }

    /// The SHA-256 of what is stored, in lower-case hexadecimal. Not of what is read again: nothing
    /// else has written here.
    pub fn checksum(&self) -> String {
        todo!("finish a clone of the hash, and format it with {{:x}}")
    }

    /// Gives the file its name, once it is safely on the disk, and says where it is.
    ///
    /// Sync first and rename then ([`Disk::sync`], [`Disk::rename`]). The other way round, a power
    /// cut can leave a file with the right name and nothing in it.
    ///
    /// # Errors
    /// When it cannot be synced or renamed; the file is removed then.
    pub fn publish(self, filename: &FileName) -> io::Result<PathBuf> {
        let _ = (&self.disk, filename);
        todo!("sync the file of the upload {} and rename it", self.id)
    }
}
