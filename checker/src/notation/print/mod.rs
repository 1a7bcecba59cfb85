//! [`Script`] to text.
//!
//! What is printed reads back as the same script. With bindings, variables are replaced by their values: that is for
//! people, who want to see what was sent.

use self::layout::Rows;
use self::statement::comment;
use super::ast::{MessagePattern, Pattern, Script, Statement, Within};
use super::value::Bindings;

mod layout;
mod push;
mod statement;
mod value;

/// The canonical text of a script: a line for each statement, broken where it would be longer than 100 columns,
/// blocks indented by two spaces.
pub fn script(script: &Script) -> String {
    let mut text = String::new();
    write_script(script, 0, &mut text);
    text
}

/// The statement's own line without its block, as [`script`] prints it at the start of a line.
pub fn statement_head(statement: &Statement) -> String {
    Printer { bindings: None }.head(statement).fitted(0)
}

/// The statement's own line without its block, on one line however long, the JSON compact, every bound variable
/// replaced by its value.
///
/// Bytes, and strings of more than 200 characters, stay variables, and so do the variables of `let` and `for`.
pub fn statement_head_with(statement: &Statement, bindings: &Bindings) -> String {
    Printer {
        bindings: Some(bindings),
    }
    .head(statement)
    .flat()
}

/// A pattern on one line, in the manner of [`statement_head_with`].
pub fn pattern_with(pattern: &Pattern, bindings: &Bindings) -> String {
    Printer {
        bindings: Some(bindings),
    }
    .pattern(pattern)
    .flat()
}

/// A message's pattern on one line, in the manner of [`statement_head_with`].
pub fn message_pattern_with(pattern: &MessagePattern, bindings: &Bindings) -> String {
    Printer {
        bindings: Some(bindings),
    }
    .message_pattern(pattern)
    .flat()
}

/// `within 300ms..1s`.
pub fn within(bounds: &Within) -> String {
    let mut rows = Rows::default();
    statement::within(Some(bounds), &mut rows);
    rows.flat()
}

/// How to write a script.
#[derive(Clone, Copy)]
struct Printer<'b> {
    /// Replace these, and write JSON compactly.
    bindings: Option<&'b Bindings>,
}

impl Printer<'_> {
    fn is_compact(&self) -> bool {
        self.bindings.is_some()
    }
}

fn write_script(script: &Script, indent: usize, text: &mut String) {
    let printer = Printer { bindings: None };
    for line in &script.lines {
        text.extend(std::iter::repeat_n(' ', indent));
        *text += &printer.head(&line.statement).fitted(indent);
        if let Some(words) = &line.comment {
            *text += "  ";
            *text += &comment(words);
        }
        text.push('\n');
        if let Some(block) = line.statement.block() {
            write_script(block, indent + 2, text);
        }
    }
}
