//! One connection to a document: what it says, and what the others hear of it.
//!
//! Checks: `join` (2), `edit` (4), `presence` (6), `cursor` (8), `undo` (11).
//!
//! Everything that a connection is told goes through the writer's queue, as an effect: behind the
//! operations that it tells of. Take a [`Place`](crate::writer::Place) first, then lock the document,
//! and put the change in before the lock is gone, so that the queue has the order of the revisions.
//! When there is no place, the disk is far behind: end the connection
//! ([`Outbox::overflow`](groundwork::Outbox::overflow)) and do nothing.

use std::sync::Arc;

use groundwork::{Outgoing, User};
use ot::operation::Operation;

use crate::document::Document;
use crate::library::Library;
use crate::protocol::{Cursor, ErrorCode, OpId, Refusal, Revision};
use crate::undo::Cause;

/// A connection's place in a document.
///
/// Add what its methods need: the library, the document, the user, the connection's number and
/// outbox.
#[derive(Debug)]
pub struct Session {}

impl Session {
    /// **2.** Lets a user's connection into a document: it is an
    /// [`Attendee`](crate::document::Attendee) from now on. It hears first of all what the document
    /// is; or what it has missed since the revision that it knows, if that is at hand (**5**). The
    /// others hear that it is there (**6**). All of it under one lock: between what is sent here and
    /// what is heard live, nothing falls.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`] when the document is not, or no longer, shared with the user;
    /// [`ErrorCode::StorageFailed`] when more waits to be written than may.
    pub fn join(
        library: Arc<Library>,
        document: Arc<Document>,
        user: User,
        known: Option<Revision>,
    ) -> Result<(Self, Outgoing), ErrorCode> {
        let _ = (library, document);
        todo!("let {} in, who has revision {known:?}", user.username)
    }

    /// **4.** Applies an operation. When it is stored, the others are sent it, and the author its
    /// acknowledgement. One that has come before is only acknowledged again. With it a snapshot is
    /// stored, when it is time for one.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to those who may not write, and those of
    /// [`State::submit`](crate::document::State::submit).
    pub fn submit(
        &self,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
    ) -> Result<(), Refusal> {
        let _ = (revision, operation);
        todo!("submit {op_id}")
    }

    /// **11.** Undoes the user's last edit, or does again what they have undone last. Everyone is
    /// sent the operation that does it, the user as well: nobody else knows it. One that has come
    /// before is only acknowledged.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], and those of [`State::undo`](crate::document::State::undo).
    pub fn undo(&self, cause: Cause, op_id: OpId) -> Result<(), Refusal> {
        todo!("{cause:?} as {op_id}")
    }

    /// **8.** Moves the user's cursor, and tells the others. A viewer may do that, too.
    ///
    /// # Errors
    /// Those of [`State::point`](crate::document::State::point).
    pub fn point(&self, revision: Revision, cursor: Cursor) -> Result<(), Refusal> {
        todo!("move the cursor to {cursor:?} of revision {revision}")
    }

    /// **4.** Tells this connection, and no other, what was wrong: after all that it has been told
    /// before.
    pub fn refuse(&self, refusal: Refusal, op_id: Option<OpId>) {
        let _ = op_id;
        todo!("refuse with {refusal:?}")
    }
}

// **6.** Leaving is an `impl Drop for Session`, so that no way out can miss it: the connection is
// there no longer, and the others hear it.
