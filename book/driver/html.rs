//! Text that becomes part of an HTML page.

use std::fmt::Write as _;

/// Escapes what HTML would read as markup. A line break becomes a character reference, so that the result may stand
/// anywhere in a Markdown page: a blank line would end an HTML block.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    push_escaped(&mut escaped, text);
    escaped
}

/// [`escape`], appended.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' => html.push_str("&#10;"),
            other => html.push(other),
        }
    }
}

/// Appends `<span class="…">text</span>`.
pub(crate) fn push_span(html: &mut String, class: &str, text: &str) {
    let _ = write!(html, "<span class=\"{class}\">");
    push_escaped(html, text);
    html.push_str("</span>");
}
