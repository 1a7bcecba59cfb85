//! Versions of a document: named, compared, restored.
//!
//! Checks: `version` (12), `difference` (13), `restore` (14).

use groundwork::User;
use ot::error::OtError;
use ot::operation::Operation;

use crate::document::State;
use crate::protocol::{OpId, Refusal, Revision, Version};
use crate::server::Config;
use crate::writer::Change;

/// **13.** An operation that makes one text of another. What is the same at both ends stays, so that
/// cursors and what others are writing there stay too.
///
/// # Errors
/// [`OtError::TooLong`], which no text in memory is.
pub fn difference(from: &str, to: &str) -> Result<Operation, OtError> {
    todo!("make {to:?} of {from:?}")
}

impl State {
    /// **12.** Gives the document as it is now a name.
    ///
    /// # Errors
    /// [`Forbidden`](crate::protocol::ErrorCode::Forbidden) to those who may not write.
    pub fn name_version(
        &self,
        by: &User,
        version_id: String,
        name: String,
        created_at: String,
    ) -> Result<(Version, Change), Refusal> {
        todo!("{} calls it {name}, as {version_id}, {created_at}", by.id)
    }

    /// **14.** Makes the text what it was: an edit like any other, which everyone hears of, its
    /// author as well, and which its author can undo. Returns the revision that it led to.
    ///
    /// # Errors
    /// [`Forbidden`](crate::protocol::ErrorCode::Forbidden) to those who may not write, and those of
    /// [`State::submit`].
    pub fn restore(
        &mut self,
        by: &User,
        op_id: OpId,
        content: &str,
        config: &Config,
    ) -> Result<(Revision, Change), Refusal> {
        let _ = (content, config);
        todo!("{} restores as {op_id}", by.id)
    }
}
