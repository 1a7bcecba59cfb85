//! Numbers, ranges of them, sizes and durations.

use serde_json::Number;

use super::cursor::{Cursor, Parsed};
use super::suggest;
use super::token::{Token, TokenKind};
use crate::notation::ast::{Duration, DurationUnit, NumberSource, Size, SizeUnit, Span, Within};
use crate::notation::diagnostic::Diagnostic;

/// A unit as it is written here, and as people write it elsewhere.
type Spellings = (&'static str, &'static [&'static str]);

const DURATIONS: [Spellings; 2] = [
    ("ms", &["msec", "msecs", "millis", "milliseconds"]),
    ("s", &["sec", "secs", "second", "seconds"]),
];

const SIZES: [Spellings; 3] = [
    ("KiB", &["K", "KB", "kilobytes"]),
    ("MiB", &["M", "MB", "megabytes"]),
    ("GiB", &["G", "GB", "gigabytes"]),
];

/// A number with another unit than that, the units it was probably meant to have first.
fn unknown_unit(count: u64, word: &str, span: Span, of: &str, units: &[Spellings]) -> Diagnostic {
    let all: Vec<_> = units.iter().map(|(unit, _)| *unit).collect();
    let spellings: Vec<_> = units
        .iter()
        .flat_map(|(unit, others)| others.iter().chain([unit]))
        .copied()
        .collect();
    let near = suggest::nearest(word, &spellings);
    let mut meant: Vec<_> = units
        .iter()
        .filter(|(unit, others)| {
            near.contains(unit) || near.iter().any(|near| others.contains(near))
        })
        .map(|(unit, _)| format!("{count}{unit}"))
        .collect();
    if meant.is_empty() {
        meant = all.iter().map(|unit| format!("{count}{unit}")).collect();
    }
    let meant: Vec<_> = meant.iter().map(String::as_str).collect();
    Diagnostic::error(
        format!("unknown unit of {of} `{word}`"),
        span,
        format!("not {}", suggest::list(&all)),
    )
    .help(format!("write {}", suggest::list(&meant)))
}

impl Cursor<'_> {
    /// A whole number without a sign, and the word right behind it.
    fn count_and_unit(&mut self, what: &str, example: &str) -> Parsed<(u64, String, Span)> {
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self
                .unexpected(what, &[])
                .help(format!("write `{example}`, say")));
        };
        self.bump();
        let count = number.parse::<u64>().map_err(|_| {
            let label = if number.bytes().all(|digit| digit.is_ascii_digit()) {
                "too large"
            } else {
                "not a whole number"
            };
            Diagnostic::error(format!("`{number}` is not {what}"), span.clone(), label).help(
                format!("write a whole number and its unit: `{example}`, say"),
            )
        })?;
        let mut span = span.clone();
        let mut unit = String::new();
        if let Some(Token {
            kind: TokenKind::Word(word),
            span: word_span,
        }) = self.peek()
            && word_span.start == span.end
        {
            self.bump();
            unit.clone_from(word);
            span.end = word_span.end;
        }
        Ok((count, unit, span))
    }

    fn space_before_unit(&self, count: u64, unit: &str) -> Diagnostic {
        Diagnostic::error(
            "a space before the unit",
            self.here(),
            "belongs to the number",
        )
        .help(format!("write `{count}{unit}`"))
    }

    /// `400ms`, `2s`.
    pub(super) fn duration(&mut self) -> Parsed<Duration> {
        let (count, word, span) = self.count_and_unit("a duration", "400ms")?;
        let unit = match word.as_str() {
            "ms" => DurationUnit::Milliseconds,
            "s" => DurationUnit::Seconds,
            "" => {
                if let Some(unit) = self.peek().and_then(Token::word)
                    && DURATIONS.iter().any(|(known, _)| *known == unit)
                {
                    return Err(self.space_before_unit(count, unit));
                }
                return Err(Diagnostic::error(
                    "a duration without a unit",
                    span,
                    "seconds or milliseconds?",
                )
                .help(format!("write `{count}ms` or `{count}s`")));
            }
            _ => return Err(unknown_unit(count, &word, span, "time", &DURATIONS)),
        };
        Ok(Duration { count, unit })
    }

    /// `64KiB`, `100`.
    pub(super) fn size(&mut self) -> Parsed<Size> {
        let (count, word, span) = self.count_and_unit("a size", "64KiB")?;
        let unit = match word.as_str() {
            "" => SizeUnit::Bytes,
            "KiB" => SizeUnit::KiB,
            "MiB" => SizeUnit::MiB,
            "GiB" => SizeUnit::GiB,
            "B" | "b" | "byte" | "bytes" => {
                return Err(Diagnostic::error("a unit for bytes", span, "has none")
                    .help(format!("write `{count}`")));
            }
            _ => return Err(unknown_unit(count, &word, span, "size", &SIZES)),
        };
        if let Some(word) = self.peek().and_then(Token::word)
            && SIZES.iter().any(|(unit, _)| *unit == word)
        {
            return Err(self.space_before_unit(count, word));
        }
        if count.checked_mul(unit.bytes()).is_none() {
            return Err(
                Diagnostic::error("a size too large", span, "more than 2^64 bytes")
                    .help("write a smaller size"),
            );
        }
        Ok(Size { count, unit })
    }

    /// `within 2s`, `within 300ms..1s`, if it is there.
    pub(super) fn within(&mut self) -> Parsed<Option<Within>> {
        if self.eat_word("within").is_none() {
            return Ok(None);
        }
        let start = self.here().start;
        let first = self.duration()?;
        if self.eat_symbol("..").is_none() {
            return Ok(Some(Within {
                from: None,
                to: first,
            }));
        }
        let to = self.duration()?;
        if std::time::Duration::from(first) > std::time::Duration::from(to) {
            return Err(Diagnostic::error(
                "a range that ends before it begins",
                start..self.end_of_last(),
                "reversed",
            )
            .help("write the lower bound first"));
        }
        Ok(Some(Within {
            from: Some(first),
            to,
        }))
    }

    /// `1..60`: whole numbers, both ends included.
    pub(super) fn integer_range(&mut self) -> Parsed<(i64, i64, Span)> {
        let start = self.here().start;
        let from = self.integer()?;
        self.dots()?;
        let to = self.integer()?;
        let span = start..self.end_of_last();
        if from > to {
            return Err(
                Diagnostic::error("a range that ends before it begins", span, "reversed")
                    .help(format!("write `{to}..{from}`")),
            );
        }
        Ok((from, to, span))
    }

    /// The two dots of a range.
    pub(super) fn dots(&mut self) -> Parsed<()> {
        if let Some(span) = self.eat_symbol("...") {
            return Err(
                Diagnostic::error("a range has two dots", span, "three dots").help("write `..`"),
            );
        }
        self.expect_symbol("..").map(|_| ())
    }

    fn integer(&mut self) -> Parsed<i64> {
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self
                .unexpected("a whole number", &[])
                .help("write a range of whole numbers: `1..60`, say"));
        };
        let value = number.parse().map_err(|_| {
            Diagnostic::error(
                format!("`{number}` is not a whole number of 64 bits"),
                span.clone(),
                "not a whole number",
            )
            .help("write a range of whole numbers: `1..60`, say")
        })?;
        self.bump();
        Ok(value)
    }

    /// A number of JSON, if one is there.
    pub(super) fn eat_number(&mut self) -> Parsed<Option<Number>> {
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Ok(None);
        };
        self.bump();
        json_number(number, span).map(Some)
    }

    /// A small whole number from a range, or a variable that holds one.
    pub(super) fn small_number(
        &mut self,
        what: &str,
        least: u8,
        greatest: u8,
    ) -> Parsed<NumberSource> {
        if let Some(variable) = self.eat_variable() {
            return Ok(NumberSource::Variable(variable));
        }
        let help = format!("write a number from {least} to {greatest}, or a variable");
        let Some(Token {
            kind: TokenKind::Number(number),
            span,
        }) = self.peek()
        else {
            return Err(self.unexpected(what, &[]).help(help));
        };
        let value = number
            .parse()
            .ok()
            .filter(|value| (least..=greatest).contains(value))
            .ok_or_else(|| {
                Diagnostic::error(
                    format!("`{number}` is not {what}"),
                    span.clone(),
                    format!("not from {least} to {greatest}"),
                )
                .help(help)
            })?;
        self.bump();
        Ok(NumberSource::Literal(value))
    }
}

fn json_number(number: &str, span: &Span) -> Parsed<Number> {
    let digits = number.trim_start_matches('-');
    if digits.len() > 1
        && digits.starts_with('0')
        && digits[1..].starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(Diagnostic::error(
            format!("`{number}` begins with a zero"),
            span.clone(),
            "not a number of JSON",
        )
        .help("leave the zeros out, or write a string"));
    }
    let number_value = if digits.bytes().all(|digit| digit.is_ascii_digit()) && number != "-0" {
        let positive = number.parse::<u64>().map(Number::from);
        positive
            .or_else(|_| number.parse::<i64>().map(Number::from))
            .ok()
    } else {
        number.parse::<f64>().ok().and_then(Number::from_f64)
    };
    number_value.ok_or_else(|| {
        Diagnostic::error(
            format!("`{number}` is too large"),
            span.clone(),
            "does not fit into 64 bits",
        )
        .help("write a smaller number, or a string; to send it as text, write `text \"…\"`")
    })
}

impl SizeUnit {
    /// As it stands behind the number.
    pub(in crate::notation) fn suffix(self) -> &'static str {
        match self {
            Self::Bytes => "",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::GiB => "GiB",
        }
    }
}
