//! What can be wrong in scripts that parse: each rule in a module of its own.

use super::FrontMatter;
use super::draft::Draft;
use crate::notation::diagnostic::Diagnostic;

/// Applies every rule to the scripts of a page.
pub(super) fn scripts(
    _source: &str,
    _front_matter: &FrontMatter,
    _drafts: &[Draft],
) -> Vec<Diagnostic> {
    Vec::new()
}
