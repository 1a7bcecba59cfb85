#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::notation::ast::{SizeUnit, Spanned, Text, TextPart};

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

#[test]
fn a_seed_is_written_as_it_is_read() {
    let seed: Seed = "7f3a".parse().unwrap();
    assert_eq!(seed, Seed::from(0x7f3a));
    assert_eq!(seed.to_string(), "7f3a");
    assert_eq!(Seed::from(0xa).to_string(), "000a");
    assert_eq!("A".parse(), Ok(Seed::from(0xa)));
    for _ in 0..100 {
        let random = Seed::random();
        assert_eq!(random.to_string().parse(), Ok(random));
        assert_eq!(random.to_string().len(), 4);
    }
}

#[test]
fn what_is_no_seed_is_refused_with_an_example() {
    for wrong in ["", "xyz", "+7f", "-1", "0x7f", "123456789", " 7f3a"] {
        let error = wrong.parse::<Seed>().unwrap_err().to_string();
        assert!(
            error.contains(&format!("`{wrong}`")) && error.contains("`7f3a`"),
            "{error}"
        );
    }
}

#[test]
fn system_seeds_differ() {
    let seeds: BTreeSet<_> = (0..64).map(|_| Seed::random().to_string()).collect();
    assert!(seeds.len() > 32, "{seeds:?}");
}

/// These values must never change: reports that were handed out name the seed that repeats them.
#[test]
fn the_values_of_a_seed_stay_what_they_are() {
    let all = format!(
        "{}\n{}\n{:?}\n{:?}\n{:?}",
        values("join").user_name("alice", |_| false),
        string(&random("join", "room", &[], &Generator::Word)),
        string(&random(
            "join",
            "hello",
            &[],
            &Generator::Text { size: None }
        )),
        random("join", "n", &[], &Generator::Number { from: 1, to: 6 }),
        random(
            "join",
            "file",
            &[],
            &Generator::Bytes {
                size: size(4, SizeUnit::Bytes)
            }
        ),
    );
    insta::assert_snapshot!(all, @r#"
    hokefos
    punibahuse
    "bufoba 🦀 tazeto 한국"
    Json(Number(4))
    Bytes(b"o_\x1fr")
    "#);
}

#[test]
fn a_value_depends_on_seed_check_variable_and_turn() {
    let word = |seed: u32, check: &str, variable: &str, turns: &[usize]| {
        let values = Values::new(Seed::from(seed), check);
        values
            .evaluate(variable, turns, &Generator::Word, &Bindings::new(), None)
            .unwrap()
    };
    let base = word(1, "join", "x", &[]);
    assert_eq!(word(1, "join", "x", &[]), base);
    let others = [
        word(2, "join", "x", &[]),
        word(1, "leave", "x", &[]),
        word(1, "join", "y", &[]),
        // The same letters, parted elsewhere.
        word(1, "joi", "nx", &[]),
        word(1, "join", "x", &[0]),
        word(1, "join", "x", &[1]),
        word(1, "join", "x", &[0, 0]),
    ];
    let distinct: BTreeSet<_> = others.iter().chain([&base]).map(string).collect();
    assert_eq!(distinct.len(), 8, "{distinct:?}");
}

#[test]
fn a_client_never_gets_the_name_of_another() {
    let first = values("join").user_name("alice", |_| false);
    let second = values("join").user_name("alice", |name| name == first);
    assert_ne!(second, first);
    for name in [&first, &second] {
        assert!(
            name.len() == 7 && name.bytes().all(|letter| letter.is_ascii_lowercase()),
            "{name}"
        );
    }
}

#[test]
fn text_has_characters_beyond_ascii_and_no_markup() {
    for turn in 0..200 {
        let value = random("join", "x", &[turn], &Generator::Text { size: None });
        let text = string(&value);
        assert_eq!(text.trim(), text);
        assert!(!text.is_ascii(), "{text}");
        assert!(!text.contains(['<', '>', '&', '"', '\\']), "{text}");
    }
}

#[test]
fn a_word_is_lower_case_letters() {
    for turn in 0..200 {
        let value = random("join", "x", &[turn], &Generator::Word);
        let word = string(&value);
        assert!(
            word.len() >= 8 && word.bytes().all(|letter| letter.is_ascii_lowercase()),
            "{word}"
        );
    }
}

#[test]
fn a_number_reaches_both_ends_and_no_further() {
    let numbers: BTreeSet<String> = (0..200)
        .map(
            |turn| match random("join", "x", &[turn], &Generator::Number { from: -1, to: 2 }) {
                Value::Json(number) => number.to_string(),
                Value::Bytes(_) => String::new(),
            },
        )
        .collect();
    assert_eq!(
        numbers.iter().map(String::as_str).collect::<Vec<_>>(),
        ["-1", "0", "1", "2"]
    );
    let widest = Generator::Number {
        from: i64::MIN,
        to: i64::MAX,
    };
    assert!(matches!(
        evaluate(&widest, &Bindings::new()),
        Ok(Value::Json(Json::Number(_)))
    ));
    assert_eq!(
        evaluate(&Generator::Number { from: 6, to: 1 }, &Bindings::new()),
        Err(EvaluateError::EmptyRange { from: 6, to: 1 }),
    );
}

#[test]
fn a_gibibyte_is_refused_before_it_is_made() {
    for generator in [
        Generator::Bytes {
            size: size(1, SizeUnit::GiB),
        },
        Generator::Text {
            size: Some(size(1, SizeUnit::GiB)),
        },
    ] {
        let error = evaluate(&generator, &Bindings::new()).unwrap_err();
        assert_eq!(error, EvaluateError::TooLarge(1 << 30));
        assert_eq!(
            error.to_string(),
            "1073741824 bytes are too many: a value has at most 268435456",
        );
    }
}

#[test]
fn sha256_is_that_of_fips_180_4() {
    let of = |value: Value| evaluate(&Generator::Sha256(var("f")), &bound([("f", value)]));
    let abc =
        Value::Json("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into());
    assert_eq!(
        of(Value::Bytes(Bytes::from_static(b"abc"))),
        Ok(abc.clone())
    );
    assert_eq!(of(Value::Json("abc".into())), Ok(abc));
    assert_eq!(
        of(Value::Bytes(Bytes::new())),
        Ok(Value::Json(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into()
        )),
    );
    assert!(matches!(
        of(Value::Json(json!(7))),
        Err(EvaluateError::WrongKind { .. })
    ));
    assert_eq!(
        evaluate(&Generator::Sha256(var("f")), &Bindings::new()),
        Err(ResolveError::Unbound("f".into()).into()),
    );
}

fn cut(from: Option<Offset>, to: Option<Offset>, offset: Json) -> Result<Value, EvaluateError> {
    let file = Value::Bytes(Bytes::from_static(b"0123456789"));
    let bindings = bound([("file", file), ("offset", Value::Json(offset))]);
    evaluate(
        &Generator::Slice {
            source: var("file"),
            from,
            to,
        },
        &bindings,
    )
}

#[test]
fn a_slice_is_cut_where_it_says() {
    let at = |bytes| Some(Offset::Size(size(bytes, SizeUnit::Bytes)));
    let offset = || Some(Offset::Variable(var("offset")));
    let is = |bytes: &'static [u8]| Ok(Value::Bytes(Bytes::from_static(bytes)));
    assert_eq!(cut(None, None, json!(0)), is(b"0123456789"));
    assert_eq!(cut(None, at(4), json!(0)), is(b"0123"));
    assert_eq!(cut(at(4), None, json!(0)), is(b"456789"));
    assert_eq!(cut(at(4), at(6), json!(0)), is(b"45"));
    assert_eq!(cut(offset(), None, json!(8)), is(b"89"));
    assert_eq!(cut(offset(), None, json!(8.0)), is(b"89"));
    assert_eq!(cut(at(10), None, json!(0)), is(b""));
}

#[test]
fn a_slice_beyond_its_source_says_so() {
    let at = |bytes| Some(Offset::Size(size(bytes, SizeUnit::Bytes)));
    let offset = || Some(Offset::Variable(var("offset")));
    let errors = [
        cut(None, at(11), json!(0)),
        cut(at(6), at(4), json!(0)),
        cut(offset(), None, json!(11)),
        cut(offset(), None, json!(-1)),
        cut(offset(), None, json!(1.5)),
        cut(offset(), None, json!(u64::MAX)),
        cut(offset(), None, json!("4")),
    ]
    .map(|cut| cut.unwrap_err().to_string())
    .join("\n");
    insta::assert_snapshot!(errors, @r#"
    `$file` has 10 bytes, so it cannot be cut from byte 0 to byte 11
    `$file` has 10 bytes, so it cannot be cut from byte 6 to byte 4
    `$file` has 10 bytes, so it cannot be cut from byte 11 to byte 10
    `$offset` must hold a number of bytes, but holds -1
    `$offset` must hold a number of bytes, but holds 1.5
    `$file` has 10 bytes, so it cannot be cut from byte 18446744073709551615 to byte 10
    `$offset` must hold a number of bytes, but holds "4"
    "#);
}

#[test]
fn a_jwt_is_signed_with_the_key_that_is_named() {
    let claims = plain(&json!({"sub": "1234567890", "name": "John Doe", "iat": 1_516_239_022}));
    let token = |signing, secret| {
        let generator = Generator::Jwt {
            claims: claims.clone(),
            signing,
        };
        values("join").evaluate("t", &[], &generator, &Bindings::new(), secret)
    };
    // The example on jwt.io.
    let expected = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.\
        SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    let key = "your-256-bit-secret";
    assert_eq!(
        string(&token(JwtSigning::Key(literal(key)), None).unwrap()),
        expected
    );
    assert_eq!(
        string(&token(JwtSigning::Secret, Some(key)).unwrap()),
        expected
    );
    assert_ne!(
        string(&token(JwtSigning::Secret, Some("another")).unwrap()),
        expected
    );
    assert_eq!(
        token(JwtSigning::Secret, None),
        Err(EvaluateError::NoSecret)
    );
    let unsigned = token(JwtSigning::None, None).unwrap();
    let [header, claims, signature] = string(&unsigned).split('.').collect::<Vec<_>>()[..] else {
        panic!("{unsigned:?} has not three parts");
    };
    assert_eq!(
        (header, signature),
        ("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "")
    );
    assert!(expected.contains(claims));
}

#[test]
fn the_claims_of_a_jwt_are_an_object_with_variables_replaced() {
    let claims = |claims| {
        let generator = Generator::Jwt {
            claims,
            signing: JwtSigning::None,
        };
        evaluate(&generator, &bound([("alice", Value::Json("mira".into()))]))
    };
    let named = TemplateNode::Object(vec![(
        literal("sub"),
        Spanned::new(TemplateNode::Variable(var("alice")), 0..0),
    )]);
    let token = claims(Spanned::new(named, 0..0)).unwrap();
    // {"sub":"mira"}
    assert!(
        string(&token).contains(".eyJzdWIiOiJtaXJhIn0."),
        "{token:?}"
    );
    assert_eq!(
        claims(plain(&json!([1]))),
        Err(EvaluateError::ClaimsNotAnObject)
    );
}

#[test]
fn a_template_resolves_values_text_and_keys() {
    let dollar = |name: &str| TextPart::Variable(var(name));
    let node = TemplateNode::Object(vec![
        (
            text_with(vec![TextPart::Literal("k-".into()), dollar("n")]),
            Spanned::new(TemplateNode::Variable(var("list")), 0..0),
        ),
        (
            literal("text"),
            Spanned::new(
                TemplateNode::String(text_with(vec![dollar("name"), dollar("list")])),
                0..0,
            ),
        ),
    ]);
    let object = Spanned::new(node, 0..0);
    let mut bindings = bound([
        ("n", Value::Json(json!(1.5))),
        ("name", Value::Json(json!("ré\"x"))),
        ("list", Value::Json(json!([true, null]))),
    ]);
    assert_eq!(
        template(&object, &bindings),
        Ok(json!({"k-1.5": [true, null], "text": "ré\"x[true,null]"})),
    );
    bindings.insert("n".into(), Value::Bytes(Bytes::new()));
    assert_eq!(
        template(&object, &bindings),
        Err(ResolveError::Bytes("n".into()).into())
    );
    bindings.remove("n");
    assert_eq!(
        template(&object, &bindings),
        Err(ResolveError::Unbound("n".into()).into())
    );
}

#[test]
fn a_template_never_drops_a_member() {
    let one = || Spanned::new(TemplateNode::Null, 0..0);
    let key = text_with(vec![TextPart::Variable(var("x"))]);
    let object = Spanned::new(
        TemplateNode::Object(vec![(literal("a"), one()), (key, one())]),
        0..0,
    );
    assert_eq!(
        template(&object, &bound([("x", Value::Json("a".into()))])),
        Err(EvaluateError::DuplicateMember("a".into())),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_size_is_met_to_the_byte(bytes in 0_u64..3000, turn in 0_usize..1000) {
        let size = size(bytes, SizeUnit::Bytes);
        let text = random("join", "x", &[turn], &Generator::Text { size: Some(size) });
        prop_assert_eq!(string(&text).len() as u64, bytes);
        prop_assert_eq!(string(&text).trim(), string(&text));
        let Value::Bytes(random) = random("join", "x", &[turn], &Generator::Bytes { size }) else {
            return Err(TestCaseError::fail("no bytes"));
        };
        prop_assert_eq!(random.len() as u64, bytes);
    }
}
