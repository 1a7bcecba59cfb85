//! Bytes into server-sent events. The first streams are examples of WHATWG HTML, section 9.2.6.

use proptest::prelude::*;

use super::super::events::EventParser;

/// Name, id and data of each event.
type Read = Vec<(String, String, String)>;

fn read<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> Read {
    let mut parser = EventParser::default();
    pieces
        .into_iter()
        .flat_map(|piece| parser.take(piece).unwrap())
        .map(|event| (event.name, event.id, event.data.text))
        .collect()
}

fn events(stream: &str) -> Read {
    read([stream.as_bytes()])
}

fn messages(data: &[&str]) -> Read {
    let message = |data: &&str| ("message".to_owned(), String::new(), (*data).to_owned());
    data.iter().map(message).collect()
}

fn event(name: &str, id: &str, data: &str) -> (String, String, String) {
    (name.to_owned(), id.to_owned(), data.to_owned())
}

#[test]
fn the_examples_of_the_standard_are_read_as_it_says() {
    assert_eq!(
        events("data: YHOO\ndata: +2\ndata: 10\n\n"),
        messages(&["YHOO\n+2\n10"])
    );
    let stream = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    assert_eq!(
        events(stream),
        [
            event("message", "1", "first event"),
            event("message", "", "second event"),
            event("message", "", " third event"),
        ]
    );
    // The last block is not ended by an empty line.
    assert_eq!(events("data\n\ndata\ndata\n\ndata:"), messages(&["", "\n"]));
    assert_eq!(
        events("data:test\n\ndata: test\n\n"),
        messages(&["test", "test"])
    );
}

#[test]
fn lines_end_with_lf_cr_or_both() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = ["data: a", "data: b", "", "event: x", "data: c", "", ""].join(end);
        assert_eq!(
            events(&stream),
            [event("message", "", "a\nb"), event("x", "", "c")],
            "{end:?}"
        );
    }
    // An event is there with the CR, whatever comes next.
    assert_eq!(events("data: a\r\r"), messages(&["a"]));
}

#[test]
fn a_byte_order_mark_is_none_of_the_text_at_the_start_only() {
    assert_eq!(events("\u{feff}data: a\n\n"), messages(&["a"]));
    assert_eq!(events("\n\u{feff}data: a\n\n"), []);
    assert_eq!(events("\u{feff}\u{feff}data: a\n\n"), []);
}

#[test]
fn an_id_lasts_and_a_name_does_not() {
    assert_eq!(
        events("event: x\nid: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"),
        [
            event("x", "7", "a"),
            event("message", "7", "b"),
            event("message", "", "c"),
        ]
    );
    // The id counts, also of an event without data, which is none.
    assert_eq!(
        events("event: x\nid: 7\n\ndata: a\n\n"),
        [event("message", "7", "a")]
    );
    assert_eq!(
        events("id: 7\nid: \0\ndata: a\n\n"),
        [event("message", "7", "a")]
    );
}

#[test]
fn what_is_no_field_is_ignored() {
    let stream = ": a comment\nretry: 10\nretry: soon\nDATA: x\nother: y\n data: z\ndata: a:b\n\n";
    assert_eq!(events(stream), messages(&["a:b"]));
}

#[test]
fn what_is_not_utf_8_is_replaced() {
    assert_eq!(read([&b"data: a\xffb\n\n"[..]]), messages(&["a\u{fffd}b"]));
}

fn stream() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "data",
        "event",
        "id",
        "retry",
        ":",
        ": ",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "a",
        "é",
        "😀",
        "\u{feff}",
        "7",
        "data: x\n\n",
        "\0",
    ]);
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn the_pieces_in_which_a_stream_arrives_make_no_difference(
        stream in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let bytes = stream.as_bytes();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(read(pieces), events(&stream));
    }

    #[test]
    fn the_kind_of_line_end_makes_no_difference(lines in prop::collection::vec("(data|id|event|:|x)(: ?[a-z:]{0,3})?", 0..12)) {
        let with = |end: &str| events(&(lines.join(end) + end + end));
        prop_assert_eq!(with("\n"), with("\r"));
        prop_assert_eq!(with("\n"), with("\r\n"));
    }
}
