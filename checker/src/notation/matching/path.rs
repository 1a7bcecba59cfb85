//! A place in a JSON value, and where it stands in the value's text.

use std::fmt;
use std::ops::Range;

/// The way from the root of a JSON value to a place in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the member of an object with this key.
    Member(String),
    /// To the item of an array at this index; the first is 0.
    Item(usize),
}

/// `users[1].name`; nothing for the root.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(key) if is_plain(key) => {
                    let dot = if at == 0 { "" } else { "." };
                    write!(f, "{dot}{key}")?;
                }
                Step::Member(key) => write!(f, "[{}]", serde_json::Value::from(key.as_str()))?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Where the value at `path` stands in the JSON text `raw`, in bytes. Of a member that is missing: the closing brace of
/// its object. `None` when the text is not JSON or the path leads elsewhere.
///
/// Of a key that an object has twice, the last counts, as it does for `serde_json`.
pub fn locate(raw: &str, path: &Path) -> Option<Range<usize>> {
    find(raw, path).map(|place| match place {
        Place::Value { value, .. } => value,
        Place::Missing { closing_brace } => closing_brace,
    })
}

/// Like [`locate`], but a member with its key.
pub(super) fn locate_member(raw: &str, path: &Path) -> Option<Range<usize>> {
    find(raw, path).map(|place| match place {
        Place::Value {
            key: Some(key),
            value,
        } => key.start..value.end,
        Place::Value { key: None, value } => value,
        Place::Missing { closing_brace } => closing_brace,
    })
}

enum Place {
    Value {
        key: Option<Range<usize>>,
        value: Range<usize>,
    },
    Missing {
        closing_brace: Range<usize>,
    },
}

fn find(raw: &str, path: &Path) -> Option<Place> {
    let mut scanner = Scanner { raw, at: 0 };
    let mut place = Place::Value {
        key: None,
        value: scanner.value()?,
    };
    for step in &path.0 {
        let Place::Value { value, .. } = place else {
            return None;
        };
        scanner.at = value.start;
        place = match step {
            Step::Member(key) => scanner.member(key)?,
            Step::Item(index) => Place::Value {
                key: None,
                value: scanner.item(*index)?,
            },
        };
    }
    Some(place)
}

/// Reads just enough of JSON to know where values begin and end.
struct Scanner<'r> {
    raw: &'r str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.raw.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<Range<usize>> {
        self.skip_space();
        let start = self.at;
        self.eat(b'"')?;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return Some(start..self.at);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Passes over one value, without recursion: a hostile message may be nested deeply.
    fn value(&mut self) -> Option<Range<usize>> {
        self.skip_space();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b']' | b'}' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' | b':' => return None,
                _ => {
                    let is_scalar =
                        |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
                    let scalar = self.at;
                    while self.peek().is_some_and(is_scalar) {
                        self.at += 1;
                    }
                    if self.at == scalar {
                        return None;
                    }
                }
            }
            if depth == 0 {
                return Some(start..self.at);
            }
        }
    }

    fn member(&mut self, wanted: &str) -> Option<Place> {
        self.eat(b'{')?;
        let mut found = None;
        if self.eat(b'}').is_none() {
            loop {
                let key = self.string()?;
                self.eat(b':')?;
                let value = self.value()?;
                if serde_json::from_str::<String>(&self.raw[key.clone()]).ok()? == wanted {
                    found = Some(Place::Value {
                        key: Some(key),
                        value,
                    });
                }
                if self.eat(b',').is_none() {
                    self.eat(b'}')?;
                    break;
                }
            }
        }
        found.or(Some(Place::Missing {
            closing_brace: self.at - 1..self.at,
        }))
    }

    fn item(&mut self, index: usize) -> Option<Range<usize>> {
        self.eat(b'[')?;
        for _ in 0..index {
            self.value()?;
            self.eat(b',')?;
        }
        self.value()
    }
}
