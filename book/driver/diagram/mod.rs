//! A transcript as a sequence diagram.
//!
//! ```text
//! Script --reader--> Step*           who tells whom what, in order; frames are opened and closed
//!           |         +-- labels     the short form of a payload or a pattern
//!           +--layout--> Layout      where the lanes stand
//!                  +--svg--> text    drawn from top to bottom
//! ```
//!
//! Colours come from the style sheet, so that a diagram follows the theme of its page.

mod labels;
mod layout;
mod reader;
mod steps;
mod svg;

use checker::notation::ast::Script;

/// Draws a script that was parsed from this source. Nothing when no client takes part in it.
pub(crate) fn draw(script: &Script, source: &str) -> Option<String> {
    let diagram = reader::read(script, source);
    if diagram.clients.is_empty() {
        return None;
    }
    Some(svg::render(&diagram))
}

#[cfg(test)]
mod tests {
    use checker::notation::parser::parse_str;

    use super::*;

    /// The diagram of a script, an element a line.
    fn drawn(source: &str) -> String {
        let (script, diagnostics) = parse_str(source);
        assert_eq!(diagnostics, []);
        let svg = draw(&script, source).expect("a client takes part");
        svg.replace("><", ">\n<")
    }

    #[test]
    fn a_conversation_of_two() {
        insta::assert_snapshot!(drawn(
            "alice POST /api/sign-in {\"username\": $alice} => 200 {\"token\": $token, ...}\n\
             alice connects /ws?token=${token}\n\
             bob connects /ws => 401\n\
             alice -> {\"type\": \"send-message\", \"content\": \"a < b & c\"}\n\
             alice <- next {\"type\": \"new-message\", ...} within 300ms..1s exactly once\n"
        ));
    }

    #[test]
    fn frames_stand_inside_each_other() {
        insta::assert_snapshot!(drawn(
            "given two\n\
             for $n in 1..60 within 2s:\n  \
               together:\n    \
                 alice -> text \"${n}\"\n    \
                 bob -> bytes hex \"00ff\"\n  \
               in any order:\n    \
                 alice <- text \"${n}\"\n    \
                 bob <- bytes hex \"00ff\"\n\
             bob never <- {\"type\": \"user-left\", ...} while:\n  \
               alice/phone drops\n\
             carol never <- {\"type\": \"user-left\", ...}\n"
        ));
    }

    #[test]
    fn every_way_to_end_and_to_wait() {
        insta::assert_snapshot!(drawn(
            "env LIMIT=5\n\
             let $text = text\n\
             alice connects /ws\n\
             alice stalls\n\
             wait 400ms \"the window is 300 ms\"\n\
             alice resumes\n\
             alice closes 1000 \"bye\"\n\
             bob connects /ws\n\
             bob is closed with 1001 | dropped within 5s\n\
             carol connects /ws\n\
             carol is dropped\n\
             dave connects /ws\n\
             dave -> frame text more \"a\"\n\
             dave drops   # gone\n"
        ));
    }

    #[test]
    fn requests_under_way_events_and_what_they_cost() {
        insta::assert_snapshot!(drawn(
            "alice asks GET /feed/long?after=2\n\
             alice is not answered while:\n  \
               bob GET /feed?token=${token} => 200\n\
             alice is answered 200 [{\"id\": 3}] within 100ms..1s\n\
             carol listens /feed/events?after=2 with header \"Last-Event-ID: 2\"\n\
             carol <- event \"post\" id \"3\" {\"id\": 3}\n\
             carol <- event $kind\n\
             dave listens /feed/events => 400\n\
             measure \"polling\" of alice with 20 messages at most 99 bytes each:\n  \
               alice GET /feed?after=3 => 200 []\n"
        ));
    }

    #[test]
    fn a_client_under_test_and_the_server_that_is_played_to_it() {
        insta::assert_snapshot!(drawn(
            "server accepts\n\
             server <- {\"type\": \"join\", \"username\": string}\n\
             server -> {\"type\": \"welcome\"}\n\
             client prints /welcome/\n\
             server drops\n\
             server accepts within 50ms..300ms\n\
             server is down\n\
             client types \"one\"\n\
             server is up\n\
             server accepts within 10s\n\
             server never <- {\"type\": \"leave\", ...}\n\
             server closes 1008 \"banned\"\n\
             nothing connects for 1s\n\
             server <- POST /api/operations {\"id\": 7}\n\
             server => 409\n\
             client exits 0\n"
        ));
    }

    #[test]
    fn a_script_without_clients_has_no_diagram() {
        let source = "let $x = word\n";
        assert_eq!(draw(&parse_str(source).0, source), None);
    }

    #[test]
    fn labels_fit_between_their_lanes() {
        let long = "x".repeat(30);
        for source in [
            format!("alice GET /{long}\n"),
            format!("alice GET /a\nbob GET /b\ncarol GET /{long}\n"),
        ] {
            let (script, _) = parse_str(&source);
            let diagram = reader::read(&script, &source);
            let layout = layout::Layout::of(&diagram);
            let client = layout.clients.last().expect("there is one");
            let room = (client - layout.server).abs();
            assert!(room > layout::text_width(&long), "{source}: {room}");
            assert!(
                layout
                    .clients
                    .iter()
                    .all(|lane| (0.0..layout.width).contains(lane)),
                "{layout:?}"
            );
        }
    }
}
