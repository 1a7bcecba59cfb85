//! Middleware: links, each of which may refuse.
//!
//! Checks: `chain` (1), and with it all that follow.

use std::fmt;
use std::marker::PhantomData;

use crate::protocol::Refusal;

/// Links that a `T` passes one after the other. The first that refuses is the last that runs.
///
/// A link may also note in the `T` what it has found out, for those that follow it. Put a `Vec` of
/// boxed functions in place of the `PhantomData`: `Box<dyn Fn(&mut T) -> Result<(), Refusal> + Send
/// + Sync>`.
pub struct Chain<T> {
    links: PhantomData<fn(&mut T)>,
}

impl<T> Chain<T> {
    /// A chain without links: it lets everything through.
    pub fn new() -> Self {
        Self { links: PhantomData }
    }

    /// **1.** The chain with another link at its end.
    pub fn link(
        self,
        link: impl Fn(&mut T) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        let _ = link;
        todo!("put the link behind the {:?}", self.links)
    }

    /// **1.** Lets something pass: each link in turn, until one refuses.
    ///
    /// # Errors
    /// What the first link said that refused it.
    pub fn run(&self, subject: &mut T) -> Result<(), Refusal> {
        let _ = subject;
        todo!("run the {:?}", self.links)
    }
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Chain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").finish_non_exhaustive()
    }
}
