//! Random values: what they depend on, and of what kind they are.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

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
