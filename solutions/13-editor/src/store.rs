//! Writing to the database, so that what has been written is there whatever happens next.

use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use crate::protocol::{DocId, Member, Role, Version};
use crate::stored::{SCHEMA, Write, role_name};

/// The one connection that writes.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

impl Store {
    /// Opens a database, which is made if there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is no database.
    // ANCHOR: open
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        // Readers go on while something is written; and a commit returns when it is on the disk.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }
    // ANCHOR_END: open

    /// Writes all of it, or nothing. When it returns, it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    // ANCHOR: commit
    pub fn commit<'a>(
        &mut self,
        writes: impl IntoIterator<Item = &'a Write>,
    ) -> rusqlite::Result<()> {
        let mut writes = writes.into_iter().peekable();
        if writes.peek().is_none() {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        for write in writes {
            apply(&transaction, write)?;
        }
        transaction.commit()
    }
    // ANCHOR_END: commit
}

fn apply(transaction: &Transaction<'_>, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::Document(doc_id, title, owner) => {
            transaction
                .prepare_cached("INSERT INTO documents VALUES (?1, ?2, 0, '')")?
                .execute(params![doc_id, title])?;
            let owner = Member {
                user_id: owner.id.clone(),
                username: owner.username.clone(),
                role: Role::Owner,
            };
            member(transaction, doc_id, &owner)
        }
        Write::Operation(doc_id, accepted) => {
            let operation = serde_json::to_string(&accepted.operation)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            transaction
                .prepare_cached("INSERT INTO operations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![
                    doc_id,
                    accepted.revision,
                    accepted.user_id,
                    accepted.username,
                    accepted.op_id,
                    operation,
                ])
                .map(drop)
        }
        Write::Snapshot(doc_id, revision, text) => transaction
            .prepare_cached(
                "UPDATE documents SET snapshot_revision = ?2, snapshot = ?3 WHERE doc_id = ?1",
            )?
            .execute(params![doc_id, revision, text])
            .map(drop),
        Write::Member(doc_id, changed) => member(transaction, doc_id, changed),
        Write::MemberRemoved(doc_id, user_id) => transaction
            .prepare_cached("DELETE FROM members WHERE doc_id = ?1 AND user_id = ?2")?
            .execute([doc_id, user_id])
            .map(drop),
        Write::Link(doc_id, link, role) => transaction
            .prepare_cached("INSERT INTO links VALUES (?1, ?2, ?3)")?
            .execute(params![link, doc_id, role_name(*role)])
            .map(drop),
        Write::LinkRemoved(doc_id, link) => transaction
            .prepare_cached("DELETE FROM links WHERE doc_id = ?1 AND link = ?2")?
            .execute([doc_id, link])
            .map(drop),
        Write::Version(doc_id, named, content) => version(transaction, doc_id, named, content),
    }
}

fn member(transaction: &Transaction<'_>, doc_id: &DocId, member: &Member) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO members VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            doc_id,
            member.user_id,
            member.username,
            role_name(member.role),
        ])
        .map(drop)
}

fn version(
    transaction: &Transaction<'_>,
    doc_id: &DocId,
    version: &Version,
    content: &str,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![
            version.version_id,
            doc_id,
            version.name,
            version.revision,
            version.user_id,
            version.username,
            version.created_at,
            content,
        ])
        .map(drop)
}
