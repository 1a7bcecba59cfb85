//! Undoing one's own edits, and none of anybody else's. No I/O.
//!
//! Checks: `undo` (11), `undo-steps`, `redo`, `undo-idle`.

use ot::operation::Operation;

use crate::ordered::Ordered;
use crate::protocol::Revision;

/// What one user may undo and do again in one document: at most 100 steps each.
///
/// Add two piles of steps. A step is an operation of the user's, seen from its end: the revision
/// that it led to, what undoes it in that revision, and what others have written since, as one
/// operation, with the revision up to which that is known. Each step stands on the one above it: it
/// is made for the text in which that one is undone.
#[derive(Debug, Clone, Default)]
pub struct UndoSteps {}

/// What an operation is for its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An edit: a new step.
    Edit,
    /// It undoes a step, which can be done again.
    Undo,
    /// It does again what was undone.
    Redo,
}

impl UndoSteps {
    /// **11.** The user's own operation has been applied, and led to a revision. One that changes
    /// nothing is no step. An edit throws away what could be done again.
    ///
    /// Every operation comes here, so do this first: until you come to `undo`, it may do nothing.
    pub fn record(&mut self, cause: Cause, revision: Revision, inverse: Operation) {
        todo!("record {inverse:?} of revision {revision} as {cause:?}")
    }

    /// **11.** Takes the operation that undoes the last edit, or does again what was undone last, in
    /// the text as it is now. It is the caller who applies it, as the next operation, and records
    /// it.
    ///
    /// Transform the step's inverse over what others have written since
    /// ([`Ordered::since`]; there is nothing of the user's own among it, or it would stand on top).
    /// The step below gets what others have written: what came between the two, and what came
    /// after, transformed over the step that goes. A step of which nothing is left is passed over.
    /// When what others wrote is no longer at hand, all steps are forgotten.
    pub fn take(&mut self, cause: Cause, text: &Ordered) -> Option<Operation> {
        todo!("take a step for {cause:?} at revision {}", text.revision())
    }
}
