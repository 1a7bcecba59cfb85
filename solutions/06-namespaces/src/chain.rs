//! Middleware: links, each of which may refuse.

use std::fmt;

use crate::protocol::Refusal;

// ANCHOR: chain
type Link<T> = Box<dyn Fn(&mut T) -> Result<(), Refusal> + Send + Sync>;

/// Links that a `T` passes one after the other. The first that refuses is the last that runs.
///
/// A link may also note in the `T` what it has found out, for those that follow it.
pub struct Chain<T> {
    links: Vec<Link<T>>,
}

impl<T> Chain<T> {
    /// A chain without links: it lets everything through.
    pub fn new() -> Self {
        Self { links: Vec::new() }
    }

    /// The chain with another link at its end.
    pub fn link(
        mut self,
        link: impl Fn(&mut T) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        self.links.push(Box::new(link));
        self
    }

    /// Lets something pass.
    ///
    /// # Errors
    /// What the first link said that refused it.
    pub fn run(&self, subject: &mut T) -> Result<(), Refusal> {
        self.links.iter().try_for_each(|link| link(subject))
    }
}
// ANCHOR_END: chain

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Chain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain of {} links", self.links.len())
    }
}
