//! One document in memory: its text, who is there, and who may do what. No I/O.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use groundwork::{Outbox, User};
use ot::operation::Operation;
use ot::protocol::Accepted;
use ot::transform::{Bias, transform_cursor};

use crate::ordered::{Limits, Ordered, Submitted};
use crate::protocol::{
    Cursor, DocId, ErrorCode, Member, OpId, Participant, Refusal, Revision, Role, SessionId,
};
use crate::stored::Stored;
use crate::undo::{Cause, UndoSteps};

/// Colours that can be told apart, on light and on dark ground.
const COLORS: [&str; 8] = [
    "#0f766e", "#b45309", "#7c3aed", "#be123c", "#1d4ed8", "#4d7c0f", "#a21caf", "#0e7490",
];

/// A document that is in memory.
// ANCHOR: document
#[derive(Debug)]
pub struct Document {
    state: Mutex<State>,
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
    steps: HashMap<String, UndoSteps>,
    snapshot_revision: Revision,
}

/// A connection to the document.
#[derive(Debug)]
pub struct Attendee {
    /// What the others see of it.
    pub participant: Participant,
    /// What it is to be sent.
    pub outbox: Outbox,
}
// ANCHOR_END: document

/// What became of an operation, an undo or a redo.
#[derive(Debug)]
pub enum Outcome {
    /// It was applied, as it stands here.
    Applied(Accepted),
    /// It had been applied before, and led to this revision then.
    Known(Revision),
}

impl Document {
    /// The document as it was stored, with nobody there.
    pub fn new(doc_id: DocId, stored: Stored) -> Self {
        let state = State {
            doc_id,
            title: stored.title,
            ordered: stored.ordered,
            members: stored.members,
            links: stored.links,
            attendees: BTreeMap::new(),
            steps: HashMap::new(),
            snapshot_revision: stored.snapshot_revision,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// What changes, for as long as one looks at it.
    pub fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one connection must not end the document for the others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a user may do, if anything.
    pub fn role_of(&self, user_id: &str) -> Option<Role> {
        self.members.get(user_id).map(|member| member.role)
    }

    /// What a user may do, who must be able to do that at least.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`] when they may not even see it, [`ErrorCode::Forbidden`] when
    /// they may do less.
    // ANCHOR: require
    pub fn require(&self, user: &User, least: Role) -> Result<Role, ErrorCode> {
        let role = self.role_of(&user.id);
        let role = role.ok_or(ErrorCode::UnknownDocument)?;
        if role < least {
            return Err(ErrorCode::Forbidden);
        }
        Ok(role)
    }
    // ANCHOR_END: require

    /// Gives an operation its place in the order. The cursors of all who are there move with it,
    /// and its author can undo it.
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
        let submitted = self
            .ordered
            .submit(author, op_id, revision, operation, limits)?;
        Ok(self.settle(author, Cause::Edit, submitted))
    }

    /// Undoes the last edit of a user, or does again what they have undone last.
    ///
    /// # Errors
    /// [`ErrorCode::NothingToUndo`], [`ErrorCode::NothingToRedo`],
    /// [`ErrorCode::DocumentTooLong`]; then nothing has changed.
    // ANCHOR: undo
    pub fn undo(
        &mut self,
        author: &User,
        cause: Cause,
        op_id: OpId,
        limits: Limits,
    ) -> Result<Outcome, Refusal> {
        if let Some(known) = self.ordered.known(&author.id, &op_id) {
            return Ok(Outcome::Known(known));
        }
        let mut steps = self.steps.get(&author.id).cloned().unwrap_or_default();
        let operation = steps.take(cause, &self.ordered).ok_or(match cause {
            Cause::Redo => ErrorCode::NothingToRedo,
            Cause::Edit | Cause::Undo => ErrorCode::NothingToUndo,
        })?;
        let now = self.ordered.revision();
        let submitted = self.ordered.submit(author, op_id, now, operation, limits)?;
        self.steps.insert(author.id.clone(), steps);
        Ok(self.settle(author, cause, submitted))
    }
    // ANCHOR_END: undo

    fn settle(&mut self, author: &User, cause: Cause, submitted: Submitted) -> Outcome {
        let (accepted, inverse) = match submitted {
            Submitted::Known(revision) => return Outcome::Known(revision),
            Submitted::Applied { accepted, inverse } => (accepted, inverse),
        };
        let steps = self.steps.entry(author.id.clone()).or_default();
        steps.record(cause, accepted.revision, inverse);
        for attendee in self.attendees.values_mut() {
            let is_own = attendee.participant.user_id == accepted.user_id;
            let cursor = attendee.participant.cursor;
            attendee.participant.cursor =
                cursor.and_then(|cursor| moved(cursor, &accepted.operation, is_own));
        }
        Outcome::Applied(accepted)
    }

    /// Puts the cursor of someone who is there where it stood in a revision, and returns where that
    /// is now.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRevision`], [`ErrorCode::RevisionTooOld`],
    /// [`ErrorCode::InvalidCursor`]; then nothing has changed.
    // ANCHOR: point
    pub fn point(
        &mut self,
        session_id: SessionId,
        revision: Revision,
        mut cursor: Cursor,
    ) -> Result<Cursor, ErrorCode> {
        let attendee = self.attendees.get_mut(&session_id);
        let participant = &mut attendee.ok_or(ErrorCode::UnknownDocument)?.participant;
        if revision > self.ordered.revision() {
            return Err(ErrorCode::InvalidRevision);
        }
        let unseen = self.ordered.since(revision);
        for earlier in unseen.ok_or(ErrorCode::RevisionTooOld)? {
            let is_own = earlier.user_id == participant.user_id;
            cursor = moved(cursor, &earlier.operation, is_own).ok_or(ErrorCode::InvalidCursor)?;
        }
        let length = ot::length(self.ordered.text());
        if cursor.anchor.max(cursor.head) > length {
            return Err(ErrorCode::InvalidCursor);
        }
        participant.cursor = Some(cursor);
        Ok(cursor)
    }
    // ANCHOR_END: point

    /// The colour of a user: the one that they have already, or one that nobody else has.
    pub fn color_of(&self, user_id: &str) -> &'static str {
        let there = self.attendees.values().map(|other| &other.participant);
        if let Some(same) = there.clone().find(|other| other.user_id == user_id) {
            return same.color;
        }
        let free = COLORS
            .into_iter()
            .find(|color| there.clone().all(|other| other.color != *color));
        // With more people than colours, two have the same.
        free.unwrap_or(COLORS[self.attendees.len() % COLORS.len()])
    }

    /// Those who are there, as everyone sees them.
    pub fn participants(&self) -> Vec<Participant> {
        let there = self.attendees.values();
        there.map(|other| other.participant.clone()).collect()
    }

    /// What all who are there are sent with, but one.
    pub fn others(&self, session_id: SessionId) -> Vec<Outbox> {
        let others = self.attendees.iter().filter(|(id, _)| **id != session_id);
        others.map(|(_, other)| other.outbox.clone()).collect()
    }

    /// The text, when so many operations have come since it was stored as a whole that it should
    /// be stored again.
    pub fn snapshot(&mut self, every: u64) -> Option<(Revision, String)> {
        let revision = self.ordered.revision();
        if revision - self.snapshot_revision < every {
            return None;
        }
        self.snapshot_revision = revision;
        Some((revision, self.ordered.text().to_owned()))
    }
}

/// Where a cursor is after an operation. With one's own edits it moves along, for those of others
/// it stays where it is.
fn moved(cursor: Cursor, operation: &Operation, is_own: bool) -> Option<Cursor> {
    let bias = if is_own { Bias::Right } else { Bias::Left };
    Some(Cursor {
        anchor: transform_cursor(cursor.anchor, operation, bias).ok()?,
        head: transform_cursor(cursor.head, operation, bias).ok()?,
    })
}
