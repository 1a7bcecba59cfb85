//! Where things stand in the page.

use crate::notation::ast::{Spanned, Statement};
use crate::notation::diagnostic::{self, Diagnostic};
use crate::notation::{parser, print};

#[test]
fn spans_are_ranges_of_the_whole_page() {
    let page =
        "# Title é\n\n```transcript\ngiven join\nalice <- {\"a\": string,\n  ...}  # hm\n```\n";
    let start = page.find("given").unwrap();
    let (script, diagnostics) = parser::parse(page, start..page.rfind("```").unwrap());
    assert_eq!(diagnostics, []);
    let lines: Vec<_> = script
        .lines
        .iter()
        .map(|line| &page[line.span.clone()])
        .collect();
    assert_eq!(lines, ["given join", "alice <- {\"a\": string,\n  ...}"]);
    let Statement::Given(Spanned { span, .. }) = &script.lines[0].statement else {
        panic!("the first line is `given`");
    };
    assert_eq!(&page[span.clone()], "join");
}

#[test]
fn a_block_in_a_quotation_is_read_piece_by_piece() {
    let page = "> ```transcript\n> together:\n>   alice drops\n>   bob dorps\n> alice <- {\n>   \"é\": [1\n> ```\n";
    let pieces: Vec<_> = page
        .split_inclusive('\n')
        .scan(0, |start, line| {
            let range = *start + 2..*start + line.len();
            *start = range.end;
            Some(range)
        })
        .skip(1)
        .take(5)
        .collect();
    let (script, diagnostics) = parser::parse_pieces(page, &pieces);
    assert_eq!(print::script(&script), "together:\n  alice drops\n");
    let marked: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| &page[diagnostic.span.clone()])
        .collect();
    assert_eq!(marked, ["dorps", "["]);
}

#[test]
fn a_range_that_is_no_text_of_the_page_is_empty() {
    let (script, diagnostics) = parser::parse("é", 1..9);
    assert!(script.lines.is_empty() && diagnostics.is_empty());
}

#[test]
fn deep_nesting_is_an_error_and_not_the_end_of_the_stack() {
    let brackets = format!("alice -> {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let blocks: String = (0..2_000)
        .map(|depth| format!("{}together:\n", "  ".repeat(depth)))
        .collect();
    for text in [brackets, blocks] {
        let (_, diagnostics) = parser::parse_str(&text);
        assert!(
            diagnostics
                .iter()
                .any(|diagnostic| diagnostic.message.contains("too deep"))
        );
    }
}

#[test]
fn diagnostics_are_drawn_in_the_order_of_the_page() {
    let page = "# Title\n\nalice sends\nbob sends\n";
    let bob = page.find("bob").unwrap();
    let diagnostics = [
        Diagnostic::warning("their order is undefined", bob..bob + 9, "after `alice`")
            .note(9..20, "nothing orders these two")
            .help("write `together:`"),
        Diagnostic::error("nobody is connected", 9..14, "has no connection"),
    ];
    assert_drawn!(
        "drawn_diagnostics",
        diagnostic::render(&diagnostics, "assignment.md", page, false)
    );
    let coloured = diagnostic::render(&diagnostics, "assignment.md", page, true);
    assert!(coloured.contains("\u{1b}["), "colours are ANSI escapes");
    assert_eq!(
        anstream::adapter::strip_str(&coloured).to_string(),
        diagnostic::render(&diagnostics, "assignment.md", page, false)
    );
}
