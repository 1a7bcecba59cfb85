//! One line: which kind it is, and the lines that begin with a keyword.

use std::ops::RangeInclusive;

use super::client::VERBS;
use super::client_page::meant_by_its_verb;
use super::cursor::{Cursor, Parsed};
use super::string::{is_name, name_help};
use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    Client, ClientName, DurationSource, EnvSetting, Explore, For, List, ListItem, Script, Span,
    Spanned, Statement,
};
use crate::notation::diagnostic::Diagnostic;

/// The words that a line can begin with.
const KEYWORDS: [&str; 12] = [
    "given", "env", "let", "in", "together", "for", "explore", "wait", "measure", "server",
    "client", "nothing",
];

/// The words that lines of later versions begin with.
const RESERVED: [&str; 1] = ["link"];

/// How often a `for` may turn.
const MOST_TURNS: u64 = 100_000;

/// Understands the tokens of one line. A block is left empty, to be filled in.
pub(super) fn statement(tokens: &[Token]) -> Parsed<Statement> {
    let mut cursor = Cursor::new(tokens);
    let Some(first) = cursor.bump() else {
        return Err(Diagnostic::error(
            "an empty line",
            cursor.here(),
            "expected a statement",
        ));
    };
    let Some(word) = first.word() else {
        return Err(Diagnostic::error(
            format!("a line cannot begin with {}", first.describe()),
            first.span.clone(),
            "expected a client's name or a keyword",
        )
        .help(format!(
            "begin with a client's name or {}",
            suggest::list(&KEYWORDS)
        )));
    };
    match word {
        "given" => cursor.given(),
        "env" => cursor.env(),
        "let" => cursor.binding(),
        "in" => cursor.in_any_order(),
        "together" => {
            cursor.colon()?;
            Ok(Statement::Together(Script::default()))
        }
        "for" => cursor.for_each(),
        "explore" => cursor.explore(),
        "wait" => cursor.wait(),
        "measure" => cursor.measure(),
        "server" => cursor.server_line(first.span.clone()),
        "client" => cursor.driven_client(),
        "nothing" => cursor.nothing_connects(),
        _ if RESERVED.contains(&word) => Err(Diagnostic::error(
            format!("`{word}` is reserved"),
            first.span.clone(),
            "begins lines that this version cannot grade yet",
        )
        .help("remove the line; if a client is meant, give it another name")),
        _ => {
            let by_its_verb = cursor
                .peek()
                .and_then(|verb| meant_by_its_verb(word, verb, cursor.peek_at(1)));
            if let Some(keyword) = by_its_verb.or_else(|| cursor.misspelt_keyword(word)) {
                return Err(Diagnostic::error(
                    format!("unknown keyword `{word}`"),
                    first.span.clone(),
                    "neither a keyword nor a client with a verb",
                )
                .help(format!("write `{keyword}`")));
            }
            let client = client(word, &first.span)?;
            cursor.client_line(client)
        }
    }
}

pub(super) fn client(word: &str, span: &Span) -> Parsed<Client> {
    let (user, device) = match word.split_once('/') {
        Some((user, device)) => (user, Some(device)),
        None => (word, None),
    };
    if KEYWORDS.contains(&user) || RESERVED.contains(&user) {
        return Err(Diagnostic::error(
            format!("`{user}` is reserved"),
            span.clone(),
            "not a client's name",
        )
        .help("a client needs another name"));
    }
    let error = |help| {
        Err(Diagnostic::error(
            format!("`{word}` is not a client's name"),
            span.clone(),
            "not a name",
        )
        .help(help))
    };
    match device {
        _ if !is_name(user) => return error(name_help("", user, "")),
        Some(device) if !is_name(device) => {
            return error(name_help(&format!("{user}/"), device, ""));
        }
        _ => {}
    }
    Ok(Spanned::new(
        ClientName {
            user: user.to_owned(),
            device: device.map(str::to_owned),
        },
        span.clone(),
    ))
}

impl Cursor<'_> {
    /// The keyword that the first word was probably meant to be, judged by what follows it.
    fn misspelt_keyword(&self, first: &str) -> Option<&'static str> {
        let second = self.peek();
        let (follows, certain): (&[&str], bool) = match second.map(|token| &token.kind) {
            Some(TokenKind::Variable(_)) => match self.peek_at(1).map(|token| &token.kind) {
                Some(TokenKind::String(_)) => (&["wait"], true),
                _ => (&["let", "for"], true),
            },
            Some(TokenKind::Symbol(":")) => (&["together"], true),
            Some(TokenKind::Number(_)) => (&["wait"], true),
            Some(TokenKind::String(_)) => (&["measure"], true),
            Some(TokenKind::Word(word)) => {
                let third = self.peek_at(1);
                if word == "any" || third.and_then(Token::word) == Some("order") {
                    (&["in"], true)
                } else if third.is_some_and(|token| token.is_symbol("=")) {
                    (&["env"], true)
                } else if third
                    .and_then(Token::word)
                    .is_some_and(|with| suggest::is_near(with, "with"))
                    && matches!(
                        self.peek_at(2).map(|token| &token.kind),
                        Some(TokenKind::Number(_))
                    )
                {
                    (&["explore"], true)
                } else if VERBS.contains(&word.as_str())
                    || !suggest::nearest(word, &VERBS).is_empty()
                    || matches!(
                        third,
                        Some(Token {
                            kind: TokenKind::Path(_),
                            ..
                        })
                    )
                {
                    return None;
                } else if third.is_none() {
                    (&["given"], false)
                } else {
                    (&KEYWORDS, false)
                }
            }
            Some(_) => return None,
            None => (&["together"], false),
        };
        let mut near = suggest::nearest(first, follows);
        if certain && near.is_empty() {
            near = suggest::nearest(first, &KEYWORDS);
        }
        KEYWORDS.into_iter().find(|keyword| near.contains(keyword))
    }

    /// The `:` before a block, with nothing behind it.
    pub(super) fn colon(&mut self) -> Parsed<()> {
        if self.eat_symbol(":").is_none() {
            let diagnostic = self.unexpected("`:`", &[":"]);
            return Err(match self.peek() {
                None => Diagnostic::error("missing `:`", diagnostic.span, "expected `:`")
                    .help("write `:`; the lines of the block follow, indented by two spaces"),
                Some(_) => diagnostic,
            });
        }
        match self.peek() {
            None => Ok(()),
            Some(token) => Err(Diagnostic::error(
                "the first line of a block behind its `:`",
                token.span.clone(),
                "stands on a line of its own",
            )
            .help("begin a line, indented by two spaces")),
        }
    }

    fn given(&mut self) -> Parsed<Statement> {
        let Some(Token {
            kind: TokenKind::Id(id),
            span,
        }) = self.bump()
        else {
            return Err(self
                .unexpected("a check's id", &[])
                .help("write the id of an earlier check: `given join`, say"));
        };
        self.finish(&[])?;
        let is_id = id
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
        if !is_id {
            return Err(Diagnostic::error(
                format!("`{id}` is not a check's id"),
                span.clone(),
                "not an id",
            )
            .help("write the id as its heading has it behind `#`: `given join`, say"));
        }
        Ok(Statement::Given(Spanned::new(id.clone(), span.clone())))
    }

    fn env(&mut self) -> Parsed<Statement> {
        let mut settings: Vec<EnvSetting> = Vec::new();
        while let Some(Token {
            kind: TokenKind::Setting { name, value },
            ..
        }) = self.peek()
        {
            if let Some(first) = settings.iter().find(|other| other.name == *name) {
                return Err(Diagnostic::error(
                    format!("`{}` twice", name.node),
                    name.span.clone(),
                    "again",
                )
                .note(first.name.span.clone(), "first here")
                .help("remove one of the two"));
            }
            self.bump();
            settings.push(EnvSetting {
                name: name.clone(),
                value: value.clone(),
            });
        }
        if settings.is_empty() || self.peek().is_some() {
            let diagnostic = self.unexpected("`NAME=value`", &[]);
            return Err(match self.peek().and_then(Token::word) {
                Some(name) => {
                    diagnostic.help(format!("write `{name}=…`, without spaces around `=`"))
                }
                None => diagnostic.help("write `env HISTORY_LIMIT=5`, say"),
            });
        }
        Ok(Statement::Env(settings))
    }

    fn in_any_order(&mut self) -> Parsed<Statement> {
        self.expect_word("any").map_err(in_full)?;
        self.expect_word("order").map_err(in_full)?;
        self.colon()?;
        Ok(Statement::InAnyOrder(Script::default()))
    }

    fn wait(&mut self) -> Parsed<Statement> {
        let duration = match self.eat_variable() {
            Some(variable) => DurationSource::Variable(variable),
            None => DurationSource::Literal(self.duration()?),
        };
        let reason_span = self.here();
        let Some(reason) = self.eat_string() else {
            return Err(self
                .unexpected("a reason", &[])
                .help("say why time has to pass: `wait 400ms \"the window is 300 ms\"`"));
        };
        self.finish(&[])?;
        match reason.as_literal() {
            Some(text) if !text.trim().is_empty() => Ok(Statement::Wait {
                duration,
                reason: Spanned::new(text.to_owned(), reason_span),
            }),
            Some(_) => Err(
                Diagnostic::error("an empty reason", reason_span, "says nothing")
                    .help("say why time has to pass: `wait 400ms \"the window is 300 ms\"`"),
            ),
            None => Err(Diagnostic::error(
                "a variable in a reason",
                reason_span,
                "the reader does not know its value",
            )
            .help("write it out; `$${` is the text `${`")),
        }
    }

    fn explore(&mut self) -> Parsed<Statement> {
        let span = self.here();
        let Some(name) = self.peek().and_then(Token::word) else {
            return Err(in_full_explore(
                self.unexpected("an exploration's name", &[]),
            ));
        };
        if !is_name(name) {
            return Err(Diagnostic::error(
                format!("`{name}` is not an exploration's name"),
                span,
                "not a name",
            )
            .help(name_help("", name, "")));
        }
        let name = Spanned::new(name.to_owned(), span);
        self.bump();
        self.expect_word("with").map_err(in_full_explore)?;
        let clients = self.count_of("clients", Explore::CLIENTS)?;
        self.expect_word("for").map_err(in_full_explore)?;
        let steps = self.count_of("steps", Explore::STEPS)?;
        self.finish(&[])?;
        Ok(Statement::Explore(Explore {
            name,
            clients,
            steps,
        }))
    }

    /// `4 clients`.
    fn count_of(&mut self, what: &'static str, range: RangeInclusive<usize>) -> Parsed<usize> {
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(in_full_explore(self.unexpected("a number", &[])));
        };
        let count = number.parse().ok().filter(|count| range.contains(count));
        let Some(count) = count else {
            let (least, most) = (range.start(), range.end());
            return Err(Diagnostic::error(
                format!("an exploration with {number} {what}"),
                span.clone(),
                format!("not from {least} to {most}"),
            )
            .help(format!("write a whole number from {least} to {most}")));
        };
        self.bump();
        self.expect_word(what).map_err(in_full_explore)?;
        Ok(count)
    }

    fn for_each(&mut self) -> Parsed<Statement> {
        let variable = self.expect_variable()?;
        self.expect_word("in")?;
        let list = self.list()?;
        let within = self.within()?;
        if within.is_none()
            && let Some(token) = self.peek().filter(|token| !token.is_symbol(":"))
            && token.word().is_some()
        {
            return Err(self.unexpected("`within` or `:`", &["within"]));
        }
        self.colon()?;
        Ok(Statement::For(For {
            variable,
            list,
            within,
            body: Script::default(),
        }))
    }

    fn list(&mut self) -> Parsed<List> {
        if let Some(source) = self.eat_variable() {
            if self.peek().is_none_or(|token| token.word().is_none()) {
                let name = &source.node;
                return Err(self.unexpected("`by`", &["by"]).help(format!(
                    "write `${name} by 64KiB`: bytes are run through in chunks"
                )));
            }
            self.expect_word("by")?;
            let start = self.here().start;
            let size = self.size()?;
            if size.bytes() == 0 {
                return Err(Diagnostic::error(
                    "chunks of no bytes",
                    start..self.end_of_last(),
                    "would never end",
                )
                .help("write `by 64KiB`, say"));
            }
            return Ok(List::Chunks { source, size });
        }
        match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Symbol("[")) => self.values(),
            Some(TokenKind::Number(_)) => {
                let (from, to, span) = self.integer_range()?;
                if to.abs_diff(from) >= MOST_TURNS {
                    return Err(Diagnostic::error(
                        "too many turns",
                        span,
                        format!("more than {MOST_TURNS}"),
                    )
                    .help("write a smaller range"));
                }
                Ok(List::Range { from, to })
            }
            _ => {
                let diagnostic = self.unexpected("a list", &[]);
                Err(match self.peek().and_then(Token::word) {
                    Some(word) if is_name(word) => {
                        diagnostic.help(format!("write `${word} by 64KiB`, `[…]` or `1..60`"))
                    }
                    _ => diagnostic.help("write `[…]`, `1..60` or `$file by 64KiB`"),
                })
            }
        }
    }

    fn values(&mut self) -> Parsed<List> {
        let start = self.here().start;
        let values = self.items(|cursor| {
            let start = cursor.here().start;
            let item = if cursor.at_word("hex") {
                ListItem::Hex(cursor.hex()?)
            } else {
                ListItem::Json(cursor.template_or(&["hex"])?)
            };
            Ok(Spanned::new(item, start..cursor.end_of_last()))
        })?;
        if values.is_empty() {
            return Err(Diagnostic::error(
                "an empty list",
                start..self.end_of_last(),
                "nothing would be done",
            )
            .help("write the values that `for` runs through"));
        }
        Ok(List::Values(values))
    }
}

/// The words of `explore` make sense together only.
fn in_full_explore(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.help("write `explore NAME with 4 clients for 300 steps`")
}

/// The words of `in any order:` make sense together only.
fn in_full(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.help("write `in any order:`")
}
