//! One document: its text, and the order of the operations that led to it. No I/O.
//!
//! Checks: `edit` (11), `stale`, `tie`, `overlap` (12), `twice` (13), `resume` and `history` (14).

use groundwork::User;

use crate::operation::Operation;
use crate::protocol::{Accepted, OpId, Refusal, Revision};

/// A document.
///
/// Add what it must remember: its text; how many operations there have been; the last of them; and,
/// for each user, which revisions their last operations led to (**13**).
#[derive(Debug, Default)]
pub struct Document {}

/// What became of an operation that was submitted.
#[derive(Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It was applied, as it stands here.
    Applied(Accepted),
    /// It had been applied before, and led to this revision then.
    Known(Revision),
}

/// What bounds a document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many operations are kept, at most.
    pub history: usize,
    /// How many characters the text may have.
    pub max_length: u64,
}

impl Document {
    /// An empty document, at revision 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// **10.** Its text.
    pub fn text(&self) -> &str {
        todo!("return the text")
    }

    /// **10.** How many operations it has been through.
    pub fn revision(&self) -> Revision {
        todo!("return the revision")
    }

    /// **11.** Gives an operation its place in the order: after all that there are.
    ///
    /// `revision` is the one that it was made against. What came [`since`](Self::since) its author
    /// did not know: [`transform`](crate::transform::transform) it over each of these, the oldest
    /// first, with the operation as `a` (**12**). Apply it, keep it as it is now, and forget the
    /// oldest if there are more than `limits.history` (**14**).
    ///
    /// One of the same author and the same name that has come before is not applied again
    /// (**13**), whatever else is in it: ask that first. Remember each user's last 100, of at least
    /// the last 1,000 users.
    ///
    /// # Errors
    /// `InvalidRevision` when the document has not reached it; `RevisionTooOld` when what came since
    /// is no longer kept; `InvalidOperation` when the operation does not fit, with what the
    /// [`OtError`](crate::error::OtError) says; `DocumentTooLong`. Then nothing has changed.
    pub fn submit(
        &mut self,
        author: &User,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
        limits: Limits,
    ) -> Result<Submitted, Refusal> {
        let _ = (author, operation, limits);
        todo!("give {op_id}, made against {revision}, its place")
    }

    /// **12.** What came after a revision, the oldest first; nothing if some of it is no longer
    /// kept, or the document has not reached that revision (**14**).
    pub fn since(&self, revision: Revision) -> Option<impl Iterator<Item = &Accepted>> {
        if true {
            todo!("find what came after {revision}")
        }
        Some(std::iter::empty())
    }
}
