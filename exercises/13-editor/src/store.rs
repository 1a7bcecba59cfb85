//! Writing to the database, so that what has been written is there whatever happens next.
//!
//! Checks: `create` (1), `link` (3), `version` (12), then `durable` and `stored`.

use std::path::Path;

use rusqlite::Connection;

use crate::stored::{SCHEMA, Write};

/// The one connection that writes.
#[derive(Debug)]
pub struct Store {
    /// The connection.
    pub connection: Connection,
}

impl Store {
    /// Opens a database, which is made if there is none. This much is given: the pragmas are what
    /// the rest stands on.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is no database.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // Readers go on while something is written; and a commit returns when it is on the disk.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// **1.** Writes all of it, or nothing: one transaction. When it returns, it is on the disk. If
    /// there is nothing to write, it does nothing.
    ///
    /// Begin with `Write::Document`, which makes two rows: the document, empty and at revision 0,
    /// and its owner among the members ([`role_name`](crate::stored::role_name)). `Operation` is
    /// needed for `edit` (4), `Snapshot` for `durable`, the others where the checks come to them.
    /// An operation is stored as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn commit<'a>(
        &mut self,
        writes: impl IntoIterator<Item = &'a Write>,
    ) -> rusqlite::Result<()> {
        let writes: Vec<&Write> = writes.into_iter().collect();
        todo!("write {writes:?}")
    }
}
