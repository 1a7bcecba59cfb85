//! Undoing one's own edits, and none of anybody else's. No I/O.

use ot::compose::compose;
use ot::error::OtError;
use ot::operation::{Component, Operation};
use ot::transform::transform;

use crate::ordered::Ordered;
use crate::protocol::Revision;

/// So many edits of each user can be undone.
const MOST_STEPS: usize = 100;

/// What one user may undo and do again in one document.
///
/// Each step stands on the one above it: it is made for the text in which that one is undone. So
/// only what *others* have written is ever transformed over.
// ANCHOR: steps
#[derive(Debug, Clone, Default)]
pub struct UndoSteps {
    undo: Vec<Step>,
    redo: Vec<Step>,
}

/// An operation of the user's, seen from its end.
#[derive(Debug, Clone)]
struct Step {
    /// Which revision it led to.
    revision: Revision,
    /// What undoes it, in that revision.
    inverse: Operation,
    /// What others have written since, up to the revision `seen`, as one operation.
    theirs: Option<Operation>,
    seen: Revision,
}
// ANCHOR_END: steps

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
    /// The user's own operation has been applied, and led to a revision.
    // ANCHOR: record
    pub fn record(&mut self, cause: Cause, revision: Revision, inverse: Operation) {
        if is_idle(&inverse) {
            return;
        }
        if cause == Cause::Edit {
            // What was undone belongs to a text that is no more.
            self.redo.clear();
        }
        let steps = match cause {
            Cause::Undo => &mut self.redo,
            Cause::Edit | Cause::Redo => &mut self.undo,
        };
        if steps.len() == MOST_STEPS {
            steps.remove(0);
        }
        steps.push(Step {
            revision,
            inverse,
            theirs: None,
            seen: revision,
        });
    }
    // ANCHOR_END: record

    /// Takes the operation that undoes the last edit, or does again what was undone last, in the
    /// text as it is now. It is the caller who applies it, as the next operation, and records it.
    /// What others have written meanwhile stays.
    pub fn take(&mut self, cause: Cause, text: &Ordered) -> Option<Operation> {
        let steps = match cause {
            Cause::Redo => &mut self.redo,
            Cause::Edit | Cause::Undo => &mut self.undo,
        };
        while let Some(step) = steps.pop() {
            let Some(operation) = uncover(step, steps.last_mut(), text) else {
                // What others wrote is no longer kept: nobody knows where the step would be now.
                steps.clear();
                return None;
            };
            // Nothing is left to undo of what others have deleted.
            if !is_idle(&operation) {
                if let Some(below) = steps.last_mut() {
                    below.seen += 1;
                }
                return Some(operation);
            }
        }
        None
    }
}

/// What undoes the step in the text as it is now. The step below it stands on that text then.
// ANCHOR: uncover
fn uncover(step: Step, below: Option<&mut Step>, text: &Ordered) -> Option<Operation> {
    let now = text.revision();
    let before = step.revision - 1;
    let (inverse, theirs) = match step.theirs_until(now, text)? {
        Some(theirs) => {
            let (inverse, theirs) = transform(&step.inverse, &theirs).ok()?;
            (inverse, Some(theirs))
        }
        None => (step.inverse, None),
    };
    if let Some(below) = below {
        let earlier = below.theirs_until(before, text)?;
        below.theirs = one_after_the_other(earlier, theirs).ok()?;
        below.seen = now;
    }
    Some(inverse)
}
// ANCHOR_END: uncover

impl Step {
    /// What others have written since the step, up to a revision: nothing within, if it is nothing;
    /// nothing at all, if it is no longer kept. There is no operation of the user's own among it,
    /// or it would stand on top.
    fn theirs_until(&self, revision: Revision, text: &Ordered) -> Option<Option<Operation>> {
        let mut theirs = self.theirs.clone();
        let later = text.since(self.seen)?;
        for operation in later.take_while(|later| later.revision <= revision) {
            theirs = one_after_the_other(theirs, Some(operation.operation.clone())).ok()?;
        }
        Some(theirs)
    }
}

fn one_after_the_other(
    first: Option<Operation>,
    second: Option<Operation>,
) -> Result<Option<Operation>, OtError> {
    match (first, second) {
        (Some(first), Some(second)) => compose(&first, &second).map(Some),
        (one, None) | (None, one) => Ok(one),
    }
}

/// Whether an operation changes nothing.
fn is_idle(operation: &Operation) -> bool {
    let mut components = operation.components().iter();
    components.all(|component| matches!(component, Component::Retain(_)))
}
