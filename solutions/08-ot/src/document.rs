//! One document: its text, and the order of the operations that led to it. No I/O.

use std::collections::{HashMap, VecDeque};

use groundwork::User;

use crate::error::OtError;
use crate::operation::Operation;
use crate::protocol::{Accepted, ErrorCode, OpId, Refusal, Revision};
use crate::transform::transform;

/// So many operations of each user are remembered by name.
const REMEMBERED: usize = 100;
/// And those of so many users.
const REMEMBERED_USERS: usize = 1000;

/// A document.
// ANCHOR: document
#[derive(Debug, Default)]
pub struct Document {
    text: String,
    /// How many operations there have been. Those that are kept are the last of them.
    revision: Revision,
    history: VecDeque<Accepted>,
    receipts: HashMap<String, Receipts>,
}

/// Which revisions a user's last operations led to.
type Receipts = VecDeque<(OpId, Revision)>;

/// What became of an operation that was submitted.
#[derive(Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It was applied, as it stands here.
    Applied(Accepted),
    /// It had been applied before, and led to this revision then.
    Known(Revision),
}
// ANCHOR_END: document

impl Document {
    /// An empty document, at revision 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many operations it has been through.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Gives an operation, made against a revision, its place in the order: after all that there
    /// are, transformed over those that its author did not know. One that has come before is not
    /// applied again.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRevision`], [`ErrorCode::RevisionTooOld`],
    /// [`ErrorCode::InvalidOperation`], [`ErrorCode::DocumentTooLong`]; then nothing has changed.
    // ANCHOR: submit
    pub fn submit(
        &mut self,
        author: &User,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
        limits: Limits,
    ) -> Result<Submitted, Refusal> {
        if let Some(known) = self.receipt(&author.id, &op_id) {
            return Ok(Submitted::Known(known));
        }
        if revision > self.revision {
            return Err(ErrorCode::InvalidRevision.into());
        }
        let unseen = self.since(revision).ok_or(ErrorCode::RevisionTooOld)?;
        let mut operation = operation;
        for earlier in unseen {
            (operation, _) = transform(&operation, &earlier.operation).map_err(does_not_fit)?;
        }
        if operation.target_length() > limits.max_length {
            return Err(ErrorCode::DocumentTooLong.into());
        }
        self.text = operation.apply(&self.text).map_err(does_not_fit)?;
        self.revision += 1;
        let accepted = Accepted {
            revision: self.revision,
            op_id,
            user_id: author.id.clone(),
            username: author.username.clone(),
            operation,
        };
        self.remember(&accepted);
        self.history.push_back(accepted.clone());
        while self.history.len() > limits.history {
            self.history.pop_front();
        }
        Ok(Submitted::Applied(accepted))
    }
    // ANCHOR_END: submit

    /// What came after a revision, the oldest first; nothing if some of it is no longer kept, or
    /// the document has not reached that revision.
    // ANCHOR: since
    pub fn since(&self, revision: Revision) -> Option<impl Iterator<Item = &Accepted>> {
        let missed = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let known = self.history.len().checked_sub(missed)?;
        Some(self.history.iter().skip(known))
    }
    // ANCHOR_END: since

    // ANCHOR: receipts
    fn receipt(&self, user: &str, op_id: &str) -> Option<Revision> {
        let mut receipts = self.receipts.get(user)?.iter();
        let known = receipts.find(|(known, _)| known == op_id);
        known.map(|(_, revision)| *revision)
    }

    fn remember(&mut self, accepted: &Accepted) {
        let receipts = self.receipts.entry(accepted.user_id.clone()).or_default();
        if receipts.len() == REMEMBERED {
            receipts.pop_front();
        }
        receipts.push_back((accepted.op_id.clone(), accepted.revision));
        if self.receipts.len() > REMEMBERED_USERS {
            self.forget_one();
        }
    }

    /// Forgets the user who has written nothing for longest.
    fn forget_one(&mut self) {
        let last = |receipts: &Receipts| receipts.back().map(|(_, revision)| *revision);
        let oldest = self.receipts.iter().min_by_key(|(_, r)| last(r));
        if let Some(user) = oldest.map(|(user, _)| user.clone()) {
            self.receipts.remove(&user);
        }
    }
    // ANCHOR_END: receipts
}

/// What bounds a document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many operations are kept, at most.
    pub history: usize,
    /// How many characters the text may have.
    pub max_length: u64,
}

fn does_not_fit(error: OtError) -> Refusal {
    Refusal::because(ErrorCode::InvalidOperation, error)
}
