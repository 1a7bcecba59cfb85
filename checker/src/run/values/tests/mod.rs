#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod derived;
mod random;
mod time;

use super::*;
use crate::notation::ast::{JwtSigning, SizeUnit, Spanned, Text, TextPart};

fn values(check: &str) -> Values {
    Values::new(Seed::from(0x7f3a), check)
}

fn evaluate(generator: &Generator, bindings: &Bindings) -> Result<Value, EvaluateError> {
    values("join").evaluate("x", &[], generator, bindings, Some("secret"))
}

fn random(check: &str, variable: &str, turns: &[usize], generator: &Generator) -> Value {
    values(check)
        .evaluate(variable, turns, generator, &Bindings::new(), None)
        .unwrap()
}

fn var(name: &str) -> Variable {
    Spanned::new(name.to_owned(), 0..0)
}

fn size(count: u64, unit: SizeUnit) -> Size {
    Size { count, unit }
}

fn text_with(parts: Vec<TextPart>) -> Text {
    Text { parts, span: 0..0 }
}

fn literal(text: &str) -> Text {
    text_with(vec![TextPart::Literal(text.to_owned())])
}

/// The template of a value without variables.
fn plain(value: &Json) -> Template {
    let node = match value {
        Json::Null => TemplateNode::Null,
        Json::Bool(boolean) => TemplateNode::Bool(*boolean),
        Json::Number(number) => TemplateNode::Number(number.clone()),
        Json::String(string) => TemplateNode::String(literal(string)),
        Json::Array(items) => TemplateNode::Array(items.iter().map(plain).collect()),
        Json::Object(members) => TemplateNode::Object(
            members
                .iter()
                .map(|(key, value)| (literal(key), plain(value)))
                .collect(),
        ),
    };
    Spanned::new(node, 0..0)
}

fn bound<const N: usize>(bindings: [(&str, Value); N]) -> Bindings {
    bindings
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn string(value: &Value) -> &str {
    match value {
        Value::Json(Json::String(string)) => string,
        other => panic!("{other:?} is no string"),
    }
}
