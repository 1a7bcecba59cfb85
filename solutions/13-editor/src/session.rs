//! One connection to a document: what it says, and what the others hear of it.

use std::sync::Arc;

use groundwork::{Outbox, Outgoing, User, deliver, outbox};
use ot::operation::Operation;
use ot::protocol::Accepted;

use crate::document::{Attendee, Document, Outcome, State};
use crate::library::Library;
use crate::protocol::{
    Cursor, ErrorCode, OpId, Participant, Refusal, Revision, Role, ServerMessage, SessionId,
};
use crate::server::Config;
use crate::stored::Write;
use crate::undo::Cause;
use crate::writer::{Change, Effect, Place};

/// A connection's place in a document. Dropping it leaves.
#[derive(Debug)]
pub struct Session {
    library: Arc<Library>,
    document: Arc<Document>,
    user: User,
    id: SessionId,
    outbox: Outbox,
}

impl Session {
    /// Lets a user's connection into a document. It hears first of all what the document is, or
    /// what it has missed since the revision that it knows; the others hear that it is there.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`] when the document is not, or no longer, shared with the user;
    /// [`ErrorCode::StorageFailed`] when more waits to be written than may.
    // ANCHOR: join
    pub fn join(
        library: Arc<Library>,
        document: Arc<Document>,
        user: User,
        known: Option<Revision>,
    ) -> Result<(Self, Outgoing), ErrorCode> {
        let id = library.next_session();
        let (outbox, outgoing) = outbox(library.config().outbox_limit);
        let place = library.writer().try_reserve();
        let place = place.ok_or(ErrorCode::StorageFailed)?;
        // One lock for all of it: between what is sent here and what is heard live, nothing falls.
        let mut state = document.state();
        let role = state.require(&user, Role::Viewer)?;
        let participant = Participant {
            session_id: id,
            user_id: user.id.clone(),
            username: user.username.clone(),
            color: state.color_of(&user.id),
            cursor: None,
        };
        let attendee = Attendee {
            participant: participant.clone(),
            outbox: outbox.clone(),
        };
        state.attendees.insert(id, attendee);
        let greeting = greeting(&state, role, id, known);
        let effects = vec![
            send(vec![outbox.clone()], greeting),
            send(
                state.others(id),
                ServerMessage::ParticipantJoined { participant },
            ),
        ];
        put(place, &document, Vec::new(), effects);
        drop(state);
        let session = Self {
            library,
            document,
            user,
            id,
            outbox,
        };
        Ok((session, outgoing))
    }
    // ANCHOR_END: join

    /// Applies an operation. The others are sent it, and the author its acknowledgement, when it is
    /// stored. One that has come before is only acknowledged again.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], and those of [`State::submit`].
    pub fn submit(
        &self,
        op_id: OpId,
        revision: Revision,
        operation: Operation,
    ) -> Result<(), Refusal> {
        self.change(|state| {
            let limits = self.library.config().limits();
            let outcome = state.submit(&self.user, op_id.clone(), revision, operation, limits)?;
            Ok((outcome, state.others(self.id), Some(op_id)))
        })
    }

    /// Undoes the user's last edit, or does again what they have undone last. Everyone is sent the
    /// operation that does it, the user as well: nobody else knows it.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], and those of [`State::undo`].
    pub fn undo(&self, cause: Cause, op_id: OpId) -> Result<(), Refusal> {
        self.change(|state| {
            let limits = self.library.config().limits();
            let outcome = state.undo(&self.user, cause, op_id.clone(), limits)?;
            let ack = matches!(outcome, Outcome::Known(_)).then_some(op_id);
            let everyone = state.attendees.values();
            let everyone = everyone.map(|one| one.outbox.clone()).collect();
            Ok((outcome, everyone, ack))
        })
    }

    // ANCHOR: change
    fn change(
        &self,
        change: impl FnOnce(&mut State) -> Result<(Outcome, Vec<Outbox>, Option<OpId>), Refusal>,
    ) -> Result<(), Refusal> {
        // First a place in the queue: what cannot be written must not be applied.
        let Some(place) = self.place() else {
            return Ok(());
        };
        let mut state = self.document.state();
        state.require(&self.user, Role::Editor)?;
        let (outcome, readers, ack) = change(&mut state)?;
        let (mut writes, mut effects) = (Vec::new(), Vec::new());
        let revision = match outcome {
            Outcome::Known(revision) => revision,
            Outcome::Applied(accepted) => {
                let revision = accepted.revision;
                writes = applied(&mut state, &accepted, self.library.config());
                effects.push(send(readers, ServerMessage::DocumentUpdated(accepted)));
                revision
            }
        };
        if let Some(op_id) = ack {
            let ack = ServerMessage::Ack { op_id, revision };
            effects.push(send(vec![self.outbox.clone()], ack));
        }
        // Under the same lock: jobs stand in the queue in the order of the revisions.
        put(place, &self.document, writes, effects);
        Ok(())
    }
    // ANCHOR_END: change

    /// Moves the user's cursor, and tells the others.
    ///
    /// # Errors
    /// Those of [`State::point`].
    pub fn point(&self, revision: Revision, cursor: Cursor) -> Result<(), Refusal> {
        let Some(place) = self.place() else {
            return Ok(());
        };
        let mut state = self.document.state();
        state.require(&self.user, Role::Viewer)?;
        let cursor = state.point(self.id, revision, cursor)?;
        let moved = ServerMessage::Cursor {
            session_id: self.id,
            cursor,
        };
        let effects = vec![send(state.others(self.id), moved)];
        put(place, &self.document, Vec::new(), effects);
        Ok(())
    }

    /// Tells this connection, and no other, what was wrong: after all that it has been told before.
    pub fn refuse(&self, refusal: Refusal, op_id: Option<OpId>) {
        let Some(place) = self.place() else {
            return;
        };
        let Refusal { code, message } = refusal;
        let error = ServerMessage::Error {
            code,
            message,
            op_id,
        };
        let effects = vec![send(vec![self.outbox.clone()], error)];
        put(place, &self.document, Vec::new(), effects);
    }

    /// A place in the writer's queue. When there is none the disk is far behind: the connection
    /// ends, and the client comes back later, with what was not acknowledged.
    fn place(&self) -> Option<Place<'_>> {
        let place = self.library.writer().try_reserve();
        if place.is_none() {
            self.outbox.overflow();
        }
        place
    }
}

// ANCHOR: drop
impl Drop for Session {
    fn drop(&mut self) {
        let mut state = self.document.state();
        if state.attendees.remove(&self.id).is_none() {
            return; // the document is not shared with them any more, and the others know
        }
        let left = ServerMessage::ParticipantLeft {
            session_id: self.id,
        };
        let effect = send(state.others(self.id), left);
        // Even if the queue is full, they must not stay for ever.
        match self.library.writer().try_reserve() {
            Some(place) => put(place, &self.document, Vec::new(), vec![effect]),
            None => effect(),
        }
    }
}
// ANCHOR_END: drop

/// What is to be stored of an operation that has been applied.
pub fn applied(state: &mut State, accepted: &Accepted, config: &Config) -> Vec<Write> {
    let mut writes = vec![Write::Operation(state.doc_id.clone(), accepted.clone())];
    if let Some((revision, text)) = state.snapshot(config.snapshot_every) {
        writes.push(Write::Snapshot(state.doc_id.clone(), revision, text));
    }
    writes
}

/// Sends a message, when its turn has come.
pub fn send(to: Vec<Outbox>, message: ServerMessage) -> Effect {
    Box::new(move || deliver(&to, &message))
}

/// Puts a change of a document into the queue.
fn put(place: Place<'_>, document: &Arc<Document>, writes: Vec<Write>, effects: Vec<Effect>) {
    place.put(Some(document), Change { writes, effects });
}

fn greeting(
    state: &State,
    role: Role,
    session_id: SessionId,
    known: Option<Revision>,
) -> ServerMessage {
    let (doc_id, title) = (state.doc_id.clone(), state.title.clone());
    let participants = state.participants();
    let missed = known.and_then(|revision| state.ordered.since(revision));
    match missed {
        Some(missed) => ServerMessage::MissedOperations {
            doc_id,
            session_id,
            title,
            role,
            operations: missed.cloned().collect(),
            participants,
        },
        None => ServerMessage::Document {
            doc_id,
            session_id,
            title,
            role,
            revision: state.ordered.revision(),
            content: state.ordered.text().to_owned(),
            participants,
        },
    }
}
