//! The report of a failing run: the lines that failed stand out, the rest steps back.

use crate::html::{push_escaped, push_span};

/// What is said about a line stands this much further in than the line, or more.
const DETAIL_INDENT: usize = 5;

/// As HTML. Line breaks are character references.
pub(super) fn report(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut previous = Statement {
        margin: 0,
        failed: false,
    };
    let mut after_transcript = false;
    for line in text.trim_end().split_inclusive('\n') {
        let content = line.trim();
        after_transcript |= content.starts_with("server log");
        let margin = margin(line);
        let is_detail = previous.margin > 0 && margin >= previous.margin + DETAIL_INDENT;
        let class = if content.is_empty() {
            None
        } else if after_transcript || content.starts_with("assignments/") {
            Some("t-aside")
        } else if is_detail {
            Some(match (previous.failed, content.starts_with('^')) {
                (true, true) => "t-failed",
                (true, false) => "t-evidence",
                (false, _) => "t-aside",
            })
        } else {
            let failed = content.starts_with('✗');
            previous = Statement { margin, failed };
            failed.then_some("t-failed")
        };
        match class {
            Some(class) => push_span(&mut html, class, line),
            None => push_escaped(&mut html, line),
        }
    }
    html
}

/// A line of the transcript, to which the lines after it may belong.
struct Statement {
    margin: usize,
    failed: bool,
}

/// The column at which a line's text begins, the mark of a failure left out.
fn margin(line: &str) -> usize {
    let text = line.trim_start_matches([' ', '✗']);
    line.chars().count() - text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_stands_out_and_what_was_passed_over_steps_back() {
        let text = "✗ join  A title   0/4\n  assignments/03-chat/assignment.md:2\n\n  then\n     \
                    alice <- {\"a\":1}\n            passed over: {}\n     \
                    in any order:\n  ✗    bob <- {\"b\":2}\n              closest: {\"b\":3}\n                            \
                    ^ b: expected 2\n       alice <- {}\n\n  server log:\n    <none>\n";
        insta::assert_snapshot!(report(text).replace("&#10;", "\n"));
    }
}
