//! Nothing can go on where an exploration ends.

use super::super::draft::Draft;
use crate::notation::ast::{Explore, Script, Statement};
use crate::notation::diagnostic::Diagnostic;

pub(super) fn lint(drafts: &[Draft], diagnostics: &mut Vec<Diagnostic>) {
    for given in drafts.iter().filter_map(|draft| draft.given.as_ref()) {
        let target = drafts.iter().find(|draft| draft.check.id == given.node);
        if target.is_some_and(|draft| exploration(&draft.check.script).is_some()) {
            diagnostics.push(
                Diagnostic::error(
                    format!("`given` names an exploration: `{}`", given.node),
                    given.span.clone(),
                    "ends with no connection that could be kept",
                )
                .help(format!(
                    "remove it, and write `needs={}` in the heading",
                    given.node
                )),
            );
        }
    }
}

/// The exploration that a script is, if it is one.
pub(in crate::assignment) fn exploration(script: &Script) -> Option<&Explore> {
    script.lines.iter().find_map(|line| match &line.statement {
        Statement::Explore(explore) => Some(explore),
        _ => None,
    })
}
