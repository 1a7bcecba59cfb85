//! The variables that have a value at a line, and where they got it.

use std::collections::{BTreeMap, BTreeSet};

use crate::notation::ast::Span;
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

/// What is known at a line.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// The clients of the check and of what it is given: `$alice` is the user name of `alice`.
    pub(super) users: BTreeSet<String>,
    pub(super) values: BTreeMap<String, Origin>,
}

impl Scope {
    /// What has a value and is spelt almost like `name`.
    pub(super) fn similar(&self, name: &str) -> Option<&str> {
        if name.len() < 3 {
            return None; // every other short name is near
        }
        let values = self.values.iter();
        let known = values
            .filter(|(_, origin)| !matches!(origin, Origin::Reported))
            .map(|(name, _)| name.as_str());
        let users = self.users.iter().map(String::as_str);
        suggest::one_nearest(name, &known.chain(users).collect::<Vec<_>>())
    }
}

#[derive(Clone)]
pub(super) enum Origin {
    /// An index of the page's list.
    Bound(usize),
    /// A `for`, at this place. It need not be used.
    Turn(Span),
    /// It has no value, which has been reported.
    Reported,
}

/// A variable that a `let` or a pattern binds.
pub(super) struct Bound {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) by_let: bool,
    pub(super) uses: usize,
    /// Another that had a value and is spelt almost the same.
    pub(super) similar: Option<String>,
}

impl Bound {
    pub(super) fn unused(&self) -> Diagnostic {
        let name = &self.name;
        if self.by_let {
            return Diagnostic::error(
                format!("`${name}` is never used"),
                self.span.clone(),
                "bound here, and met nowhere else",
            )
            .help("use it, or remove the line");
        }
        Diagnostic::error(
            format!("`${name}` is met only once"),
            self.span.clone(),
            "matches whatever comes, as `any` does",
        )
        .help(match &self.similar {
            Some(meant) => format!("did you mean `${meant}`? If any value is right, write `any`"),
            None => format!("write `any`, or use `${name}` in another line"),
        })
    }
}
