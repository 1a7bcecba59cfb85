//! Values made of others: hashes, slices, tokens and templates.

use serde_json::json;

use super::*;

/// These values must never change: reports that were handed out name the seed that repeats them.
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
            expires_in: None,
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
            expires_in: None,
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
