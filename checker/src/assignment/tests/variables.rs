use super::{check, findings, page, report, script};

#[test]
fn a_variable_has_a_value_where_it_is_needed() {
    let connected = |lines: &str| script(&format!("alice connects /ws\n{lines}"));
    let shown = report(&[
        ("in a payload", connected("alice -> {\"to\": $nobody}")),
        (
            "in a string",
            connected("alice -> {\"to\": \"you, ${nobody}\"}"),
        ),
        ("in a key", connected("alice -> {\"${nobody}\": 1}")),
        (
            "in text, bytes and frames",
            connected("alice -> text $a\nalice -> bytes $b\nalice -> frame text $c"),
        ),
        ("in a path", script("alice connects /ws?token=${nobody}")),
        (
            "in a header",
            script("alice GET / with header \"Authorization: Bearer ${nobody}\""),
        ),
        (
            "in generators",
            script(
                "let $a = sha256 $file\nlet $b = $file[$from..]\nlet $c = jwt {\"sub\": $who} key \"${key}\"\nalice GET /?a=${a}&b=${b}&c=${c}",
            ),
        ),
        (
            "in a list",
            script(
                "for $x in [1, $nobody]:\n  alice GET /?x=${x}\nfor $y in $file by 64KiB:\n  alice POST / bytes $y",
            ),
        ),
        ("in a wait", connected("wait $retry \"as it said\"")),
        (
            "in a close code",
            connected("alice closes $code\nalice is closed with $other"),
        ),
        (
            "in never",
            connected("alice never <- {\"id\": $id, \"text\": \"${text}\"}"),
        ),
        (
            "on one side of |",
            connected("alice <- {\"id\": $id | null}\nalice -> {\"to\": $id}"),
        ),
        (
            "in a pattern's string",
            connected("alice <- {\"id\": \"user ${id}\"}"),
        ),
        (
            "misspelt",
            connected(
                "alice <- {\"token\": $alice_token, \"again\": $alice_token}\nalice -> {\"token\": $alice_tokn}",
            ),
        ),
        (
            "a misspelt client's name",
            connected("alice -> {\"name\": $alcie}"),
        ),
        (
            "of a turn that is over",
            connected(
                "for $n in 1..2:\n  alice <- {\"id\": $id, \"again\": $id}\nalice -> {\"id\": $id, \"n\": $n}",
            ),
        ),
        (
            "bound by another client at the same time",
            script(
                "alice connects /ws\nalice <- {}\nbob connects /ws\nbob <- {}\ntogether:\n  alice <- {\"id\": $id}\n  bob -> {\"id\": $id}",
            ),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_variable_is_met_more_than_once_and_bound_once() {
    let connected = |lines: &str| script(&format!("alice connects /ws\n{lines}"));
    let shown = report(&[
        ("met once", connected("alice <- {\"id\": $id}")),
        (
            "met once, in HTTP",
            script("alice GET / => 200 {\"id\": $id}"),
        ),
        (
            "met once, almost another",
            connected("alice <- {\"a\": $token, \"b\": $token}\nalice <- {\"token\": $tokne}"),
        ),
        (
            "met once in each turn",
            connected("for $n in 1..2:\n  alice <- {\"id\": $id}"),
        ),
        ("let and never used", script("let $x = word\nalice GET /")),
        (
            "let twice",
            script("let $x = word\nlet $x = text\nalice GET /?x=${x}"),
        ),
        (
            "let after a pattern",
            script("alice GET / => 200 {\"x\": $x}\nlet $x = text\nalice GET /?x=${x}"),
        ),
        (
            "let of a client's name",
            script("let $alice = word\nalice GET /?x=${alice}"),
        ),
        (
            "for over a name in use",
            script("let $x = word\nfor $x in 1..2:\n  alice GET /?x=${x}"),
        ),
        (
            "for inside a for",
            script("for $x in 1..2:\n  for $x in 1..2:\n    alice GET /?x=${x}"),
        ),
        (
            "let again after given",
            page(
                &[
                    check("A {#a points=5}", "let $x = word\nalice GET /?x=${x}"),
                    check(
                        "B {#b points=5}",
                        "given a\nlet $x = word\nalice GET /?x=${x}",
                    ),
                ]
                .concat(),
            ),
        ),
        (
            "a client of a name in use",
            page(
                &[
                    check("A {#a points=5}", "alice GET / => 200 {\"friend\": $bob}"),
                    check("B {#b points=5}", "given a\nbob POST / {\"name\": $bob}"),
                ]
                .concat(),
            ),
        ),
        (
            "used in a check that is not given it",
            page(
                &[
                    check("A {#a points=5}", "let $x = word\nalice GET /"),
                    check("B {#b points=5 needs=a}", "alice GET /?x=${x}"),
                ]
                .concat(),
            ),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn what_is_well_bound_is_not_complained_of() {
    let pages = [
        // Bound in one check, used two further on.
        page(
            &[
                check("C {#c points=5}", "given b\nalice GET /?x=${x}"),
                check("A {#a points=5}", "let $x = word\nalice GET /"),
                check("B {#b points=5}", "given a\nalice GET /"),
            ]
            .concat(),
        ),
        // The same name in checks that do not meet.
        page(
            &[
                check("A {#a points=5}", "let $x = word\nalice GET /?x=${x}"),
                check("B {#b points=5}", "let $x = word\nalice GET /?x=${x}"),
            ]
            .concat(),
        ),
        // A client's name has a value, also in `never`, in strings, and by its device.
        script(
            "alice/phone connects /ws?as=${alice}\nalice/phone never <- {\"name\": $alice, \"text\": \"${alice}\"}",
        ),
        // Bound on every side, met twice in one pattern, and in a string beside.
        script(
            "alice connects /ws\nalice <- {\"a\": $x | [$x], \"b\": $w | null, \"c\": $w}\nalice <- {\"b\": $y, \"c\": $y}\nalice <- {\"text\": \"${z}\", \"z\": $z, \"x\": $x}",
        ),
        // A turn's variable need not be used, and two loops may share a name.
        script("for $n in 1..2:\n  alice GET /\nfor $n in 1..2:\n  alice GET /"),
        // Bound and used by one client of several at the same time, and after.
        script(
            "alice connects /ws\nalice <- {}\nbob connects /ws\nbob <- {}\ntogether:\n  alice <- {\"id\": $id}\n  alice -> {\"id\": $id}\n  bob -> {}\nalice <- {\"id\": $id}",
        ),
        // Bytes and text are bound by patterns too.
        script(
            "alice connects /ws\nalice <- bytes $b\nalice <- text $t\nalice -> bytes $b\nalice -> text $t",
        ),
    ];
    for source in pages {
        assert_eq!(findings(&source), [], "{source}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_one_mistake() {
    let a = check(
        "A {#a points=5}",
        "alice connects /ws\nlet $x = wrod\nalice -> {\"x\": $x}\nalice <- {\"y\": $y}",
    );
    let cases = [
        (
            "a `let`, used in two checks",
            format!(
                "{}{}",
                a,
                check(
                    "B {#b points=5}",
                    "given a\nalice -> {\"x\": $x, \"y\": $y}"
                )
            ),
        ),
        (
            "a `connects`",
            check(
                "A {#a points=5}",
                "let $x = word\nalice conects /ws?x=${x}\nalice -> {}\nalice -> {}",
            ),
        ),
        (
            "a `connects` on the first line",
            check(
                "A {#a points=5}",
                "alice conects /ws\nalice -> {}\nalice drops",
            ),
        ),
        (
            "a statement of several lines",
            check(
                "A {#a points=5}",
                "alice connects /ws\nalice <- {\n  \"x\": $x,\n  \"y\": strin\n}\nalice -> {\"x\": $x}",
            ),
        ),
        (
            "a `for` and its block",
            check(
                "A {#a points=5}",
                "let $x = word\nfor $n on 1..2:\n  alice connects /ws\n  alice -> {\"x\": $x}\nalice drops",
            ),
        ),
        (
            "a `given` that names nothing",
            format!(
                "{}{}",
                a.replace("wrod", "word"),
                check(
                    "C {#c points=5}",
                    "given aa\nalice -> {\"y\": $y, \"q\": $q}"
                )
            ),
        ),
        (
            "a `given` too late",
            format!(
                "{}{}",
                a.replace("wrod", "word"),
                check(
                    "C {#c points=5}",
                    "alice GET /\ngiven a\nalice -> {\"y\": $y}\nalice drops"
                )
            ),
        ),
        (
            "a misspelt `given`",
            format!(
                "{}{}",
                a.replace("wrod", "word"),
                check(
                    "C {#c points=5}",
                    "givne a\nalice -> {\"y\": $y}\nalice drops"
                )
            ),
        ),
    ];
    for (name, checks) in cases {
        let findings = findings(&page(&checks));
        assert_eq!(findings.len(), 1, "{name}: {findings:#?}");
    }
}

#[test]
fn a_line_that_cannot_be_read_hides_no_mistake_in_the_others() {
    let source = script("alice connects /ws\nalice conects /ws\nbob -> {\"x\": $x}\nlet $y = word");
    let messages: Vec<String> = findings(&source)
        .into_iter()
        .map(|finding| finding.message)
        .collect();
    assert_eq!(messages.len(), 4, "{messages:#?}");
}
