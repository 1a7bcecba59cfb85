//! Who may do what with a document, and how that changes.

use groundwork::{Outbox, User};

use crate::document::State;
use crate::protocol::{ErrorCode, Member, Role, ServerMessage, SessionId};
use crate::session::send;
use crate::stored::Write;
use crate::writer::{Change, Effect};

impl State {
    /// Makes a link for those who are given it.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner, and [`ErrorCode::InvalidRole`] for another
    /// owner.
    pub fn add_link(&mut self, by: &User, link: String, role: Role) -> Result<Change, ErrorCode> {
        self.require(by, Role::Owner)?;
        can_be_given(role)?;
        self.links.insert(link.clone(), role);
        Ok(Change {
            writes: vec![Write::Link(self.doc_id.clone(), link, role)],
            effects: Vec::new(),
        })
    }

    /// Takes a link back. Who has used it stays a member.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner, [`ErrorCode::UnknownLink`].
    pub fn remove_link(&mut self, by: &User, link: String) -> Result<Change, ErrorCode> {
        self.require(by, Role::Owner)?;
        self.links.remove(&link).ok_or(ErrorCode::UnknownLink)?;
        Ok(Change {
            writes: vec![Write::LinkRemoved(self.doc_id.clone(), link)],
            effects: Vec::new(),
        })
    }

    /// Makes someone who has a link a member. They get what the link allows, unless they have more.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownLink`].
    // ANCHOR: follow
    pub fn follow_link(&mut self, user: &User, link: &str) -> Result<(Role, Change), ErrorCode> {
        let allowed = *self.links.get(link).ok_or(ErrorCode::UnknownLink)?;
        match self.role_of(&user.id) {
            Some(role) if role >= allowed => Ok((role, Change::default())),
            _ => {
                let member = Member {
                    user_id: user.id.clone(),
                    username: user.username.clone(),
                    role: allowed,
                };
                Ok((allowed, self.give(member)))
            }
        }
    }
    // ANCHOR_END: follow

    /// Lets a member do more, or less.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner, [`ErrorCode::UnknownMember`],
    /// [`ErrorCode::OwnerStays`], and [`ErrorCode::InvalidRole`] for another owner.
    pub fn change_role(
        &mut self,
        by: &User,
        user_id: &str,
        role: Role,
    ) -> Result<(Member, Change), ErrorCode> {
        self.require(by, Role::Owner)?;
        can_be_given(role)?;
        let mut member = not_the_owner(self, user_id)?.clone();
        member.role = role;
        Ok((member.clone(), self.give(member)))
    }

    /// Shares the document with a member no longer. They hear it last of all.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner and the member, [`ErrorCode::UnknownMember`],
    /// [`ErrorCode::OwnerStays`].
    // ANCHOR: remove
    pub fn remove_member(&mut self, by: &User, user_id: &str) -> Result<Change, ErrorCode> {
        let least = if by.id == user_id {
            Role::Viewer
        } else {
            Role::Owner
        };
        self.require(by, least)?;
        not_the_owner(self, user_id)?;
        self.members.remove(user_id);
        let mut effects = vec![told(self, user_id, None)];
        let theirs = self.attendees.iter();
        let theirs = theirs.filter(|(_, one)| one.participant.user_id == user_id);
        let theirs: Vec<SessionId> = theirs.map(|(id, _)| *id).collect();
        for session_id in theirs {
            self.attendees.remove(&session_id);
            let left = ServerMessage::ParticipantLeft { session_id };
            effects.push(send(self.others(session_id), left));
        }
        Ok(Change {
            writes: vec![Write::MemberRemoved(
                self.doc_id.clone(),
                user_id.to_owned(),
            )],
            effects,
        })
    }
    // ANCHOR_END: remove

    fn give(&mut self, member: Member) -> Change {
        let effects = vec![told(self, &member.user_id, Some(member.role))];
        let write = Write::Member(self.doc_id.clone(), member.clone());
        self.members.insert(member.user_id.clone(), member);
        Change {
            writes: vec![write],
            effects,
        }
    }
}

fn can_be_given(role: Role) -> Result<(), ErrorCode> {
    if role == Role::Owner {
        return Err(ErrorCode::InvalidRole);
    }
    Ok(())
}

fn not_the_owner<'a>(state: &'a State, user_id: &str) -> Result<&'a Member, ErrorCode> {
    let member = state.members.get(user_id).ok_or(ErrorCode::UnknownMember)?;
    if member.role == Role::Owner {
        return Err(ErrorCode::OwnerStays);
    }
    Ok(member)
}

/// Tells all connections of a user what they may do now.
fn told(state: &State, user_id: &str, role: Option<Role>) -> Effect {
    let theirs = state.attendees.values();
    let theirs = theirs.filter(|one| one.participant.user_id == user_id);
    let theirs: Vec<Outbox> = theirs.map(|one| one.outbox.clone()).collect();
    send(theirs, ServerMessage::RoleChanged { role })
}
