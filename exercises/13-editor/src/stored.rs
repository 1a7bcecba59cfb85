//! What is stored, and how it is read from the database. Writing it, so that it lasts, is the
//! student's part: `store.rs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use groundwork::User;
use ot::compose::compose;
use ot::operation::Operation;
use ot::protocol::Accepted;
use ot::wire;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use crate::ordered::{Ordered, REMEMBERED, Receipt};
use crate::protocol::{DocId, Member, Revision, Role, Summary, Version};

/// The tables of the database, which are made if they are not there.
pub const SCHEMA: &str = include_str!("schema.sql");

/// How long one connection waits for another's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A document as it is stored.
#[derive(Debug)]
pub struct Stored {
    /// Its title.
    pub title: String,
    /// Its text, and the last operations that led to it.
    pub ordered: Ordered,
    /// The revision of the text that is stored as a whole.
    pub snapshot_revision: Revision,
    /// Who may do what.
    pub members: BTreeMap<String, Member>,
    /// What the links to it allow.
    pub links: BTreeMap<String, Role>,
}

/// Something that is to be stored.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new document, which is empty, and whose it is.
    Document(DocId, String, User),
    /// An operation, as it was applied.
    Operation(DocId, Accepted),
    /// The text after so many operations, so that fewer are to be read the next time.
    Snapshot(DocId, Revision, String),
    /// Someone may do that now.
    Member(DocId, Member),
    /// A user may do nothing any more.
    MemberRemoved(DocId, String),
    /// Who has the link may do that.
    Link(DocId, String, Role),
    /// The link leads nowhere any more.
    LinkRemoved(DocId, String),
    /// A version, and its text.
    Version(DocId, Version, String),
}

/// Reads what has been stored. It sees nothing of a transaction that is not committed.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Opens a database that has its tables.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(Self { connection })
    }

    /// A document, with its last operations: `history` of them at least, if there are so many.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn document(&self, doc_id: &str, history: usize) -> rusqlite::Result<Option<Stored>> {
        // One transaction: whatever is written meanwhile, all of it is from the same moment.
        let transaction = self.connection.unchecked_transaction()?;
        let document = transaction
            .prepare_cached(
                "SELECT title, snapshot_revision, snapshot FROM documents WHERE doc_id = ?1",
            )?
            .query_row([doc_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((title, snapshot_revision, snapshot)) = document else {
            return Ok(None);
        };
        let ordered = self.ordered(doc_id, snapshot_revision, snapshot, history)?;
        let stored = Stored {
            title,
            ordered,
            snapshot_revision,
            members: self.members(doc_id)?,
            links: self.links(doc_id)?,
        };
        transaction.commit()?;
        Ok(Some(stored))
    }

    fn ordered(
        &self,
        doc_id: &str,
        snapshot_revision: Revision,
        snapshot: String,
        history: usize,
    ) -> rusqlite::Result<Ordered> {
        let revision: Option<Revision> = self
            .connection
            .prepare_cached("SELECT max(revision) FROM operations WHERE doc_id = ?1")?
            .query_row([doc_id], |row| row.get(0))?;
        let revision = revision.unwrap_or_default().max(snapshot_revision);
        let kept = revision.saturating_sub(u64::try_from(history).unwrap_or(u64::MAX));
        let mut operations = self.connection.prepare_cached(
            "SELECT revision, op_id, user_id, username, operation FROM operations
             WHERE doc_id = ?1 AND revision > ?2 ORDER BY revision",
        )?;
        let operations = operations
            .query_map(params![doc_id, kept.min(snapshot_revision)], accepted)?
            .collect::<rusqlite::Result<Vec<Accepted>>>()?;
        // To compose small operations is cheaper than to apply each of them to a long text.
        let mut since: Option<Operation> = None;
        for later in operations.iter().filter(|o| o.revision > snapshot_revision) {
            since = Some(match since {
                Some(earlier) => compose(&earlier, &later.operation).map_err(corrupt)?,
                None => later.operation.clone(),
            });
        }
        let text = match since {
            Some(since) => since.apply(&snapshot).map_err(corrupt)?,
            None => snapshot,
        };
        let receipts = self.receipts(doc_id)?;
        Ok(Ordered::new(text, revision, operations, receipts))
    }

    fn receipts(&self, doc_id: &str) -> rusqlite::Result<Vec<(Receipt, Revision)>> {
        let mut receipts = self.connection.prepare_cached(
            "SELECT user_id, op_id, revision FROM operations
             WHERE doc_id = ?1 ORDER BY revision DESC LIMIT ?2",
        )?;
        let receipts = receipts.query_map(params![doc_id, REMEMBERED], |row| {
            let receipt = Receipt {
                user_id: row.get(0)?,
                op_id: row.get(1)?,
            };
            Ok((receipt, row.get(2)?))
        })?;
        let mut receipts = receipts.collect::<rusqlite::Result<Vec<_>>>()?;
        receipts.reverse();
        Ok(receipts)
    }

    fn members(&self, doc_id: &str) -> rusqlite::Result<BTreeMap<String, Member>> {
        let mut members = self
            .connection
            .prepare_cached("SELECT user_id, username, role FROM members WHERE doc_id = ?1")?;
        let members = members.query_map([doc_id], |row| {
            let member = Member {
                user_id: row.get(0)?,
                username: row.get(1)?,
                role: role(row, 2)?,
            };
            Ok((member.user_id.clone(), member))
        })?;
        members.collect()
    }

    fn links(&self, doc_id: &str) -> rusqlite::Result<BTreeMap<String, Role>> {
        let mut links = self
            .connection
            .prepare_cached("SELECT link, role FROM links WHERE doc_id = ?1")?;
        let links = links.query_map([doc_id], |row| Ok((row.get(0)?, role(row, 1)?)))?;
        links.collect()
    }

    /// The documents that a user may see, in the order in which they were made.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn documents_of(&self, user_id: &str) -> rusqlite::Result<Vec<Summary>> {
        let mut documents = self.connection.prepare_cached(
            "SELECT doc_id, title, role FROM members JOIN documents USING (doc_id)
             WHERE user_id = ?1 ORDER BY documents.rowid",
        )?;
        let documents = documents.query_map([user_id], |row| {
            Ok(Summary {
                doc_id: row.get(0)?,
                title: row.get(1)?,
                role: role(row, 2)?,
            })
        })?;
        documents.collect()
    }

    /// The document that a link leads to.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn document_behind(&self, link: &str) -> rusqlite::Result<Option<DocId>> {
        self.connection
            .prepare_cached("SELECT doc_id FROM links WHERE link = ?1")?
            .query_row([link], |row| row.get(0))
            .optional()
    }

    /// The versions of a document, in the order in which they were named.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn versions(&self, doc_id: &str) -> rusqlite::Result<Vec<Version>> {
        let mut versions = self.connection.prepare_cached(
            "SELECT version_id, name, revision, user_id, username, created_at FROM versions
             WHERE doc_id = ?1 ORDER BY rowid",
        )?;
        versions.query_map([doc_id], version)?.collect()
    }

    /// One version of a document, and its text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn version(
        &self,
        doc_id: &str,
        version_id: &str,
    ) -> rusqlite::Result<Option<(Version, String)>> {
        self.connection
            .prepare_cached(
                "SELECT version_id, name, revision, user_id, username, created_at, content
                 FROM versions WHERE doc_id = ?1 AND version_id = ?2",
            )?
            .query_row([doc_id, version_id], |row| Ok((version(row)?, row.get(6)?)))
            .optional()
    }
}

fn version(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        version_id: row.get(0)?,
        name: row.get(1)?,
        revision: row.get(2)?,
        user_id: row.get(3)?,
        username: row.get(4)?,
        created_at: row.get(5)?,
    })
}

fn accepted(row: &Row<'_>) -> rusqlite::Result<Accepted> {
    let operation: Value = serde_json::from_str(row.get_ref(4)?.as_str()?).map_err(corrupt)?;
    Ok(Accepted {
        revision: row.get(0)?,
        op_id: row.get(1)?,
        user_id: row.get(2)?,
        username: row.get(3)?,
        operation: wire::operation(&operation).map_err(corrupt)?,
    })
}

/// A role as the database has it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Owner => "owner",
    }
}

fn role(row: &Row<'_>, index: usize) -> rusqlite::Result<Role> {
    let name = row.get_ref(index)?.as_str()?;
    [Role::Viewer, Role::Editor, Role::Owner]
        .into_iter()
        .find(|role| role_name(*role) == name)
        .ok_or_else(|| corrupt(format!("there is no role {name:?}")))
}

/// What was read is not what was written.
fn corrupt(error: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}
