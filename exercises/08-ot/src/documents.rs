//! All documents, and who has them open.
//!
//! Checks: `connect` (9), `open` (10), `edit` (11), `resume` and `history` (14), `close` (15), `slow`
//! (9).

use std::sync::Arc;

use groundwork::{Outgoing, User};

use crate::operation::Operation;
use crate::protocol::{DocId, OpId, Refusal, Revision, Snapshot};
use crate::server::Config;

/// The documents that all connections share.
///
/// Add what they must remember: the epoch, a string that no other run of the server has
/// (`uuid::Uuid::new_v4`); and behind one `std::sync::Mutex` the documents by name, each with the
/// outboxes of those who have it open, and the last connection's number.
#[derive(Debug)]
pub struct Documents {
    config: Config,
}

/// A connection's place among the others.
///
/// Add what its methods need: the documents, the user, the connection's number and outbox, and
/// which documents it has open.
#[derive(Debug)]
pub struct Client {}

impl Documents {
    /// No documents, and nobody there.
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// **9.** Lets a user's connection in. Its outbox ([`outbox`](groundwork::outbox), with room for
    /// `outbox_limit` messages) gets `connected`; [`deliver`](groundwork::deliver) puts it in, and
    /// never waits.
    pub fn connect(documents: &Arc<Self>, user: User) -> (Client, Outgoing) {
        let _ = documents;
        todo!("let {} in", user.username)
    }

    /// **10.** Reads a document as it is now, if there is one: if someone has it open, or has written
    /// in it.
    pub fn read<T>(&self, doc_id: &str, read: impl FnOnce(&Snapshot<'_>) -> T) -> Option<T> {
        let _ = read;
        todo!("read {doc_id}")
    }
}

impl Client {
    /// **10.** Opens a document, which is made if there is none, and sends `document`.
    ///
    /// # Errors
    /// `TooManyOpen` when the connection has 20 others open; `TooManyDocuments` when there are
    /// `max_documents` others.
    pub fn open(&mut self, doc_id: DocId) -> Result<(), Refusal> {
        todo!("open {doc_id}")
    }

    /// **11.** Lets the document order an operation, and sends `document-updated` to all others who
    /// have it open, and `ack` to this connection. One that has come before is only acknowledged
    /// again (**13**).
    ///
    /// Do all of it under one lock: everyone must hear of the revisions in their order.
    ///
    /// # Errors
    /// `NotOpen`, and those of [`Document::submit`](crate::document::Document::submit).
    pub fn submit(
        &self,
        doc_id: &str,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
    ) -> Result<(), Refusal> {
        let _ = (revision, operation);
        todo!("submit {op_id} to {doc_id}")
    }

    /// **10.** Tells this connection, and no other, what was wrong, and with which document and
    /// operation.
    pub fn refuse(&self, refusal: &Refusal, doc_id: Option<&str>, op_id: Option<&str>) {
        let _ = (doc_id, op_id);
        todo!("refuse with {refusal:?}")
    }

    /// **14.** Opens a document, and sends `missed-operations` with what came after a revision; if
    /// that is no longer known, or the revision is of another epoch, `document`. Open it and read
    /// what was missed under one lock.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn resume(
        &mut self,
        doc_id: DocId,
        epoch: &str,
        revision: Revision,
    ) -> Result<(), Refusal> {
        todo!("resume {doc_id} from revision {revision} of {epoch}")
    }

    /// **15.** Closes a document: the connection hears no more of it, and gets `closed`. A document
    /// that nobody has open and nobody has written in is forgotten.
    ///
    /// The end of the connection closes all that it has open: add an `impl Drop`, so that no way
    /// out can miss it.
    ///
    /// # Errors
    /// `NotOpen`.
    pub fn close(&mut self, doc_id: &str) -> Result<(), Refusal> {
        todo!("close {doc_id}")
    }
}
