//! The values of a run: random ones from its seed, derived ones, and JSON made from templates.

mod jwt;
pub(crate) mod random;
mod seed;
#[cfg(test)]
mod tests;
mod token;

use std::time::SystemTime;

use bytes::Bytes;
use hmac::digest::InvalidLength;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use seed::{ParseSeedError, Seed};

use crate::notation::ast::{Generator, Offset, Size, Template, TemplateNode, Variable};
use crate::notation::json;
use crate::notation::text::{ResolveError, resolve};
use crate::notation::value::{Bindings, Value};

/// The most that `text SIZE` and `bytes SIZE` make, in bytes: four times the largest message that is kept.
pub const MAX_SIZE: u64 = 256 << 20;

/// The longest that `wait $x` waits: what `$x` holds may come from the server under test.
pub const MAX_WAIT_MS: u64 = 10_000;

/// The random values of one check.
///
/// A value depends on the seed, the check's id, the variable's name and the turns of the `for` lines around it, and on
/// nothing else: neither on the order in which values are made nor on what other checks do. The lines of a `given` part
/// use the values of the check in which they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    seed: Seed,
    check: String,
}

/// Why a value cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvaluateError {
    /// A variable in text, in a member's key or elsewhere has no value, or holds bytes where only JSON can stand.
    #[error(transparent)]
    Variable(#[from] ResolveError),
    /// A variable holds another kind of value.
    #[error("`${variable}` must hold {wanted}, but holds {held}")]
    WrongKind {
        /// Its name.
        variable: String,
        /// What it should hold.
        wanted: &'static str,
        /// What it does hold.
        held: String,
    },
    /// A slice does not lie within its source.
    #[error("`${variable}` has {length} bytes, so it cannot be cut from byte {from} to byte {to}")]
    OutOfRange {
        /// The name of what is cut.
        variable: String,
        /// How many bytes it has.
        length: usize,
        /// The first byte asked for.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
    /// `number 6..1`.
    #[error("there is no number from {from} to {to}: put the smaller one first")]
    EmptyRange {
        /// The least.
        from: i64,
        /// The greatest.
        to: i64,
    },
    /// More than [`MAX_SIZE`].
    #[error("{0} bytes are too many: a value has at most {MAX_SIZE}")]
    TooLarge(u64),
    /// `jwt {claims}` without a secret to sign with.
    #[error(
        "there is no secret to sign with: name its variable in the page's front matter \
         (`secret = \"JWT_SECRET\"` under `[server]`), or write `key \"…\"` after the claims"
    )]
    NoSecret,
    /// The claims of a `jwt` are no object.
    #[error("the claims of a `jwt` must be an object")]
    ClaimsNotAnObject,
    /// Two members of an object have the same key once their variables are replaced.
    #[error("the object has the member {0:?} twice")]
    DuplicateMember(String),
    /// HMAC refuses the key.
    #[error("the key cannot be used to sign: {0}")]
    Key(InvalidLength),
}

impl Values {
    /// The values of the check with this id.
    pub fn new(seed: Seed, check: impl Into<String>) -> Self {
        Self {
            seed,
            check: check.into(),
        }
    }

    /// The random user name that the variable of a client's name holds: seven lower-case letters. `is_taken` tells names
    /// that other clients have.
    pub fn user_name(&self, client: &str, is_taken: impl Fn(&str) -> bool) -> String {
        let mut rng = self.rng("client", client, &[]);
        loop {
            let name = random::name(&mut rng);
            if !is_taken(&name) {
                return name;
            }
        }
    }

    /// The value of `let $variable = generator` in these turns of the `for` lines around it, the outermost first.
    ///
    /// # Errors
    /// See [`EvaluateError`]. What a variable holds may come from the server under test; so the error may be its fault.
    pub fn evaluate(
        &self,
        variable: &str,
        turns: &[usize],
        generator: &Generator,
        bindings: &Bindings,
        secret: Option<&str>,
    ) -> Result<Value, EvaluateError> {
        let mut rng = self.rng("let", variable, turns);
        Ok(match generator {
            Generator::Text { size: None } => new_json(random::text(&mut rng)),
            Generator::Text { size: Some(size) } => {
                new_json(random::text_of(&mut rng, checked(*size)?))
            }
            Generator::Word => new_json(random::word(&mut rng)),
            Generator::Number { from, to } => {
                let (from, to) = (*from, *to);
                let number = random::number(&mut rng, from, to);
                new_json(number.ok_or(EvaluateError::EmptyRange { from, to })?)
            }
            Generator::Bytes { size } => {
                Value::Bytes(random::bytes(&mut rng, checked(*size)?).into())
            }
            Generator::Sha256(source) => new_json(sha256(content(source, bindings)?)),
            Generator::Slice { source, from, to } => {
                Value::Bytes(slice(source, from.as_ref(), to.as_ref(), bindings)?)
            }
            Generator::Jwt {
                claims,
                expires_in,
                signing,
            } => {
                let mut claims = token::claims(claims, bindings)?;
                if let Some(expires_in) = expires_in {
                    token::expire(&mut claims, SystemTime::now(), (*expires_in).into())?;
                }
                new_json(token::sign(&claims, signing, bindings, secret)?)
            }
        })
    }

    pub(crate) fn rng(&self, kind: &str, name: &str, turns: &[usize]) -> ChaCha8Rng {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_bytes());
        for part in [kind, &self.check, name] {
            // With its length, so that no two lists of parts make the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        for turn in turns {
            hash.update((*turn as u64).to_be_bytes());
        }
        ChaCha8Rng::from_seed(hash.finalize().into())
    }
}

/// A secret that nobody can guess, for one server of one run.
pub fn fresh_secret() -> String {
    let mut secret = [0; 16];
    ChaCha8Rng::from_os_rng().fill_bytes(&mut secret);
    secret.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The JSON that a template makes of what its variables hold.
///
/// # Errors
/// A variable is unbound or holds bytes, or two members get the same key.
pub fn template(template: &Template, bindings: &Bindings) -> Result<Json, EvaluateError> {
    Ok(match &template.node {
        TemplateNode::Null => Json::Null,
        TemplateNode::Bool(boolean) => Json::Bool(*boolean),
        TemplateNode::Number(number) => Json::Number(number.clone()),
        TemplateNode::String(text) => Json::String(resolve(text, bindings)?),
        TemplateNode::Array(items) => Json::Array(
            items
                .iter()
                .map(|item| self::template(item, bindings))
                .collect::<Result<_, _>>()?,
        ),
        TemplateNode::Object(members) => {
            let mut object = serde_json::Map::new();
            for (key, value) in members {
                let key = resolve(key, bindings)?;
                if object
                    .insert(key.clone(), self::template(value, bindings)?)
                    .is_some()
                {
                    return Err(EvaluateError::DuplicateMember(key));
                }
            }
            Json::Object(object)
        }
        TemplateNode::Variable(variable) => match held(variable, bindings)? {
            Value::Json(value) => value.clone(),
            Value::Bytes(_) => return Err(ResolveError::Bytes(variable.node.clone()).into()),
        },
    })
}

fn new_json(value: impl Into<Json>) -> Value {
    Value::Json(value.into())
}

fn checked(size: Size) -> Result<usize, EvaluateError> {
    let bytes = size.bytes();
    if bytes > MAX_SIZE {
        return Err(EvaluateError::TooLarge(bytes));
    }
    usize::try_from(bytes).map_err(|_| EvaluateError::TooLarge(bytes))
}

fn held<'b>(variable: &Variable, bindings: &'b Bindings) -> Result<&'b Value, EvaluateError> {
    let unbound = || ResolveError::Unbound(variable.node.clone()).into();
    bindings.get(&variable.node).ok_or_else(unbound)
}

fn wrong_kind(variable: &Variable, wanted: &'static str, held: &Value) -> EvaluateError {
    EvaluateError::WrongKind {
        variable: variable.node.clone(),
        wanted,
        held: match held {
            Value::Json(value) => value.to_string(),
            Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        },
    }
}

fn content<'b>(variable: &Variable, bindings: &'b Bindings) -> Result<&'b [u8], EvaluateError> {
    match held(variable, bindings)? {
        Value::Bytes(bytes) => Ok(bytes),
        Value::Json(Json::String(string)) => Ok(string.as_bytes()),
        other => Err(wrong_kind(variable, "bytes or a string", other)),
    }
}

fn sha256(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}

fn slice(
    source: &Variable,
    from: Option<&Offset>,
    to: Option<&Offset>,
    bindings: &Bindings,
) -> Result<Bytes, EvaluateError> {
    let bytes = match held(source, bindings)? {
        Value::Bytes(bytes) => bytes,
        other => return Err(wrong_kind(source, "bytes", other)),
    };
    let length = bytes.len();
    let from = from.map_or(Ok(0), |from| offset(from, bindings))?;
    let to = to.map_or(Ok(length as u64), |to| offset(to, bindings))?;
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    match range {
        Some((from, to)) if from <= to && to <= length => Ok(bytes.slice(from..to)),
        _ => {
            let variable = source.node.clone();
            Err(EvaluateError::OutOfRange {
                variable,
                length,
                from,
                to,
            })
        }
    }
}

fn offset(offset: &Offset, bindings: &Bindings) -> Result<u64, EvaluateError> {
    let variable = match offset {
        Offset::Size(size) => return Ok(size.bytes()),
        Offset::Variable(variable) => variable,
    };
    let held = held(variable, bindings)?;
    let whole = match held {
        Value::Json(Json::Number(number)) => json::whole(number),
        _ => None,
    };
    let offset = whole.and_then(|whole| u64::try_from(whole).ok());
    offset.ok_or_else(|| wrong_kind(variable, "a number of bytes", held))
}

/// The number of milliseconds that a variable holds, from 0 to [`MAX_WAIT_MS`].
///
/// # Errors
/// See [`EvaluateError`].
pub fn milliseconds(variable: &Variable, bindings: &Bindings) -> Result<u64, EvaluateError> {
    let held = held(variable, bindings)?;
    let whole = match held {
        Value::Json(Json::Number(number)) => json::whole(number),
        _ => None,
    };
    whole
        .and_then(|whole| u64::try_from(whole).ok())
        .filter(|milliseconds| *milliseconds <= MAX_WAIT_MS)
        .ok_or_else(|| {
            wrong_kind(
                variable,
                "a whole number of milliseconds, at most 10000",
                held,
            )
        })
}
