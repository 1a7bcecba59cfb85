//! Versions of a document: named, compared, restored.

use groundwork::User;
use ot::error::OtError;
use ot::length;
use ot::operation::Operation;

use crate::document::{Outcome, State};
use crate::protocol::{ErrorCode, OpId, Refusal, Revision, Role, ServerMessage, Version};
use crate::server::Config;
use crate::session::{applied, send};
use crate::stored::Write;
use crate::writer::Change;

/// An operation that makes one text of another. What is the same at both ends stays, so that
/// cursors and what others are writing there stay too.
///
/// # Errors
/// [`OtError::TooLong`], which no text in memory is.
// ANCHOR: difference
pub fn difference(from: &str, to: &str) -> Result<Operation, OtError> {
    let same = |(a, b): &(char, char)| a == b;
    let start: usize = from
        .chars()
        .zip(to.chars())
        .take_while(same)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let (kept, (before, after)) = (&from[..start], (&from[start..], &to[start..]));
    let end: usize = before
        .chars()
        .rev()
        .zip(after.chars().rev())
        .take_while(same)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let mut operation = Operation::new();
    operation.retain(length(kept))?;
    operation.insert(&after[..after.len() - end])?;
    operation.delete(length(&before[..before.len() - end]))?;
    operation.retain(length(&before[before.len() - end..]))?;
    Ok(operation)
}
// ANCHOR_END: difference

impl State {
    /// Gives the document as it is now a name.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to those who may not write.
    pub fn name_version(
        &self,
        by: &User,
        version_id: String,
        name: String,
        created_at: String,
    ) -> Result<(Version, Change), Refusal> {
        self.require(by, Role::Editor)?;
        let version = Version {
            version_id,
            name,
            revision: self.ordered.revision(),
            user_id: by.id.clone(),
            username: by.username.clone(),
            created_at,
        };
        let text = self.ordered.text().to_owned();
        let change = Change {
            writes: vec![Write::Version(self.doc_id.clone(), version.clone(), text)],
            effects: Vec::new(),
        };
        Ok((version, change))
    }

    /// Makes the text what it was: an edit like any other, which everyone hears of, and which its
    /// author can undo.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to those who may not write, and those of
    /// [`State::submit`].
    // ANCHOR: restore
    pub fn restore(
        &mut self,
        by: &User,
        op_id: OpId,
        content: &str,
        config: &Config,
    ) -> Result<(Revision, Change), Refusal> {
        self.require(by, Role::Editor)?;
        let operation = difference(self.ordered.text(), content)
            .map_err(|error| Refusal::because(ErrorCode::DocumentTooLong, error))?;
        let now = self.ordered.revision();
        let accepted = match self.submit(by, op_id, now, operation, config.limits())? {
            Outcome::Known(revision) => return Ok((revision, Change::default())),
            Outcome::Applied(accepted) => accepted,
        };
        let everyone = self.attendees.values();
        let everyone = everyone.map(|one| one.outbox.clone()).collect();
        let change = Change {
            writes: applied(self, &accepted, config),
            effects: vec![send(
                everyone,
                ServerMessage::DocumentUpdated(accepted.clone()),
            )],
        };
        Ok((accepted.revision, change))
    }
    // ANCHOR_END: restore
}
