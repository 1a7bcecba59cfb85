//! Whole pages, in all of whose transcripts nothing may be misunderstood.

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::notation::{diagnostic, parser, print};

fn transcripts(page: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                inside = &*info == "transcript"
            }
            Event::Text(_) if inside => blocks.push(range),
            Event::End(_) => inside = false,
            _ => {}
        }
    }
    blocks
}

#[test]
fn the_pages_read_print_and_read_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/notation");
    let mut blocks = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let page = std::fs::read_to_string(&path).unwrap();
        for block in transcripts(&page) {
            blocks += 1;
            let (script, diagnostics) = parser::parse(&page, block.clone());
            assert!(
                diagnostics.is_empty(),
                "{}",
                diagnostic::render(&diagnostics, &name, &page, false)
            );
            let printed = print::script(&script);
            let (reread, diagnostics) = parser::parse_str(&printed);
            assert!(
                diagnostics.is_empty(),
                "{}",
                diagnostic::render(&diagnostics, &name, &printed, false)
            );
            assert_eq!(reread, script, "{printed}");
            assert_eq!(print::script(&reread), printed);
        }
    }
    assert_eq!(blocks, 54, "of all pages");
}
