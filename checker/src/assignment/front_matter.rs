//! The TOML between the `+++` lines at the head of a page.
//!
//! The parsed document is walked, not deserialized, so that every wrong key and value is reported with its place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ClientConfig, FrontMatter, ServerConfig};
use crate::notation::ast::Span;
use crate::notation::diagnostic::Diagnostic;
use crate::notation::parser::suggest;

const BYTE_ORDER_MARK: char = '\u{feff}';
const DELIMITER: &str = "+++";
const EXAMPLE: &str =
    "begin the page with\n+++\nyours = [\"src/handlers.rs\"]\n[server]\nenv = {}\n+++";

/// Reads the front matter. The second part is where the Markdown begins.
pub(super) fn parse(source: &str, diagnostics: &mut Vec<Diagnostic>) -> (FrontMatter, usize) {
    if source.starts_with(BYTE_ORDER_MARK) {
        diagnostics.push(
            Diagnostic::error(
                "the page begins with a byte order mark",
                0..BYTE_ORDER_MARK.len_utf8(),
                "invisible, and not part of the page",
            )
            .help("save the page as UTF-8 without a byte order mark"),
        );
        return (FrontMatter::default(), BYTE_ORDER_MARK.len_utf8());
    }
    let first_line = line_at(source, 0);
    if source[first_line.clone()].trim_end() != DELIMITER {
        diagnostics.push(
            Diagnostic::error(
                "the page has no front matter",
                0..source[first_line].trim_end().len(),
                "expected `+++` here",
            )
            .help(EXAMPLE),
        );
        return (FrontMatter::default(), 0);
    }
    let toml_start = first_line.end;
    let closing =
        lines_from(source, toml_start).find(|line| source[line.clone()].trim_end() == DELIMITER);
    if let Some(closing) = closing {
        let toml = &source[toml_start..closing.start];
        return (read(toml, toml_start, diagnostics), closing.end);
    }
    diagnostics.push(
        Diagnostic::error(
            "the front matter is not closed",
            0..DELIMITER.len(),
            "opened here",
        )
        .help("write `+++` on a line of its own after the last key"),
    );
    // The rest of the page is judged all the same, from its first heading on.
    let heading = lines_from(source, toml_start).find(|line| {
        source[line.clone()].starts_with("# ") || source[line.clone()].starts_with("## ")
    });
    (
        FrontMatter::default(),
        heading.map_or(source.len(), |line| line.start),
    )
}

fn lines_from(source: &str, start: usize) -> impl Iterator<Item = Span> {
    let mut position = start;
    std::iter::from_fn(move || {
        let line = line_at(source, position);
        position = line.end;
        (!line.is_empty()).then_some(line)
    })
}

/// The line that begins at `start`, with its line break.
fn line_at(source: &str, start: usize) -> Span {
    let end = source[start..]
        .find('\n')
        .map_or(source.len(), |length| start + length + 1);
    start..end
}

fn read(toml: &str, offset: usize, diagnostics: &mut Vec<Diagnostic>) -> FrontMatter {
    let (document, errors) = DeTable::parse_recoverable(toml);
    if !errors.is_empty() {
        // What could be recovered may be nested wrongly, so its keys are not judged; nor are two errors of one line
        // two mistakes.
        let mut lines_with_errors = BTreeSet::new();
        for error in errors {
            let span = error.span().unwrap_or(0..toml.len());
            let line = toml[..span.start.min(toml.len())].matches('\n').count();
            if lines_with_errors.insert(line) {
                diagnostics.push(
                    Diagnostic::error(
                        format!("the front matter is not TOML: {}", error.message()),
                        shift(&span, offset),
                        "cannot be read from here",
                    )
                    .help(
                        "strings stand in quotes, lists in brackets: yours = [\"src/handlers.rs\"]",
                    ),
                );
            }
        }
        return FrontMatter::default();
    }
    let mut reader = Reader {
        offset,
        diagnostics,
    };
    reader.front_matter(document.get_ref())
}

fn shift(span: &Span, offset: usize) -> Span {
    span.start + offset..span.end + offset
}

struct Reader<'a> {
    /// Where the TOML begins in the page.
    offset: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn front_matter(&mut self, document: &DeTable<'_>) -> FrontMatter {
        let mut front_matter = FrontMatter::default();
        let mut has_yours = false;
        for (key, value) in document {
            match key.get_ref().as_ref() {
                "yours" => {
                    has_yours = true;
                    front_matter.yours = self.yours(value);
                }
                "server" => front_matter.server = self.server(value),
                "client" => front_matter.client = Some(self.client(value)),
                _ => self.unknown_key(key, &["yours", "server", "client"], "the front matter"),
            }
        }
        if !has_yours {
            self.diagnostics.push(
                Diagnostic::error(
                    "the front matter has no `yours`",
                    0..DELIMITER.len(),
                    "in this front matter",
                )
                .help(
                    "name the files or folders that the student writes: \
                     yours = [\"src/handlers.rs\"]",
                ),
            );
        }
        front_matter
    }

    fn yours(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<PathBuf> {
        const HELP: &str = "write yours = [\"src/handlers.rs\"]";
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type("yours", "a list of paths", value, HELP.to_owned());
            return Vec::new();
        };
        if items.is_empty() {
            let span = self.span_of(value);
            self.diagnostics
                .push(Diagnostic::error("`yours` is empty", span, "no path").help(HELP));
        }
        let mut paths = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(path) => paths.extend(self.path(path, item)),
                None => self.wrong_type("yours", "paths in quotes", item, HELP.to_owned()),
            }
        }
        paths
    }

    fn path(&mut self, path: &str, item: &Spanned<DeValue<'_>>) -> Option<PathBuf> {
        let components: Vec<Component<'_>> = Path::new(path).components().collect();
        let label = if path.is_empty() {
            "empty"
        } else if path.contains('\\') {
            "has a backslash"
        } else if components
            .iter()
            .any(|part| matches!(part, Component::ParentDir))
        {
            "leaves the exercise's folder"
        } else if components
            .iter()
            .any(|part| matches!(part, Component::RootDir | Component::Prefix(_)))
        {
            "absolute"
        } else if components.contains(&Component::CurDir) {
            "has a `.` in it"
        } else {
            return Some(PathBuf::from(path));
        };
        let span = self.span_of(item);
        self.diagnostics.push(
            Diagnostic::error("not a path inside the exercise", span, label)
                .help("write a path relative to the exercise's folder, `src/handlers.rs` say"),
        );
        None
    }

    fn server(&mut self, value: &Spanned<DeValue<'_>>) -> ServerConfig {
        let mut server = ServerConfig::default();
        let Some(table) = value.get_ref().as_table() else {
            let help = "write [server] on a line of its own and its keys below".to_owned();
            self.wrong_type("server", "a table", value, help);
            return server;
        };
        let mut secret_span = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "secret" => {
                    server.secret = self.secret(value);
                    secret_span = Some(self.span_of(value));
                }
                "env" => server.env = self.env(value),
                "bin" => server.bin = self.bin(value),
                _ => self.unknown_key(key, &["secret", "env", "bin"], "`[server]`"),
            }
        }
        if let (Some(name), Some(span)) = (&server.secret, secret_span)
            && server.env.contains_key(name)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    format!("`{name}` is both the secret and in `env`"),
                    span,
                    "set twice",
                )
                .help(format!(
                    "remove `{name}` from `env`: the secret is fresh for each run"
                )),
            );
        }
        server
    }

    fn client(&mut self, value: &Spanned<DeValue<'_>>) -> ClientConfig {
        let mut client = ClientConfig::default();
        let Some(table) = value.get_ref().as_table() else {
            let help = "write [client] on a line of its own and its keys below".to_owned();
            self.wrong_type("client", "a table", value, help);
            return client;
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "env" => client.env = self.env(value),
                "bin" => client.bin = self.bin(value),
                _ => self.unknown_key(key, &["env", "bin"], "`[client]`"),
            }
        }
        client
    }

    fn bin(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let name = value.get_ref().as_str();
        if name.is_none() {
            let help = "name one of the exercise's programs: bin = \"client\"".to_owned();
            self.wrong_type("bin", "the name of a program", value, help);
        }
        name.map(str::to_owned)
    }

    fn secret(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let help = "name the variable that gets it: secret = \"JWT_SECRET\"";
        let Some(name) = value.get_ref().as_str() else {
            self.wrong_type(
                "secret",
                "the name of an environment variable",
                value,
                help.to_owned(),
            );
            return None;
        };
        let span = self.span_of(value);
        self.environment_name(name, span).then(|| name.to_owned())
    }

    fn env(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        let Some(table) = value.get_ref().as_table() else {
            let help = "write env = { HISTORY_LIMIT = \"50\" }".to_owned();
            self.wrong_type("env", "a table of strings", value, help);
            return env;
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let valid = self.environment_name(name, shift(&key.span(), self.offset));
            match value.get_ref().as_str() {
                Some(text) if valid => {
                    env.insert(name.to_owned(), text.to_owned());
                }
                Some(_) => {}
                None => {
                    let help = format!("write {name} = {}", quoted(value.get_ref()));
                    self.wrong_type(name, "a string", value, help);
                }
            }
        }
        env
    }

    fn environment_name(&mut self, name: &str, span: Span) -> bool {
        let (message, label, help) = if let Some(why) = set_by_the_checker(name) {
            (
                format!("`{name}` is set by the checker"),
                "not the page's to set",
                format!("remove it: {why}"),
            )
        } else if !is_environment_name(name) {
            (
                format!("`{name}` cannot be the name of an environment variable"),
                "letters, digits and `_`, and no digit first",
                format!("write `{}`", environment_name_like(name)),
            )
        } else {
            return true;
        };
        self.diagnostics
            .push(Diagnostic::error(message, span, label).help(help));
        false
    }

    fn unknown_key(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str], place: &str) {
        let word = key.get_ref().as_ref();
        let help = match suggest::one_nearest(word, known) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("write {}, or remove it", suggest::list(known)),
        };
        self.diagnostics.push(
            Diagnostic::error(
                format!("unknown key `{word}` in {place}"),
                shift(&key.span(), self.offset),
                "not a key of it",
            )
            .help(help),
        );
    }

    fn wrong_type(
        &mut self,
        key: &str,
        expected: &str,
        value: &Spanned<DeValue<'_>>,
        help: String,
    ) {
        let span = self.span_of(value);
        self.diagnostics.push(
            Diagnostic::error(
                format!("`{key}` must be {expected}"),
                span,
                format!("this is {}", kind(value.get_ref())),
            )
            .help(help),
        );
    }

    fn span_of(&self, value: &Spanned<DeValue<'_>>) -> Span {
        shift(&value.span(), self.offset)
    }
}

/// Why a page cannot set this variable, if it cannot.
pub(super) fn set_by_the_checker(name: &str) -> Option<&'static str> {
    match name {
        "PORT" => Some("every server gets a port that the system chose"),
        "SERVER_URL" | "SERVER_HTTP_URL" => Some("every client gets a server of its own"),
        _ => None,
    }
}

/// Whether a shell could set a variable of this name.
fn is_environment_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The nearest name that a shell could set.
fn environment_name_like(name: &str) -> String {
    let mut valid: String = name
        .chars()
        .map(|character| match character {
            _ if character.is_ascii_alphanumeric() => character,
            _ => '_',
        })
        .collect();
    if !is_environment_name(&valid) {
        valid.insert(0, '_');
    }
    valid
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The value as a string that means the same to a server.
fn quoted(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Integer(number) => format!("\"{number}\""),
        DeValue::Float(number) => format!("\"{number}\""),
        DeValue::Boolean(value) => format!("\"{value}\""),
        DeValue::Datetime(date) => format!("\"{date}\""),
        DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_) => "\"…\"".to_owned(),
    }
}
