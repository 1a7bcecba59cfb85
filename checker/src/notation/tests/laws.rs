//! What holds of every script and of every text.

use proptest::prelude::*;

use crate::notation::arbitrary;
use crate::notation::diagnostic::{self, Diagnostic};
use crate::notation::value::Bindings;
use crate::notation::{parser, print};

proptest! {
    #[test]
    fn a_printed_script_reads_back_as_the_same_script(script in arbitrary::script()) {
        let printed = print::script(&script);
        let (reread, diagnostics) = parser::parse_str(&printed);
        prop_assert!(
            diagnostics.is_empty(),
            "{}\n{printed}",
            diagnostic::render(&diagnostics, "printed", &printed, false)
        );
        prop_assert_eq!(&reread, &script, "{}", printed);
        prop_assert_eq!(print::script(&reread), printed);
    }

    #[test]
    fn what_is_shown_to_people_reads_back_too(script in arbitrary::script()) {
        for line in &script.lines {
            let head = print::statement_head_with(&line.statement, &Bindings::new());
            prop_assert!(!head.contains('\n'), "{}", head);
            let with_block = if line.statement.block().is_some() { format!("{head}\n  x <- any") } else { head };
            let (reread, diagnostics) = parser::parse_str(&with_block);
            prop_assert!(
                diagnostics.is_empty(),
                "{}",
                diagnostic::render(&diagnostics, "printed", &with_block, false)
            );
            let [reread] = reread.lines.as_slice() else {
                panic!("one line in {with_block}");
            };
            prop_assert_eq!(print::statement_head(&reread.statement), print::statement_head(&line.statement));
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        check_diagnostics(&text);
    }

    #[test]
    fn any_words_are_read_without_a_panic(
        words in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40),
    ) {
        check_diagnostics(&words.concat());
    }

    #[test]
    fn a_damaged_script_is_read_without_a_panic(
        script in arbitrary::script(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1..4_usize), 1..4),
    ) {
        let mut text: Vec<char> = print::script(&script).chars().collect();
        for (place, length) in damage {
            if !text.is_empty() {
                let start = place.index(text.len());
                text.drain(start..(start + length).min(text.len()));
            }
        }
        check_diagnostics(&text.into_iter().collect::<String>());
    }
}

/// What lines are made of, and what they are spoilt with.
const PIECES: &[&str] = &[
    "alice",
    "bob/phone",
    " ",
    " ",
    " ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "\r\n",
    "->",
    "<-",
    "=>",
    "- >",
    "is",
    "closed",
    "dropped",
    "with",
    "header",
    "connects",
    "GET",
    "get",
    "/ws",
    "/x/",
    "${",
    "$",
    "$x",
    "}",
    "{",
    "[",
    "]",
    "\"",
    "\"a\"",
    ":",
    ",",
    "|",
    "...",
    "..",
    "x3",
    "1",
    "-2.5e3",
    "007",
    "64KiB",
    "400ms",
    "5 s",
    "given",
    "env",
    "A=1",
    "let",
    "=",
    "text",
    "word",
    "number",
    "bytes",
    "hex",
    "\"f0\"",
    "frame",
    "ping",
    "rsv",
    "in",
    "any",
    "order",
    "together",
    "for",
    "by",
    "while",
    "never",
    "next",
    "within",
    "exactly",
    "once",
    "wait",
    "#",
    " # note",
    "'",
    "“",
    "\\",
    "\\u12",
    "unordered",
    "any",
    ">",
    "é",
    "😀",
    "jwt",
    "key",
    "alg",
    "none",
];

/// Reads a text; what is said of it must have its place and its help.
fn check_diagnostics(text: &str) {
    let (_, diagnostics) = parser::parse_str(text);
    for Diagnostic {
        span,
        notes,
        help,
        message,
        ..
    } in &diagnostics
    {
        for span in notes.iter().map(|(span, _)| span).chain([span]) {
            assert!(
                text.get(span.clone()).is_some(),
                "{message}: {span:?} of {text:?}"
            );
        }
        assert!(help.is_some(), "{message}: no help for {text:?}");
    }
    assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.span.start));
    diagnostic::render(&diagnostics, "page", text, true);
}
