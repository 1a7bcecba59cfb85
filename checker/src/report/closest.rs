//! The message that came nearest, whole, with carets under what differs.

use std::fmt::Write as _;
use std::ops::Range;

use super::style::{BAD, paint, printable};
use crate::run::{Closest, FailureKind};

/// A longer message is broken after commas between its members.
const WIDTH: usize = 96;

/// `closest: {…}` and the carets, every line after `below`.
pub(super) fn render(text: &mut String, closest: &Closest, kind: FailureKind, below: &str) {
    let label = match kind {
        FailureKind::Forbidden | FailureKind::Repeated | FailureKind::NotNext => "came: ",
        _ => "closest: ",
    };
    let indent = " ".repeat(label.len());
    let rows = rows(&closest.message);
    let mut pointed = false;
    for (number, row) in rows.iter().enumerate() {
        let lead = if number == 0 { label } else { &indent };
        let shown = closest.message[row.clone()].trim_end_matches('\n');
        let _ = writeln!(text, "{below}{lead}{}", printable(shown));
        let Some(carets) = carets(&closest.message, row, closest.differs.as_ref()) else {
            continue;
        };
        let explanation = if pointed {
            String::new()
        } else {
            format!(" {}", printable(&closest.explanation))
        };
        pointed = true;
        let _ = writeln!(
            text,
            "{below}{indent}{}{}{explanation}",
            " ".repeat(carets.start),
            paint(BAD, "^".repeat(carets.len().max(1)))
        );
    }
    if !pointed {
        let _ = writeln!(text, "{below}{indent}{}", printable(&closest.explanation));
    }
}

/// The part of a row that differs, in characters from the row's beginning.
fn carets(
    message: &str,
    row: &Range<usize>,
    differs: Option<&Range<usize>>,
) -> Option<Range<usize>> {
    let differs = differs?;
    let (start, end) = (differs.start.max(row.start), differs.end.min(row.end));
    let is_here = start < end || (differs.is_empty() && row.contains(&differs.start));
    is_here.then(|| {
        let before = message[row.start..start].chars().count();
        before..before + message[start..end.max(start)].trim_end().chars().count()
    })
}

/// A message in rows: broken at its own line breaks, and where it is too wide after a comma that is not in a string.
fn rows(message: &str) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    let mut width = 0;
    let mut last_comma = None;
    let (mut in_string, mut escaped) = (false, false);
    for (at, c) in message.char_indices() {
        width += 1;
        if width > WIDTH
            && let Some(comma) = last_comma.take()
        {
            rows.push(start..comma);
            start = comma;
            width = message[start..at].chars().count() + 1;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            ',' if !in_string => last_comma = Some(at + 1),
            '\n' => {
                rows.push(start..at + 1);
                (start, width, last_comma) = (at + 1, 0, None);
            }
            _ => {}
        }
    }
    if start < message.len() || rows.is_empty() {
        rows.push(start..message.len());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(message: &str, differs: Option<Range<usize>>) -> String {
        let closest = Closest {
            message: message.to_owned(),
            differs,
            explanation: "why".to_owned(),
        };
        let mut text = String::new();
        render(&mut text, &closest, FailureKind::Missing, "");
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn carets_stand_under_what_differs() {
        assert_eq!(
            rendered(r#"{"name":"mira"}"#, Some(8..14)),
            "closest: {\"name\":\"mira\"}\n                 ^^^^^^ why\n"
        );
    }

    #[test]
    fn without_a_place_only_the_reason_is_given() {
        assert_eq!(rendered("text", None), "closest: text\n         why\n");
    }

    #[test]
    fn a_message_may_be_broken_just_before_any_character() {
        for before in WIDTH - 8..WIDTH + 2 {
            let message = format!(r#"{{"a":1,"b":"{}😀ñ"}}"#, "x".repeat(before - 12));
            let rows = rows(&message);
            let joined: String = rows.into_iter().map(|row| &message[row]).collect();
            assert_eq!(joined, message);
        }
    }

    #[test]
    fn a_wide_message_is_broken_between_members_and_loses_nothing() {
        let member = format!(r#""key":"{}, {}""#, "a".repeat(30), "b".repeat(30));
        let message = format!("{{{member},{member},{member}}}");
        let rows = rows(&message);
        assert_eq!(rows.len(), 3);
        let joined: String = rows.into_iter().map(|row| &message[row]).collect();
        assert_eq!(joined, message);
        let at = message.rfind("key").map(|at| at..at + 3);
        let text = rendered(&message, at);
        let caret_line = text.lines().last().unwrap_or_default();
        assert_eq!(caret_line, "          ^^^ why");
    }
}
