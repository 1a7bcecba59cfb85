//! Who may do what with a document, and how that changes.
//!
//! Checks: `link` (3), `owner`, `link-back`, `role-changes` (9), `removed` (10).
//!
//! A change is made in memory and returned, to be stored: both under the document's lock. What the
//! members hear of it are its effects.

use groundwork::User;

use crate::document::State;
use crate::protocol::{ErrorCode, Member, Role};
use crate::writer::Change;

impl State {
    /// **3.** Makes a link for those who are given it.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner, and [`ErrorCode::InvalidRole`] for another
    /// owner.
    pub fn add_link(&mut self, by: &User, link: String, role: Role) -> Result<Change, ErrorCode> {
        todo!("{} makes {link} for {role:?}", by.id)
    }

    /// **9.** Takes a link back. Who has used it stays a member.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner, [`ErrorCode::UnknownLink`].
    pub fn remove_link(&mut self, by: &User, link: String) -> Result<Change, ErrorCode> {
        todo!("{} takes {link} back", by.id)
    }

    /// **3.** Makes someone who has a link a member. They get what the link allows, unless they have
    /// more; their connections, if they have any, hear of it. Returns what they may do now.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownLink`].
    pub fn follow_link(&mut self, user: &User, link: &str) -> Result<(Role, Change), ErrorCode> {
        todo!("{} follows {link}", user.id)
    }

    /// **9.** Lets a member do more, or less. All their connections hear of it.
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
        todo!("{} makes {user_id} {role:?}", by.id)
    }

    /// **10.** Shares the document with a member no longer. Their connections hear it last of all:
    /// from then on they are not there any more, and the others hear that.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] to all but the owner and the member, [`ErrorCode::UnknownMember`],
    /// [`ErrorCode::OwnerStays`].
    pub fn remove_member(&mut self, by: &User, user_id: &str) -> Result<Change, ErrorCode> {
        todo!("{} removes {user_id}", by.id)
    }
}
