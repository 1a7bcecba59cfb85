//! Breaking a line that is too long, where reading it joins it again: inside brackets and before `=>`.

/// How many columns a line may have.
const WIDTH: usize = 100;

/// How many columns the continuation of a line, and what stands in brackets, is indented by.
const INDENT: usize = 2;

/// A piece of a line.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    /// Stands on one line.
    Text(String),
    /// Pieces without anything between them.
    Joined(Vec<Doc>),
    /// Brackets with items between them.
    Brackets {
        /// With what stands before it: `unordered [`.
        open: String,
        /// Between two of them stands a comma.
        items: Vec<Doc>,
        /// Between two items on one line.
        separator: &'static str,
        close: char,
    },
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        let mut line = String::new();
        self.write_flat(&mut line);
        line
    }

    fn write_flat(&self, line: &mut String) {
        match self {
            Self::Text(text) => *line += text,
            Self::Joined(docs) => docs.iter().for_each(|doc| doc.write_flat(line)),
            Self::Brackets {
                open,
                items,
                separator,
                close,
            } => {
                *line += open;
                for (index, item) in items.iter().enumerate() {
                    let item = item.flat();
                    if index > 0 {
                        // `...` stands apart also where nothing else does.
                        let apart = item.starts_with("...") || line.ends_with("...");
                        *line += if apart { ", " } else { separator };
                    }
                    *line += &item;
                }
                line.push(*close);
            }
        }
    }

    /// Broken inside its brackets; the line that it stands on is indented by so much.
    fn write_broken(&self, indent: usize, lines: &mut String) {
        match self {
            Self::Text(text) => *lines += text,
            Self::Joined(docs) => docs.iter().for_each(|doc| doc.write_broken(indent, lines)),
            Self::Brackets { items, .. } if items.is_empty() => self.write_flat(lines),
            Self::Brackets {
                open, items, close, ..
            } => {
                *lines += open;
                for (index, item) in items.iter().enumerate() {
                    new_line(indent + INDENT, lines);
                    let comma = usize::from(index + 1 < items.len());
                    let flat = item.flat();
                    if indent + INDENT + width(&flat) + comma <= WIDTH {
                        *lines += &flat;
                    } else {
                        item.write_broken(indent + INDENT, lines);
                    }
                    *lines += &","[..comma];
                }
                new_line(indent, lines);
                lines.push(*close);
            }
        }
    }
}

/// A statement: words with a space between them. Rows may stand on lines of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    rows: Vec<Vec<Doc>>,
}

impl Rows {
    pub(super) fn new(first: Doc) -> Self {
        Self {
            rows: vec![vec![first]],
        }
    }

    /// Adds a word to the row.
    pub(super) fn push(&mut self, doc: Doc) {
        match self.rows.last_mut() {
            Some(row) => row.push(doc),
            None => self.rows.push(vec![doc]),
        }
    }

    /// Adds a word.
    pub(super) fn word(&mut self, word: impl Into<String>) {
        self.push(Doc::text(word));
    }

    /// Begins a row.
    pub(super) fn row(&mut self, first: Doc) {
        self.rows.push(vec![first]);
    }

    /// Puts a sign right behind the last word.
    pub(super) fn attach(&mut self, sign: &str) {
        if let Some(last) = self.rows.last_mut().and_then(|row| row.pop()) {
            self.push(Doc::Joined(vec![last, Doc::text(sign)]));
        }
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        let rows: Vec<_> = self.rows.iter().map(|row| flat_row(row)).collect();
        rows.join(" ")
    }

    /// On one line if that has room for it at this indentation; otherwise on several, the first one not indented.
    pub(super) fn fitted(&self, indent: usize) -> String {
        let flat = self.flat();
        if indent + width(&flat) <= WIDTH {
            return flat;
        }
        let mut lines = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let indent = if index == 0 { indent } else { indent + INDENT };
            if index > 0 {
                new_line(indent, &mut lines);
            }
            let flat = flat_row(row);
            if indent + width(&flat) <= WIDTH {
                lines += &flat;
                continue;
            }
            for (index, doc) in row.iter().enumerate() {
                if index > 0 {
                    lines.push(' ');
                }
                doc.write_broken(indent, &mut lines);
            }
        }
        lines
    }
}

fn flat_row(row: &[Doc]) -> String {
    let words: Vec<_> = row.iter().map(Doc::flat).collect();
    words.join(" ")
}

fn new_line(indent: usize, lines: &mut String) {
    lines.push('\n');
    lines.extend(std::iter::repeat_n(' ', indent));
}

fn width(text: &str) -> usize {
    text.chars().count()
}
