//! Text to [`Script`].
//!
//! ```text
//! Source    the text of a block, and where each of its pieces stands in the page
//!   --layout-->     logical lines: statements over several lines joined, blocks nested, comments apart
//!     lexer, string   characters to tokens
//!   --statement-->  one line to one Statement: keywords here, clients' lines in `client` and `http`
//!     under_way, event, cost                        lines about requests under way, events, what they cost
//!     client_page                                   lines of pages whose submission is a client
//!     generator, payload, pattern, json, measure   what stands on it
//! ```
//!
//! Each line is read for itself, so that one wrong line hides no other. A line with an error is left out of the
//! script. In strings and paths `${x}` is a variable; `$${` is the text `${`.

use std::ops::Range;

use self::layout::{LogicalLine, RawStatement};
use self::source::Source;
use super::ast::{For, Line, Measure, Script, Span, Statement};
use super::diagnostic::Diagnostic;

mod client;
mod client_page;
mod cost;
mod cursor;
mod event;
mod generator;
mod http;
mod json;
mod layout;
mod lexer;
mod margin;
mod measure;
mod pattern;
mod payload;
mod source;
mod statement;
mod string;
pub(crate) mod suggest;
mod token;
mod under_way;

/// Reads the transcript that stands at `source[block]`. Every span is a range of `source`.
///
/// All errors are reported, in the order of the text; lines that have one are left out of the script.
pub fn parse(source: &str, block: Range<usize>) -> (Script, Vec<Diagnostic>) {
    parse_pieces(source, &[block])
}

/// Reads a transcript that is a text by itself.
pub fn parse_str(text: &str) -> (Script, Vec<Diagnostic>) {
    parse(text, 0..text.len())
}

/// Reads a transcript that stands in several pieces of a page, as a block inside a list or a quotation does: its text
/// is the pieces joined.
pub fn parse_pieces(source: &str, pieces: &[Range<usize>]) -> (Script, Vec<Diagnostic>) {
    let source = Source::new(source, pieces);
    let (lines, diagnostics) = layout::logical_lines(&source);
    let mut parser = Parser { diagnostics };
    let script = parser.script(lines, Place::Check);
    parser
        .diagnostics
        .sort_by_key(|diagnostic| diagnostic.span.start);
    (script, parser.diagnostics)
}

/// Where lines stand, which decides what they may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a check, in no block.
    Check,
    /// In a block of `in any order:`.
    AnyOrder,
    /// In another block.
    Block,
}

struct Parser {
    diagnostics: Vec<Diagnostic>,
}

impl Parser {
    fn script(&mut self, lines: Vec<LogicalLine>, place: Place) -> Script {
        let mut script = Script::default();
        for line in lines {
            match line {
                LogicalLine::Comment { text, span } => {
                    script.lines.push(Line {
                        statement: Statement::Comment(text),
                        comment: None,
                        span,
                    });
                }
                LogicalLine::Statement(raw) => {
                    let read = self.statement(raw);
                    if let Some(line) = read
                        && self.may_stand(&line, &script, place)
                    {
                        script.lines.push(line);
                    }
                }
            }
        }
        script
    }

    fn statement(&mut self, raw: RawStatement) -> Option<Line> {
        let RawStatement {
            tokens,
            comment,
            block,
            error,
        } = raw;
        let span = match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => 0..0,
        };
        let statement = match error {
            Some(error) => Err(error),
            None => statement::statement(&tokens),
        };
        let mut statement = match statement {
            Ok(statement) => statement,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                // For what else is wrong in it.
                self.script(block, Place::Block);
                return None;
            }
        };
        let first_of_block = block.first().map(LogicalLine::span);
        let place = if matches!(statement, Statement::InAnyOrder(_)) {
            Place::AnyOrder
        } else {
            Place::Block
        };
        let has_statement = block
            .iter()
            .any(|line| matches!(line, LogicalLine::Statement(_)));
        let errors_before = self.diagnostics.len();
        let lines = self.script(block, place);
        match (body(&mut statement), first_of_block) {
            (Some(body), _) if has_statement => *body = lines,
            (Some(_), _) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "a block without lines",
                        span.end.saturating_sub(1)..span.end,
                        "opens a block",
                    )
                    .help("indent the lines of the block by two spaces"),
                );
                return None;
            }
            (None, Some(first)) => {
                self.diagnostics.insert(
                    errors_before,
                    Diagnostic::error(
                        "unexpected indentation",
                        first,
                        "the line above opens no block",
                    )
                    .note(span.clone(), "does not end in `:`")
                    .help("begin it where the line above begins"),
                );
            }
            (None, None) => {}
        }
        Some(Line {
            statement,
            comment,
            span,
        })
    }

    /// Reports a statement that is right by itself but not here.
    fn may_stand(&mut self, line: &Line, before: &Script, place: Place) -> bool {
        let span = line.span.clone();
        let mut earlier = before.lines.iter().map(|line| &line.statement);
        let diagnostic = match &line.statement {
            Statement::Given(_) | Statement::Env(_) if place != Place::Check => Diagnostic::error(
                "a line for the head of a check, in a block",
                span,
                "holds for the whole check",
            )
            .help("move it to the top of the check"),
            Statement::Given(_)
                if earlier.any(|statement| !matches!(statement, Statement::Comment(_))) =>
            {
                Diagnostic::error(
                    "`given` is not the first line",
                    span,
                    "plays its check before this one",
                )
                .help("move it to the top of the check; a check has one `given`")
            }
            Statement::Env(_)
                if earlier.any(|statement| {
                    !matches!(
                        statement,
                        Statement::Comment(_) | Statement::Given(_) | Statement::Env(_)
                    )
                }) =>
            {
                Diagnostic::error(
                    "`env` is not at the top",
                    span,
                    "the server has been started before",
                )
                .help("move it to the top of the check, below `given`")
            }
            Statement::Explore(_) if place != Place::Check => {
                Diagnostic::error("an exploration in a block", span, "is a check by itself")
                    .help("move it to a check of its own")
            }
            Statement::Explore(_)
                if earlier.any(|statement| {
                    !matches!(statement, Statement::Comment(_) | Statement::Env(_))
                }) =>
            {
                Diagnostic::error(
                    "`explore` is not alone in its check",
                    span,
                    "brings clients and servers of its own",
                )
                .help(
                    "move it to a check of its own, with nothing but `env` before it; \
                     `needs=` in the heading names what must pass first",
                )
            }
            Statement::Comment(_) => return true,
            _ if earlier.any(|statement| matches!(statement, Statement::Explore(_))) => {
                Diagnostic::error(
                    "a line behind `explore`",
                    span,
                    "would meet none of its clients",
                )
                .help("move it to another check: an exploration is a check by itself")
            }
            Statement::Receive(receive) if place == Place::AnyOrder && receive.next => {
                Diagnostic::error(
                    "`next` in a block in any order",
                    span,
                    "nothing is next where any order is right",
                )
                .help("remove `next`")
            }
            Statement::Receive(_) => return true,
            _ if place == Place::AnyOrder => Diagnostic::error(
                "only `<-` lines stand in any order",
                span,
                "not a message that is waited for",
            )
            .help("move it before or behind the block, or write `together:`"),
            _ => return true,
        };
        self.diagnostics.push(diagnostic);
        false
    }
}

/// The block of a statement that has one.
fn body(statement: &mut Statement) -> Option<&mut Script> {
    match statement {
        Statement::InAnyOrder(body)
        | Statement::Together(body)
        | Statement::For(For { body, .. })
        | Statement::Never {
            scope: Some(body), ..
        }
        | Statement::NotAnswered { scope: body, .. }
        | Statement::Measure(Measure { body, .. }) => Some(body),
        _ => None,
    }
}

impl LogicalLine {
    fn span(&self) -> Span {
        match self {
            Self::Comment { span, .. } => span.clone(),
            Self::Statement(raw) => match (raw.tokens.first(), &raw.error) {
                (Some(first), _) => first.span.clone(),
                (None, Some(error)) => error.span.clone(),
                (None, None) => 0..0,
            },
        }
    }
}
