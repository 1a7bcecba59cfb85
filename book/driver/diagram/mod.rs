//! A transcript as a sequence diagram.
//!
//! ```text
//! Script --steps--> Step*            who tells whom what, in order; frames are opened and closed
//!           |         +-- labels     the short form of a payload or a pattern
//!           +--layout--> Layout      where the lanes stand
//!                  +--svg--> text    drawn from top to bottom
//! ```
//!
//! Colours come from the style sheet, so that a diagram follows the theme of its page.

mod labels;
mod layout;
mod steps;
mod svg;

use checker::notation::ast::Script;

/// Draws a script that was parsed from this source. Nothing when no client takes part in it.
pub(crate) fn draw(script: &Script, source: &str) -> Option<String> {
    let diagram = steps::read(script, source);
    if diagram.clients.is_empty() {
        return None;
    }
    Some(svg::render(&diagram))
}
