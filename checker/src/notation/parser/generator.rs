//! `let $x = …`: where a value comes from.

use super::cursor::{Cursor, Parsed};
use super::token::{Token, TokenKind};
use crate::notation::ast::{
    Duration, Generator, JwtSigning, Offset, Statement, Template, TemplateNode,
};
use crate::notation::diagnostic::Diagnostic;

const GENERATORS: [&str; 6] = ["text", "word", "number", "bytes", "sha256", "jwt"];

impl Cursor<'_> {
    /// What stands behind `let`.
    pub(super) fn binding(&mut self) -> Parsed<Statement> {
        let variable = self.expect_variable()?;
        self.expect_symbol("=")?;
        let generator = self.generator()?;
        self.finish(match &generator {
            Generator::Jwt {
                signing: JwtSigning::Secret,
                expires_in: None,
                ..
            } => &["expires", "key", "alg"],
            Generator::Jwt {
                signing: JwtSigning::Secret,
                ..
            } => &["key", "alg"],
            _ => &[],
        })?;
        Ok(Statement::Let {
            variable,
            generator,
        })
    }

    fn generator(&mut self) -> Parsed<Generator> {
        if let Some(source) = self.eat_variable() {
            return self.slice(source);
        }
        let Some(word) = self
            .peek()
            .and_then(Token::word)
            .filter(|word| GENERATORS.contains(word))
        else {
            let diagnostic = self.unexpected("a source of values", &GENERATORS);
            return Err(match self.peek().map(|token| &token.kind) {
                Some(
                    TokenKind::String(_) | TokenKind::Number(_) | TokenKind::Symbol("{" | "["),
                ) => diagnostic.help("a fixed value needs no variable: write it where it is used"),
                _ => diagnostic,
            });
        };
        self.bump();
        Ok(match word {
            "text" => Generator::Text {
                size: if self.peek().is_some() {
                    Some(self.size()?)
                } else {
                    None
                },
            },
            "word" => Generator::Word,
            "number" => {
                let (from, to, _) = self.integer_range()?;
                Generator::Number { from, to }
            }
            "bytes" => Generator::Bytes { size: self.size()? },
            "sha256" => Generator::Sha256(self.expect_variable()?),
            _ => self.jwt()?,
        })
    }

    fn jwt(&mut self) -> Parsed<Generator> {
        if !self.at_symbol("{") {
            return Err(self
                .unexpected("the claims", &[])
                .help("claims are an object: `{\"sub\": \"u1\"}`, say"));
        }
        let claims = self.template()?;
        let expires_in = self.expires_in(&claims)?;
        let signing = if self.eat_word("key").is_some() {
            let Some(key) = self.eat_string() else {
                return Err(self
                    .unexpected("a string", &[])
                    .help("write the key in double quotes"));
            };
            JwtSigning::Key(key.clone())
        } else if self.eat_word("alg").is_some() {
            if self.eat_word("none").is_none() {
                return Err(self
                    .unexpected("`none`", &["none"])
                    .help("write `none`; a token that is signed is signed with HS256"));
            }
            JwtSigning::None
        } else {
            JwtSigning::Secret
        };
        Ok(Generator::Jwt {
            claims,
            expires_in,
            signing,
        })
    }

    /// `expires in 2s`, if it is there.
    fn expires_in(&mut self, claims: &Template) -> Parsed<Option<Duration>> {
        let start = self.here().start;
        if self.eat_word("expires").is_none() {
            return Ok(None);
        }
        self.expect_word("in")
            .map_err(|diagnostic| diagnostic.help("write `expires in 2s`, say"))?;
        let expires_in = self.duration()?;
        let TemplateNode::Object(members) = &claims.node else {
            return Ok(Some(expires_in));
        };
        let own = members
            .iter()
            .find(|(key, _)| key.as_literal() == Some("exp"));
        match own {
            None => Ok(Some(expires_in)),
            Some((key, _)) => Err(Diagnostic::error(
                "`exp` twice",
                start..self.end_of_last(),
                "sets the claim `exp`",
            )
            .note(key.span.clone(), "set here already")
            .help("remove one of the two")),
        }
    }

    /// What stands behind `let $x = $file`.
    fn slice(&mut self, source: crate::notation::ast::Variable) -> Parsed<Generator> {
        if self.eat_symbol("[").is_none() {
            let name = &source.node;
            return Err(self.unexpected("`[`", &[]).help(format!(
                "write a slice, `${name}[..32KiB]`; the whole value is `${name}` itself"
            )));
        }
        let start = self.here().start;
        let from = self.offset("..")?;
        self.dots()?;
        let to = self.offset("]")?;
        let span = start..self.end_of_last();
        self.expect_symbol("]")?;
        if let (Some(Offset::Size(from)), Some(Offset::Size(to))) = (&from, &to)
            && from.bytes() > to.bytes()
        {
            return Err(
                Diagnostic::error("a slice that ends before it begins", span, "reversed")
                    .help("write the lower offset first"),
            );
        }
        Ok(Generator::Slice { source, from, to })
    }

    fn offset(&mut self, end: &str) -> Parsed<Option<Offset>> {
        if self.at_symbol(end) {
            return Ok(None);
        }
        if let Some(variable) = self.eat_variable() {
            return Ok(Some(Offset::Variable(variable)));
        }
        self.size().map(|size| Some(Offset::Size(size)))
    }
}
