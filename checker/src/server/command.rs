//! What to run, as one would type it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCommand {
    /// Looked up in `PATH` when it is a bare name.
    pub program: PathBuf,
    /// Handed over as they are; no shell reads them.
    pub args: Vec<OsString>,
}

/// Why a command line could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no word in it.
    #[error("the command is empty: give a program and its arguments, such as 'node server.js'")]
    Empty,
    /// A quotation mark has no partner.
    #[error("the command ends inside a quotation: add the closing {0}")]
    Unclosed(char),
}

impl ServerCommand {
    /// Reads a command line with the quoting rules of a POSIX shell, and nothing else of a shell.
    ///
    /// A server runs in a fresh working directory. So that the command still means what it meant where it was typed,
    /// a program with a slash in it and every argument that names an existing file become absolute, `--option=FILE` too.
    ///
    /// # Errors
    ///
    /// When no word or an unclosed quotation is found.
    pub fn parse(text: &str, invoking_dir: &Path) -> Result<Self, CommandError> {
        let mut words = split_words(text)?.into_iter();
        let program = words.next().ok_or(CommandError::Empty)?;
        let program = if program.contains('/') {
            invoking_dir.join(program)
        } else {
            PathBuf::from(program)
        };
        let args = words.map(|word| absolute(&word, invoking_dir)).collect();
        Ok(Self { program, args })
    }
}

fn absolute(word: &str, dir: &Path) -> OsString {
    if let Some((option, value)) = word.split_once('=')
        && option.starts_with('-')
    {
        let mut joined = OsString::from(format!("{option}="));
        joined.push(absolute(value, dir));
        return joined;
    }
    let path = dir.join(word);
    // A bare word that happens to be a folder's name, as in `npm run test`, is more likely a word.
    let names_a_path =
        path.is_file() || (path.is_dir() && (word.contains('/') || matches!(word, "." | "..")));
    if names_a_path {
        path.into_os_string()
    } else {
        word.into()
    }
}

fn split_words(text: &str) -> Result<Vec<String>, CommandError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(CommandError::Unclosed('\''))? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(CommandError::Unclosed('"'))? {
                        '"' => break,
                        '\\' => match chars.next().ok_or(CommandError::Unclosed('"'))? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Quoted where a shell would need it.
impl fmt::Display for ServerCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", quoted(&self.program.to_string_lossy()))?;
        for arg in &self.args {
            write!(f, " {}", quoted(&arg.to_string_lossy()))?;
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        split_words(text).unwrap()
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        for (text, expected) in [
            ("node server.js", vec!["node", "server.js"]),
            ("  a \t b\n", vec!["a", "b"]),
            ("a 'b c' d", vec!["a", "b c", "d"]),
            (r#"a "b \"c\" \n" d"#, vec!["a", r#"b "c" \n"#, "d"]),
            (r"a b\ c", vec!["a", "b c"]),
            (r#"a '' """#, vec!["a", "", ""]),
            (r#"pre"fix"'ed'"#, vec!["prefixed"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn an_empty_command_and_an_unclosed_quotation_are_errors() {
        let parse = |text| ServerCommand::parse(text, Path::new("/"));
        assert_eq!(parse("  "), Err(CommandError::Empty));
        assert_eq!(parse("a 'b"), Err(CommandError::Unclosed('\'')));
        assert_eq!(parse("a \"b"), Err(CommandError::Unclosed('"')));
    }

    #[test]
    fn what_names_a_file_where_the_command_was_typed_becomes_absolute() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("server.js"), "").unwrap();
        std::fs::create_dir(dir.path().join("public")).unwrap();
        let at = |name: &str| dir.path().join(name).into_os_string();
        let joined = |option: &str, name: &str| {
            let mut joined = OsString::from(option);
            joined.push(at(name));
            joined
        };

        let command = ServerCommand::parse(
            "node server.js --main=server.js public ./public absent.js",
            dir.path(),
        )
        .unwrap();
        assert_eq!(command.program, Path::new("node"));
        assert_eq!(
            command.args,
            [
                at("server.js"),
                joined("--main=", "server.js"),
                "public".into(),
                at("./public"),
                "absent.js".into()
            ]
        );

        let local = ServerCommand::parse("./target/server", dir.path()).unwrap();
        assert_eq!(local.program, dir.path().join("./target/server"));
    }

    proptest! {
        #[test]
        fn a_printed_command_reads_back_as_the_same(words in prop::collection::vec("[^/\\x00]{0,12}", 1..5)) {
            let command = ServerCommand {
                program: PathBuf::from(&words[0]),
                args: words[1..].iter().map(OsString::from).collect(),
            };
            let read = ServerCommand::parse(&command.to_string(), Path::new("/nowhere")).unwrap();
            prop_assert_eq!(read, command);
        }
    }
}
