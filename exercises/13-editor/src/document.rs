//! One document in memory: its text, who is there, and who may do what. No I/O.
//!
//! Checks: `create` (1), `join` (2), `edit` (4), `colors` (7), `cursor` (8), `undo` (11).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};

use groundwork::{Outbox, User};
use ot::operation::Operation;
use ot::protocol::Accepted;

use crate::ordered::{Limits, Ordered};
use crate::protocol::{
    Cursor, DocId, ErrorCode, Member, OpId, Participant, Refusal, Revision, Role, SessionId,
};
use crate::stored::Stored;
use crate::undo::{Cause, UndoSteps};

/// Colours that can be told apart, on light and on dark ground.
pub const COLORS: [&str; 8] = [
    "#0f766e", "#b45309", "#7c3aed", "#be123c", "#1d4ed8", "#4d7c0f", "#a21caf", "#0e7490",
];

/// A document that is in memory.
#[derive(Debug)]
pub struct Document {
    /// What changes.
    pub state: Mutex<State>,
}

/// What changes. It is ahead of what is stored by what is in the writer's queue, and nobody may
/// hear of that before it is stored.
#[derive(Debug)]
pub struct State {
    /// The document's name.
    pub doc_id: DocId,
    /// Its title.
    pub title: String,
    /// The text, and the order of the operations.
    pub ordered: Ordered,
    /// Who may do what.
    pub members: BTreeMap<String, Member>,
    /// What the links allow.
    pub links: BTreeMap<String, Role>,
    /// Who is there.
    pub attendees: BTreeMap<SessionId, Attendee>,
    /// What each user may undo.
    pub steps: HashMap<String, UndoSteps>,
    /// The revision of the text that is stored as a whole.
    pub snapshot_revision: Revision,
}

/// A connection to the document.
#[derive(Debug)]
pub struct Attendee {
    /// What the others see of it.
    pub participant: Participant,
    /// What it is to be sent.
    pub outbox: Outbox,
}

/// What became of an operation, an undo or a redo.
#[derive(Debug)]
pub enum Outcome {
    /// It was applied, as it stands here.
    Applied(Accepted),
    /// It had been applied before, and led to this revision then.
    Known(Revision),
}

impl Document {
    /// **1.** The document as it was stored, with nobody there.
    pub fn new(doc_id: DocId, stored: Stored) -> Self {
        todo!("put {doc_id} into memory: {stored:?}")
    }

    /// **1.** What changes, for as long as one looks at it. A panic in one connection must not end
    /// the document for the others: `PoisonError::into_inner`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        todo!("lock the state")
    }
}

impl State {
    /// **1.** What a user may do, if anything.
    pub fn role_of(&self, user_id: &str) -> Option<Role> {
        todo!("look {user_id} up among the members")
    }

    /// **1.** What a user may do, who must be able to do that at least.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`] when they may not even see it, [`ErrorCode::Forbidden`] when
    /// they may do less.
    pub fn require(&self, user: &User, least: Role) -> Result<Role, ErrorCode> {
        todo!("see whether {} may do what needs {least:?}", user.id)
    }

    /// **4.** Gives an operation its place in the order. The cursors of all who are there move with
    /// it (**8**), and its author can undo it (**11**): call [`UndoSteps::record`].
    ///
    /// # Errors
    /// Those of [`Ordered::submit`]; then nothing has changed.
    pub fn submit(
        &mut self,
        author: &User,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
        limits: Limits,
    ) -> Result<Outcome, Refusal> {
        let _ = (author, operation, limits);
        todo!("give {op_id}, made against {revision}, its place")
    }

    /// **11.** Undoes the last edit of a user, or does again what they have undone last: takes the
    /// step, and submits it as the next operation. One of this name that has come before is not
    /// applied again.
    ///
    /// # Errors
    /// [`ErrorCode::NothingToUndo`], [`ErrorCode::NothingToRedo`],
    /// [`ErrorCode::DocumentTooLong`]; then nothing has changed, and the step is still there.
    pub fn undo(
        &mut self,
        author: &User,
        cause: Cause,
        op_id: OpId,
        limits: Limits,
    ) -> Result<Outcome, Refusal> {
        let _ = (author, limits);
        todo!("{cause:?} as {op_id}")
    }

    /// **8.** Puts the cursor of someone who is there where it stood in a revision, and returns
    /// where that is now: moved over what came since ([`ot::transform::transform_cursor`]), to the
    /// right of what the same user has written and to the left of what others have.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRevision`], [`ErrorCode::RevisionTooOld`],
    /// [`ErrorCode::InvalidCursor`]; then nothing has changed.
    pub fn point(
        &mut self,
        session_id: SessionId,
        revision: Revision,
        cursor: Cursor,
    ) -> Result<Cursor, ErrorCode> {
        todo!("put the cursor of {session_id} to {cursor:?} of revision {revision}")
    }

    /// **2.** The colour of a user: the one that they have already, or one that nobody else has
    /// (**7**). With more people than colours, two have the same.
    pub fn color_of(&self, user_id: &str) -> &'static str {
        todo!("choose one of {COLORS:?} for {user_id}")
    }

    /// **2.** Those who are there, as everyone sees them.
    pub fn participants(&self) -> Vec<Participant> {
        todo!("list the participants")
    }

    /// **2.** What all who are there are sent with, but one.
    pub fn others(&self, session_id: SessionId) -> Vec<Outbox> {
        todo!("list the outboxes of all but {session_id}")
    }

    /// **4.** The text and its revision, when so many operations have come since it was stored as a
    /// whole that it should be stored again. Then it is taken for stored.
    pub fn snapshot(&mut self, every: u64) -> Option<(Revision, String)> {
        todo!("see whether there are {every} operations since the last snapshot")
    }
}
