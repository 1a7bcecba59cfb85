//! Text to logical lines: where a statement ends, which lines stand in its block, what is a comment.

use super::lexer::Lexer;
use super::margin::{INDENT, Margin, MarginKind};
use super::source::Source;
use super::token::{Token, TokenKind};
use crate::notation::ast::Span;
use crate::notation::diagnostic::Diagnostic;

/// How deep blocks may stand in each other.
const DEEPEST: usize = 50;

/// A statement or a comment, not yet understood.
#[derive(Debug)]
pub(super) enum LogicalLine {
    /// A line that holds only a comment.
    Comment {
        text: String,
        span: Span,
    },
    Statement(RawStatement),
}

/// A statement's tokens and its block.
#[derive(Debug)]
pub(super) struct RawStatement {
    /// At least one, unless there is an error.
    pub(super) tokens: Vec<Token>,
    pub(super) comment: Option<String>,
    pub(super) block: Vec<LogicalLine>,
    /// Why the tokens are not all there.
    pub(super) error: Option<Diagnostic>,
}

impl RawStatement {
    pub(super) fn ends_in_colon(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.is_symbol(":"))
    }
}

/// Splits a transcript into its logical lines.
pub(super) fn logical_lines(source: &Source<'_>) -> (Vec<LogicalLine>, Vec<Diagnostic>) {
    let mut layout = Layout {
        lexer: Lexer::new(source),
        diagnostics: Vec::new(),
    };
    let lines = layout.block(0, 0);
    (lines, layout.diagnostics)
}

struct Layout<'a> {
    /// Between two calls at the start of a line of text.
    lexer: Lexer<'a>,
    diagnostics: Vec<Diagnostic>,
}

impl Layout<'_> {
    /// Reads the lines that are indented by at least so many columns.
    fn block(&mut self, indent: usize, depth: usize) -> Vec<LogicalLine> {
        let mut lines = Vec::new();
        let mut reported_columns = None;
        while !self.lexer.rest().is_empty() {
            let margin = self.margin(self.lexer.position);
            match margin.kind {
                MarginKind::Blank => self.next_line(),
                MarginKind::Comment => {
                    // A comment that stands too far out is its block's if lines of the block follow.
                    if margin.columns < indent
                        && self
                            .next_text(self.lexer.position)
                            .is_none_or(|next| next.columns < indent)
                    {
                        break;
                    }
                    self.lexer.position = margin.text;
                    let (text, span) = self.comment();
                    lines.push(LogicalLine::Comment { text, span });
                    self.next_line();
                }
                MarginKind::Text if margin.columns < indent => break,
                MarginKind::Text => {
                    if margin.columns == indent {
                        reported_columns = None;
                    } else if reported_columns != Some(margin.columns) {
                        reported_columns = Some(margin.columns);
                        self.unexpected_indent(margin, indent);
                    }
                    lines.push(LogicalLine::Statement(self.statement(margin, depth)));
                }
            }
        }
        lines
    }

    fn statement(&mut self, margin: Margin, depth: usize) -> RawStatement {
        self.refuse_tabs(margin);
        self.lexer.position = margin.text;
        let mut statement = self.tokens(margin.columns);
        let Some(next) = self.next_text(self.lexer.position) else {
            return statement;
        };
        if next.columns <= margin.columns {
            return statement;
        }
        if depth == DEEPEST {
            self.diagnostics.push(
                Diagnostic::error(
                    "blocks stand too deep in each other",
                    self.lexer.span(next.text..next.text + 1),
                    format!("more than {DEEPEST} levels"),
                )
                .help("use fewer blocks"),
            );
            self.lexer.position = self.lexer.text.len();
            return statement;
        }
        if statement.ends_in_colon() && next.columns != margin.columns + INDENT {
            self.diagnostics.push(
                Diagnostic::error(
                    "a block is indented by two spaces",
                    self.lexer.span(next.indentation()),
                    format!("{} columns", next.columns - margin.columns),
                )
                .help(format!("indent it by {} spaces", margin.columns + INDENT)),
            );
        }
        statement.block = self.block(next.columns, depth + 1);
        statement
    }

    /// Reads the tokens of a statement, over as many lines of text as it goes on.
    fn tokens(&mut self, columns: usize) -> RawStatement {
        let mut tokens: Vec<Token> = Vec::new();
        let mut comments = Vec::new();
        let mut brackets: Vec<(&'static str, Span)> = Vec::new();
        let mut error = None;
        loop {
            self.lexer.skip_spaces();
            match self.lexer.peek() {
                None => break,
                Some('\n') => {
                    self.lexer.bump();
                    let ended = tokens.last().is_some_and(|token| token.is_symbol(":"));
                    let goes_on = match self.next_text(self.lexer.position) {
                        None => false,
                        Some(next) if brackets.is_empty() => {
                            !ended
                                && next.columns > columns
                                && !self.begins_statement(next.text, false)
                        }
                        Some(next) => !self.begins_statement(next.text, next.columns <= columns),
                    };
                    self.comment_lines(columns, goes_on, ended, &mut comments);
                    if !goes_on {
                        break;
                    }
                }
                Some('#') if self.at_comment() => comments.push(self.comment().0),
                Some(_) => match self.lexer.token(&tokens, !brackets.is_empty()) {
                    Ok(token) => {
                        if let Err(mismatch) = balance(&token, &mut brackets) {
                            error.get_or_insert(mismatch);
                        }
                        tokens.push(token);
                    }
                    Err(diagnostic) => {
                        error.get_or_insert(diagnostic);
                    }
                },
            }
        }
        if let Some((bracket, span)) = brackets.pop() {
            error.get_or_insert(
                Diagnostic::error(format!("unclosed `{bracket}`"), span, "opened here")
                    .help(format!("close it with `{}`", closing(bracket))),
            );
        }
        let comment = (!comments.is_empty()).then(|| {
            comments.retain(|comment| !comment.is_empty());
            comments.join("; ")
        });
        RawStatement {
            tokens,
            comment,
            block: Vec::new(),
            error,
        }
    }

    /// Skips to the next line of text that is part of the statement, keeping the comments on the way; or, at the
    /// statement's end, takes only the comments that are indented under it.
    fn comment_lines(
        &mut self,
        columns: usize,
        goes_on: bool,
        ended: bool,
        comments: &mut Vec<String>,
    ) {
        while !self.lexer.rest().is_empty() {
            let margin = self.margin(self.lexer.position);
            match margin.kind {
                MarginKind::Text => break,
                MarginKind::Blank if goes_on => self.next_line(),
                MarginKind::Comment if goes_on || (!ended && margin.columns > columns) => {
                    if !goes_on
                        && self
                            .next_text(self.lexer.position)
                            .is_some_and(|next| next.columns > columns)
                    {
                        break;
                    }
                    self.lexer.position = margin.text;
                    comments.push(self.comment().0);
                    self.next_line();
                }
                _ => break,
            }
        }
    }

    fn margin(&self, line: usize) -> Margin {
        Margin::of(self.lexer.text, line)
    }

    fn next_text(&self, line: usize) -> Option<Margin> {
        Margin::of_next_text(self.lexer.text, line)
    }

    fn next_line(&mut self) {
        self.lexer.take_while(|c| c != '\n');
        self.lexer.bump();
    }

    /// Whether the `#` here begins a comment: at a line's start or after a space.
    fn at_comment(&self) -> bool {
        self.lexer.text[..self.lexer.position]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    }

    /// Reads a comment up to the line's end, without its `#`.
    fn comment(&mut self) -> (String, Span) {
        let start = self.lexer.position;
        let comment = self.lexer.take_while(|c| c != '\n').trim_end();
        let span = self.lexer.span(start..start + comment.len());
        (
            comment
                .strip_prefix('#')
                .unwrap_or(comment)
                .trim()
                .to_owned(),
            span,
        )
    }

    fn refuse_tabs(&mut self, margin: Margin) {
        let indentation = margin.indentation();
        if self.lexer.text[indentation.clone()].contains('\t') {
            self.diagnostics.push(
                Diagnostic::error(
                    "a tab in the indentation",
                    self.lexer.span(indentation),
                    "not spaces",
                )
                .help("indent a block by two spaces"),
            );
        }
    }

    fn unexpected_indent(&mut self, margin: Margin, indent: usize) {
        let indentation = margin.indentation();
        self.diagnostics.push(
            Diagnostic::error(
                "unexpected indentation",
                self.lexer.span(indentation),
                "the line above opens no block here",
            )
            .help(match indent {
                0 => "begin at the start of the line".to_owned(),
                _ => format!("indent it by {indent} spaces, as the lines above"),
            }),
        );
    }

    /// Whether a statement, and not the rest of one, begins at this place: by its verb; or, `loosely`, because two
    /// words stand there, which they never do inside brackets.
    fn begins_statement(&self, at: usize, loosely: bool) -> bool {
        let line = self.lexer.text[at..].split('\n').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let (Some(first), Some(second)) = (words.next(), words.next()) else {
            return line.trim() == "together:";
        };
        if !first.starts_with(|c: char| c.is_ascii_lowercase())
            || !first
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '/')
        {
            return false;
        }
        let verb = matches!(
            second,
            "->" | "<-" | "connects" | "closes" | "drops" | "is" | "stalls" | "resumes" | "never"
        ) || (second.len() > 2 && second.chars().all(|c| c.is_ascii_uppercase()));
        let keyword = match first {
            "for" | "let" => second.starts_with('$'),
            "in" => second == "any",
            "explore" => words.next() == Some("with"),
            "wait" => second.starts_with(|c: char| c.is_ascii_digit() || c == '$'),
            _ => false,
        };
        verb || keyword
            || loosely
                && second.starts_with(|c: char| {
                    c.is_ascii_alphanumeric() || c == '$' || c == '-' || c == '<'
                })
    }
}

/// Keeps account of the open brackets.
fn balance(token: &Token, open: &mut Vec<(&'static str, Span)>) -> Result<(), Diagnostic> {
    let TokenKind::Symbol(symbol) = token.kind else {
        return Ok(());
    };
    match symbol {
        "{" | "[" => open.push((symbol, token.span.clone())),
        "}" | "]" => match open.pop() {
            Some((bracket, _)) if closing(bracket) == symbol => {}
            Some((bracket, span)) => {
                return Err(Diagnostic::error(
                    format!("`{symbol}` does not close `{bracket}`"),
                    token.span.clone(),
                    format!("expected `{}`", closing(bracket)),
                )
                .note(span, "opened here")
                .help(format!("write `{}`", closing(bracket))));
            }
            None => {
                return Err(Diagnostic::error(
                    format!("unexpected `{symbol}`"),
                    token.span.clone(),
                    "no bracket is open",
                )
                .help("remove it"));
            }
        },
        _ => {}
    }
    Ok(())
}

fn closing(bracket: &str) -> &'static str {
    if bracket == "{" { "}" } else { "]" }
}
