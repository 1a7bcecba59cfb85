use super::{check, page, report};

fn heading(heading: &str) -> String {
    page(&check(heading, "alice GET /"))
}

#[test]
fn what_is_wrong_in_a_heading_is_told_at_its_place() {
    let shown = report(&[
        (
            "unknown attributes, all of them",
            heading("One {#one points=5 need=a colour=red}"),
        ),
        ("a misspelt `points`", heading("One {#one point=5}")),
        ("no id", heading("A join is announced {points=5}")),
        ("two ids", heading("One {#one #two points=5}")),
        ("an id in capitals", heading("One {#One_A points=5}")),
        ("no points", heading("One {#one points=0}")),
        ("negative points", heading("One {#one points=-5}")),
        ("half points", heading("One {#one points=1.5}")),
        ("points in words", heading("One {#one points=five}")),
        ("points too many", heading("One {#one points=99999999999}")),
        ("points without a value", heading("One {#one points}")),
        ("quotes", heading("One {#one points=\"5\"}")),
        ("spaces around =", heading("One {#one points = 5}")),
        (
            "spaces after a comma",
            page(
                &[
                    check("A {#a points=5}", "alice GET /"),
                    check("B {#b points=5}", "alice GET /"),
                    check("One {#one needs=a, b points=5}", "alice GET /"),
                ]
                .concat(),
            ),
        ),
        (
            "quotes and spaces",
            page(
                &[
                    check("A {#a points=5}", "alice GET /"),
                    check("B {#b points=5}", "alice GET /"),
                    check("One {#one needs=\"a, b\" points=5}", "alice GET /"),
                ]
                .concat(),
            ),
        ),
        (
            "a word without a value",
            heading("One {#one points=5 stubs}"),
        ),
        (
            "a stub that fails",
            heading("One {#one points=5 stub=fails}"),
        ),
        (
            "a place in no chapter",
            heading("One {#one points=5 read=#here}"),
        ),
        (
            "a chapter with its extension",
            heading("One {#one points=5 read=chat.md#here}"),
        ),
        (
            "a place without an anchor",
            heading("One {#one points=5 read=chat#}"),
        ),
        (
            "attributes of a check on another heading",
            page(&format!(
                "## Text {{#text needs=one read=chat}}\n\n{}",
                check("One {#one points=5}", "alice GET /")
            )),
        ),
        (
            "attributes before closing marks",
            heading("One {#one points=5} ##"),
        ),
        ("attributes that do not end", heading("One {#one points=5")),
        (
            "attributes in the middle",
            heading("One {#one points=5} more"),
        ),
        (
            "needs with a comma too many",
            page(
                &[
                    check("A {#a points=5}", "alice GET /"),
                    check("One {#one needs=a,,a points=5}", "alice GET /"),
                ]
                .concat(),
            ),
        ),
    ]);
    insta::assert_snapshot!(shown);
}
