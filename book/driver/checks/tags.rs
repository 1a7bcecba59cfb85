//! The tags of an HTML page that a serializer wrote: enough of HTML to find links and ids.

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// In lower case.
    pub(crate) name: String,
    /// In the order of the page, values without their character references.
    pub(crate) attributes: Vec<(String, String)>,
}

/// All start tags of a page, those in comments, scripts and style sheets left out.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = after(comment, "-->");
        } else if rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let (tag, remaining) = tag(rest);
            rest = match tag.name.as_str() {
                "script" => after(remaining, "</script"),
                "style" => after(remaining, "</style"),
                _ => remaining,
            };
            tags.push(tag);
        }
    }
    tags
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// Reads a tag from behind its `<`, and returns what follows its `>`.
fn tag(text: &str) -> (Tag, &str) {
    let (name, mut rest) = split_at_any(text, |c| c.is_ascii_whitespace() || c == '>' || c == '/');
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(remaining) = rest.strip_prefix('>') {
            rest = remaining;
            break;
        }
        if rest.is_empty() {
            break;
        }
        let (attribute, remaining) = split_at_any(rest, |c| {
            c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')
        });
        let remaining = remaining.trim_start();
        let value = match remaining.strip_prefix('=') {
            Some(value) => {
                let (value, remaining) = attribute_value(value.trim_start());
                rest = remaining;
                value
            }
            None => {
                rest = remaining;
                ""
            }
        };
        attributes.push((attribute.to_ascii_lowercase(), unescaped(value)));
    }
    (
        Tag {
            name: name.to_ascii_lowercase(),
            attributes,
        },
        rest,
    )
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    split_at_any(text, |c| c.is_ascii_whitespace() || c == '>')
}

fn split_at_any(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

fn unescaped(value: &str) -> String {
    value
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        let found = tags(r#"text < 3 <A HREF="a&amp;b" title='x "y"' id=z disabled/><br></a>"#);
        let expected = [
            Tag {
                name: "a".to_owned(),
                attributes: [
                    ("href", "a&b"),
                    ("title", "x \"y\""),
                    ("id", "z"),
                    ("disabled", ""),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            },
            Tag {
                name: "br".to_owned(),
                attributes: Vec::new(),
            },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_markup_is_left_out() {
        assert_eq!(
            tags("<!-- <a> --><script>'<b>'</script><style><i></style>")
                .iter()
                .map(|tag| tag.name.as_str())
                .collect::<Vec<_>>(),
            ["script", "style"]
        );
    }

    #[test]
    fn a_page_that_breaks_off_ends() {
        for page in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"x",
            "<!--",
            "<script>",
        ] {
            tags(page);
        }
    }
}
