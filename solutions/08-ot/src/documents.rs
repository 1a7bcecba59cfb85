//! All documents, and who has them open.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groundwork::{Outbox, Outgoing, User, deliver, outbox};
use uuid::Uuid;

use crate::document::{Document, Limits, Submitted};
use crate::operation::Operation;
use crate::protocol::{DocId, ErrorCode, OpId, Refusal, Revision, ServerMessage, Snapshot};
use crate::server::Config;

/// A connection may have so many documents open.
const MAX_OPEN: usize = 20;

/// Tells the connections of all users apart.
type ConnectionId = u64;

/// The documents that all connections share.
// ANCHOR: state
#[derive(Debug)]
pub struct Documents {
    config: Config,
    /// Revisions of another run of the server mean nothing in this one.
    epoch: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    documents: HashMap<DocId, Shared>,
    last_connection: ConnectionId,
}

/// A document, and the connections that have it open.
#[derive(Debug, Default)]
struct Shared {
    document: Document,
    readers: HashMap<ConnectionId, Outbox>,
}
// ANCHOR_END: state

/// A connection's place among the others. Dropping it closes all its documents.
#[derive(Debug)]
pub struct Client {
    documents: Arc<Documents>,
    user: User,
    id: ConnectionId,
    outbox: Outbox,
    open: BTreeSet<DocId>,
}

impl Documents {
    /// No documents, and nobody there.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            epoch: Uuid::new_v4().to_string(),
            state: Mutex::default(),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Lets a user's connection in, which hears that it is.
    pub fn connect(documents: &Arc<Self>, user: User) -> (Client, Outgoing) {
        let (outbox, outgoing) = outbox(documents.config.outbox_limit);
        let connected = ServerMessage::Connected {
            user_id: &user.id,
            username: &user.username,
        };
        deliver([&outbox], &connected);
        let mut state = documents.state();
        state.last_connection += 1;
        let id = state.last_connection;
        drop(state);
        let client = Client {
            documents: Arc::clone(documents),
            user,
            id,
            outbox,
            open: BTreeSet::new(),
        };
        (client, outgoing)
    }

    /// Reads a document as it is now, if there is one.
    pub fn read<T>(&self, doc_id: &str, read: impl FnOnce(&Snapshot<'_>) -> T) -> Option<T> {
        let state = self.state();
        let shared = state.documents.get(doc_id)?;
        Some(read(&self.snapshot(doc_id, &shared.document)))
    }

    fn snapshot<'a>(&'a self, doc_id: &'a str, document: &'a Document) -> Snapshot<'a> {
        Snapshot {
            doc_id,
            epoch: &self.epoch,
            revision: document.revision(),
            content: document.text(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one connection must not end all documents for the others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// Opens a document, and sends the whole of it.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyOpen`], [`ErrorCode::TooManyDocuments`].
    pub fn open(&mut self, doc_id: DocId) -> Result<(), Refusal> {
        self.enter(doc_id, None)
    }

    /// Opens a document, and sends what came after a revision; the whole of it, if that is no
    /// longer known.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyOpen`], [`ErrorCode::TooManyDocuments`].
    pub fn resume(
        &mut self,
        doc_id: DocId,
        epoch: &str,
        revision: Revision,
    ) -> Result<(), Refusal> {
        let is_ours = epoch == self.documents.epoch;
        self.enter(doc_id, is_ours.then_some(revision))
    }

    // ANCHOR: enter
    fn enter(&mut self, doc_id: DocId, known: Option<Revision>) -> Result<(), Refusal> {
        if self.open.len() >= MAX_OPEN && !self.open.contains(&doc_id) {
            return Err(ErrorCode::TooManyOpen.into());
        }
        // One lock for all of it: between what is sent here and what is heard live, nothing falls.
        let mut state = self.documents.state();
        let is_new = !state.documents.contains_key(&doc_id);
        if is_new && state.documents.len() >= self.documents.config.max_documents {
            return Err(ErrorCode::TooManyDocuments.into());
        }
        let Shared { document, readers } = state.documents.entry(doc_id.clone()).or_default();
        readers.insert(self.id, self.outbox.clone());
        let missed = known.and_then(|revision| document.since(revision));
        let message = match missed {
            Some(missed) => ServerMessage::MissedOperations {
                doc_id: &doc_id,
                operations: missed.collect(),
            },
            None => ServerMessage::Document(self.documents.snapshot(&doc_id, document)),
        };
        deliver([&self.outbox], &message);
        self.open.insert(doc_id);
        Ok(())
    }
    // ANCHOR_END: enter

    /// Applies an operation, sends it to all others who have the document open, and acknowledges
    /// it. One that has come before is only acknowledged again.
    ///
    /// # Errors
    /// [`ErrorCode::NotOpen`], and those of [`Document::submit`].
    // ANCHOR: submit
    pub fn submit(
        &self,
        doc_id: &str,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
    ) -> Result<(), Refusal> {
        let mut state = self.documents.state();
        let shared = state.documents.get_mut(doc_id);
        let shared = shared.filter(|shared| shared.readers.contains_key(&self.id));
        let Shared { document, readers } = shared.ok_or(ErrorCode::NotOpen)?;
        let limits = self.limits();
        let revision =
            match document.submit(&self.user, op_id.clone(), revision, operation, limits)? {
                Submitted::Known(revision) => revision,
                Submitted::Applied(accepted) => {
                    let others = readers.iter().filter(|(id, _)| **id != self.id);
                    let updated = ServerMessage::DocumentUpdated {
                        doc_id,
                        accepted: &accepted,
                    };
                    deliver(others.map(|(_, outbox)| outbox), &updated);
                    accepted.revision
                }
            };
        let ack = ServerMessage::Ack {
            doc_id,
            op_id: &op_id,
            revision,
        };
        deliver([&self.outbox], &ack);
        Ok(())
    }
    // ANCHOR_END: submit

    /// Closes a document: the connection hears no more of it.
    ///
    /// # Errors
    /// [`ErrorCode::NotOpen`].
    pub fn close(&mut self, doc_id: &str) -> Result<(), Refusal> {
        if !self.open.remove(doc_id) {
            return Err(ErrorCode::NotOpen.into());
        }
        self.leave(doc_id);
        deliver([&self.outbox], &ServerMessage::Closed { doc_id });
        Ok(())
    }

    /// Tells this connection, and no other, what was wrong.
    pub fn refuse(&self, refusal: &Refusal, doc_id: Option<&str>, op_id: Option<&str>) {
        let error = ServerMessage::Error {
            code: refusal.code,
            message: &refusal.message,
            doc_id,
            op_id,
        };
        deliver([&self.outbox], &error);
    }

    // ANCHOR: leave
    fn leave(&self, doc_id: &str) {
        let mut state = self.documents.state();
        let Some(shared) = state.documents.get_mut(doc_id) else {
            return;
        };
        shared.readers.remove(&self.id);
        // In one that nobody has written in there is nothing to keep.
        if shared.readers.is_empty() && shared.document.revision() == 0 {
            state.documents.remove(doc_id);
        }
    }
    // ANCHOR_END: leave

    fn limits(&self) -> Limits {
        Limits {
            history: self.documents.config.history_limit,
            max_length: self.documents.config.max_length,
        }
    }
}

// ANCHOR: drop
impl Drop for Client {
    fn drop(&mut self) {
        for doc_id in std::mem::take(&mut self.open) {
            self.leave(&doc_id);
        }
    }
}
// ANCHOR_END: drop
