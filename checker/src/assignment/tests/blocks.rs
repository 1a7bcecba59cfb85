use super::{check, findings, page, report, script};

#[test]
fn what_is_wrong_with_a_block_is_told_at_its_place() {
    let one = check("One {#one points=5}", "alice GET /");
    let tip = "> [!TIP]\n> Look.\n";
    let shown = report(&[
        ("no checks", page("Prose.\n")),
        (
            "a transcript before the first heading",
            page(&format!("```transcript\nalice GET /\n```\n\n{one}")),
        ),
        (
            "a transcript after a check has ended",
            page(&format!(
                "{one}## Text\n\n```transcript\nalice GET /\n```\n"
            )),
        ),
        (
            "a misspelt language",
            page(&format!("{one}```trancript\nalice GET /\n```\n")),
        ),
        (
            "a capital",
            page(&format!("{one}```Transcript\nalice GET /\n```\n")),
        ),
        (
            "a misspelt example",
            page(&format!("{one}```transcript,exmaple\nalice GET /\n```\n")),
        ),
        (
            "an unknown word",
            page(&format!("{one}```transcript hidden\nalice GET /\n```\n")),
        ),
        (
            "not closed",
            page(&format!(
                "## One {{#one points=5}}\n\n{tip}\n```transcript\nalice GET /\n\n## Two {{#two points=5}}\n"
            )),
        ),
        (
            "no transcript",
            page(&format!("## One {{#one points=5}}\n\n{tip}")),
        ),
        (
            "only an example",
            page(&format!(
                "## One {{#one points=5}}\n\n```transcript,example\nalice GET /\n```\n\n{tip}"
            )),
        ),
        ("an empty transcript", script("# nothing yet")),
        ("only env", script("env LIMIT=5")),
        (
            "no hint",
            page("## One {#one points=5}\n\n```transcript\nalice GET /\n```\n"),
        ),
        (
            "an empty hint",
            page("## One {#one points=5}\n\n```transcript\nalice GET /\n```\n\n> [!TIP]\n"),
        ),
        ("two hints", page(&format!("{one}{tip}"))),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_block_in_another_language_is_not_taken_for_a_misspelt_one() {
    let one = check("One {#one points=5}", "alice GET /");
    for language in ["typescript", "rust", "json", "text,transcript", ""] {
        let source = page(&format!("{one}```{language}\nalice GET /\n```\n"));
        assert_eq!(findings(&source), [], "{language}");
    }
}

#[test]
fn given_is_the_first_line_and_env_follows_it() {
    let page = |lines: &str| {
        page(
            &[
                check("A {#a points=5}", "alice GET /"),
                check("One {#one points=5}", lines),
            ]
            .concat(),
        )
    };
    let shown = report(&[
        ("given too late", page("alice GET /\ngiven a")),
        ("given after env", page("env LIMIT=2\ngiven a\nalice GET /")),
        ("given twice", page("given a\ngiven a\nalice GET /")),
        ("env too late", page("alice GET /\nenv LIMIT=2")),
        ("env of the port", page("env PORT=80\nalice GET /")),
        (
            "env that is almost what the page sets",
            page("env LIMTI=2 COLOUR=red\nalice GET /"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}
