//! A long document with a long history: how long it takes to open.

use std::path::Path;
use std::time::{Duration, Instant};

use editor_solution::store::Store;
use editor_solution::stored::Write;
use groundwork::User;
use ot::operation::Operation;
use ot::protocol::Accepted;

use crate::LoadError;
use crate::client::Client;
use crate::service::Started;

/// Which document it is.
const DOC_ID: &str = "long";
/// How often the server stores the whole text.
const SNAPSHOT_EVERY: u64 = 200;

/// How a long document was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Its revision when it was open.
    pub revision: u64,
    /// How many characters it had.
    pub length: u64,
    /// From the request for the connection to the whole text.
    pub took: Duration,
}

/// Stores a document of `length` characters that has been through `operations`, as a server would have stored it that was killed
/// just before its next snapshot.
///
/// # Errors
///
/// When the database cannot be written.
pub fn store_long_document(
    database: &Path,
    length: usize,
    operations: u64,
) -> Result<(), LoadError> {
    let failed = |error: rusqlite::Error| LoadError::Answer(error.to_string());
    let owner = User {
        id: "user:owner".to_owned(),
        username: "owner".to_owned(),
    };
    let mut store = Store::open(database).map_err(failed)?;
    let title = "Long".to_owned();
    let mut writes = vec![Write::Document(DOC_ID.to_owned(), title, owner)];
    let mut text = vec!['.'; length];
    for revision in 1..=operations {
        let operation = if revision == 1 {
            let mut all = Operation::new();
            all.insert(&".".repeat(length)).map(|()| all)
        } else {
            let place = usize::try_from(revision).unwrap_or_default() * 104_729 % length;
            text[place] = 'x';
            replace(place, length)
        };
        let operation = operation.map_err(|error| LoadError::Answer(error.to_string()))?;
        let accepted = Accepted {
            revision,
            op_id: revision.to_string(),
            user_id: "user:owner".to_owned(),
            username: "owner".to_owned(),
            operation,
        };
        writes.push(Write::Operation(DOC_ID.to_owned(), accepted));
        if revision == operations - (SNAPSHOT_EVERY - 1) {
            let text = text.iter().collect();
            writes.push(Write::Snapshot(DOC_ID.to_owned(), revision, text));
        }
    }
    store.commit(&writes).map_err(failed)
}

/// One character becomes another.
fn replace(place: usize, length: usize) -> Result<Operation, ot::error::OtError> {
    let mut operation = Operation::new();
    operation.retain(place as u64)?;
    operation.insert("x")?;
    operation.delete(1)?;
    operation.retain((length - place - 1) as u64)?;
    Ok(operation)
}

/// Opens it, on a server that has not had it in memory yet.
///
/// # Errors
///
/// When the connection is refused or lost.
pub async fn open_long_document(started: &Started) -> Result<Opening, LoadError> {
    let token = started.token("owner")?;
    let began = Instant::now();
    let mut client = Client::open(started, &format!("/ws/{DOC_ID}?token={token}")).await?;
    let document = client.next_of_type("document").await?;
    let took = began.elapsed();
    let content = document["content"].as_str().unwrap_or_default();
    Ok(Opening {
        revision: document["revision"].as_u64().unwrap_or_default(),
        length: ot::length(content),
        took,
    })
}

/// The environment of a server whose database is this one.
pub fn with_database(database: &Path) -> Vec<(String, String)> {
    let database = database.to_string_lossy().into_owned();
    vec![("DATABASE".to_owned(), database)]
}

impl Opening {
    /// Whether it is the document that was stored.
    pub fn is_of(&self, length: usize, operations: u64) -> bool {
        self.revision == operations && usize::try_from(self.length) == Ok(length)
    }
}
