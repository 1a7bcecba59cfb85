//! Whatever a page holds, it is read, and what is said of it has a place in it.

use std::path::Path;

use proptest::prelude::*;

use super::super::parse;
use super::{check, findings, page};
use crate::notation::diagnostic::render;

fn fragment() -> impl Strategy<Value = String> {
    let pieces = [
        "+++\n",
        "yours = [\"src/lib.rs\"]\n",
        "[server]\nenv = { A = \"1\" }\n",
        "env = 5\n",
        "# Title\n\n",
        "## One {#one points=5}\n\n",
        "## One {#one points=5} ##\n",
        "### Two {#two points=\"5\" needs=one, three}\n\n",
        "Under {#under needs=two points=1}\n---\n",
        "```transcript\n",
        "~~~ transcript,example\n",
        "```\n",
        "> [!TIP]\n> Look.\n\n",
        "> ",
        "- ",
        "  ",
        "given one\n",
        "given two\n",
        "env A=2\n",
        "alice connects /ws?x=${x}\n",
        "alice -> {\"a\": $a}\n",
        "alice <- {\"a\": $a, ...}\n",
        "for $n in 1..2:\n",
        "  bob -> $n\n",
        "{#",
        "}",
        "\r\n",
        "é😀\u{feff}",
        "\0",
    ];
    prop_oneof![
        8 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

proptest! {
    #[test]
    fn every_finding_has_a_place_in_the_page(
        fragments in prop::collection::vec(fragment(), 0..24),
        has_front_matter: bool,
    ) {
        let mut source = fragments.concat();
        if has_front_matter {
            source.insert_str(0, super::FRONT_MATTER);
        }
        let findings = findings(&source);
        render(&findings, "assignment.md", &source, false);
        prop_assert!(findings.is_sorted_by_key(|finding| finding.span.start));
        for finding in &findings {
            let notes = finding.notes.iter().map(|(span, _)| span);
            for span in notes.chain([&finding.span]) {
                prop_assert!(source.get(span.clone()).is_some(), "{span:?} of {finding:?}");
            }
        }
    }

    #[test]
    fn a_page_has_an_order_of_play_or_a_circle(
        needs in prop::collection::vec(prop::collection::btree_set(0_usize..6, 0..3), 6),
    ) {
        let id = |index: &usize| format!("c{index}");
        let checks = needs.iter().enumerate().map(|(index, needs)| {
            let needs: Vec<String> = needs.iter().filter(|need| **need != index).map(id).collect();
            let attribute = match needs.as_slice() {
                [] => String::new(),
                needs => format!(" needs={}", needs.join(",")),
            };
            check(&format!("C {{#c{index} points=1{attribute}}}"), "alice GET /")
        });
        let source = page(&checks.collect::<String>());
        let (assignment, findings) = parse(Path::new("assignment.md"), &source);
        let order = assignment.play_order();
        prop_assert_eq!(order.len(), 6, "each check once");
        let is_in_order = order.iter().enumerate().all(|(position, check)| {
            let is_earlier = |need| order[..position].iter().any(|earlier| earlier.id == need);
            check.needs.iter().map(String::as_str).all(is_earlier)
        });
        prop_assert_eq!(is_in_order, findings.is_empty(), "{:?}", findings);
    }
}
