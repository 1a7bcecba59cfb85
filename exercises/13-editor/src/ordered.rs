//! The text of one document and the order of the operations that led to it, as the exercise `ot`
//! built it; here it can also begin with what was stored. No I/O.

use std::collections::{HashMap, VecDeque};

use groundwork::User;
use ot::error::OtError;
use ot::operation::Operation;
use ot::protocol::Accepted;
use ot::transform::transform;

use crate::protocol::{ErrorCode, OpId, Refusal, Revision};

/// So many operations of each document are remembered by name.
pub const REMEMBERED: usize = 10_000;

/// What bounds a document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many operations are kept in memory, at most.
    pub history: usize,
    /// How many characters the text may have.
    pub max_length: u64,
}

/// The name of an operation, among those of all users of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// Its author.
    pub user_id: String,
    /// Its author's name for it.
    pub op_id: OpId,
}

/// A text, and the last operations that led to it.
#[derive(Debug, Default)]
pub struct Ordered {
    text: String,
    revision: Revision,
    history: VecDeque<Accepted>,
    receipts: HashMap<Receipt, Revision>,
    /// The names in the order in which they came.
    remembered: VecDeque<Receipt>,
}

/// What became of an operation that was submitted.
#[derive(Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It was applied.
    Applied {
        /// As it was applied.
        accepted: Accepted,
        /// What undoes it.
        inverse: Operation,
    },
    /// It had been applied before, and led to this revision then.
    Known(Revision),
}

impl Ordered {
    /// A text that has been through `revision` operations. `history` are the last of them, the
    /// oldest first; `receipts` are the names of those that are remembered, in the same order.
    pub fn new(
        text: String,
        revision: Revision,
        history: Vec<Accepted>,
        receipts: Vec<(Receipt, Revision)>,
    ) -> Self {
        Self {
            text,
            revision,
            history: history.into(),
            remembered: receipts.iter().map(|(name, _)| name.clone()).collect(),
            receipts: receipts.into_iter().collect(),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many operations it has been through.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// What an operation of this name led to, if there has been one.
    pub fn known(&self, user_id: &str, op_id: &str) -> Option<Revision> {
        let receipt = Receipt {
            user_id: user_id.to_owned(),
            op_id: op_id.to_owned(),
        };
        self.receipts.get(&receipt).copied()
    }

    /// Gives an operation, made against a revision, its place in the order: after all that there
    /// are, transformed over those that its author did not know. One that has come before is not
    /// applied again.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRevision`], [`ErrorCode::RevisionTooOld`],
    /// [`ErrorCode::InvalidOperation`], [`ErrorCode::DocumentTooLong`]; then nothing has changed.
    pub fn submit(
        &mut self,
        author: &User,
        op_id: OpId,
        revision: Revision,
        mut operation: Operation,
        limits: Limits,
    ) -> Result<Submitted, Refusal> {
        if let Some(known) = self.known(&author.id, &op_id) {
            return Ok(Submitted::Known(known));
        }
        if revision > self.revision {
            return Err(ErrorCode::InvalidRevision.into());
        }
        let unseen = self.since(revision).ok_or(ErrorCode::RevisionTooOld)?;
        for earlier in unseen {
            (operation, _) = transform(&operation, &earlier.operation).map_err(does_not_fit)?;
        }
        if operation.target_length() > limits.max_length {
            return Err(ErrorCode::DocumentTooLong.into());
        }
        let inverse = operation.invert(&self.text).map_err(does_not_fit)?;
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
        Ok(Submitted::Applied { accepted, inverse })
    }

    /// What came after a revision, the oldest first; nothing if some of it is no longer kept, or
    /// the document has not reached that revision.
    pub fn since(&self, revision: Revision) -> Option<impl Iterator<Item = &Accepted>> {
        let missed = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let known = self.history.len().checked_sub(missed)?;
        Some(self.history.iter().skip(known))
    }

    fn remember(&mut self, accepted: &Accepted) {
        let receipt = Receipt {
            user_id: accepted.user_id.clone(),
            op_id: accepted.op_id.clone(),
        };
        self.receipts.insert(receipt.clone(), accepted.revision);
        self.remembered.push_back(receipt);
        while self.remembered.len() > REMEMBERED {
            if let Some(oldest) = self.remembered.pop_front() {
                self.receipts.remove(&oldest);
            }
        }
    }
}

fn does_not_fit(error: OtError) -> Refusal {
    Refusal::because(ErrorCode::InvalidOperation, error)
}
