//! Whatever a page holds, it is read, and what is said of it has a place in it.

use proptest::prelude::*;

use super::findings;
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
}
