//! From frames to messages.

use lifecycle::frame::{Header, Opcode, apply_mask};
use lifecycle::message::{Assembler, Message, TextCollector, may_be_sent, parse_close};
use lifecycle::violation::Violation;
use proptest::prelude::*;

const LIMIT: usize = 1000;

fn frame(opcode: Opcode, fin: bool, payload: &[u8]) -> (Header, Vec<u8>) {
    let header = Header {
        fin,
        opcode,
        mask: None,
        length: payload.len() as u64,
    };
    (header, payload.to_owned())
}

/// What comes of some frames, up to the first that is wrong.
fn assembled(frames: &[(Header, Vec<u8>)]) -> Result<Vec<Message>, Violation> {
    let mut assembler = Assembler::new(LIMIT);
    let messages = frames
        .iter()
        .map(|(header, payload)| assembler.push(header, payload));
    messages.filter_map(Result::transpose).collect()
}

mod utf8 {
    use super::*;

    proptest! {
        #[graded::test]
        fn text_cut_anywhere_is_the_same_text(text: String, size in 1..5_usize) {
            let mut collector = TextCollector::default();
            for piece in text.as_bytes().chunks(size) {
                prop_assert_eq!(collector.push(piece), Ok(()));
            }
            prop_assert_eq!(collector.finish(), Ok(text));
        }

        #[graded::test]
        fn bytes_cut_anywhere_are_text_only_if_they_are_whole(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xc0_u8, 0xc2..0xf5_u8], 0..8),
            size in 1..4_usize,
        ) {
            let mut collector = TextCollector::default();
            let pushed = bytes.chunks(size).try_for_each(|piece| collector.push(piece));
            let expected = String::from_utf8(bytes).map_err(|_| Violation::NotUtf8);
            prop_assert_eq!(pushed.and_then(|()| collector.finish()), expected);
        }
    }

    #[graded::test]
    fn what_cannot_become_right_is_refused_at_once() {
        for (bytes, wrong) in [
            (&b"a\xff"[..], 1),    // no byte of any character
            (b"\x80", 0),          // the middle of a character, without its beginning
            (b"\xc0", 0),          // could only begin an overlong form
            (b"\xe0\x80", 1),      // overlong
            (b"\xed\xa0", 1),      // half of a surrogate pair
            (b"\xf0\x80", 1),      // overlong
            (b"\xf4\x90", 1),      // above U+10FFFF
            (b"\xf0\x9f\x98A", 3), // a character that is broken off
            (b"\xc3\xa9\xc3(", 3), // the same, after one that is whole
            (b"\xf0\x9f\x98\x80\xf8", 4),
        ] {
            let mut collector = TextCollector::default();
            for (index, byte) in bytes.iter().enumerate() {
                let pushed = collector.push(&[*byte]);
                let expected = if index < wrong {
                    Ok(())
                } else {
                    Err(Violation::NotUtf8)
                };
                assert_eq!(pushed, expected, "byte {index} of {bytes:02x?}");
            }
        }
    }

    #[graded::test]
    fn text_does_not_end_inside_a_character() {
        for bytes in [&b"\xc3"[..], b"ab\xe2\x82", b"\xf0\x9f\x98"] {
            let mut collector = TextCollector::default();
            assert_eq!(collector.push(bytes), Ok(()));
            assert_eq!(collector.finish(), Err(Violation::NotUtf8), "{bytes:02x?}");
        }
    }
}

mod close {
    use super::*;

    #[graded::test]
    fn a_close_frame_may_be_empty() {
        assert_eq!(parse_close(&[]), Ok(None));
    }

    #[graded::test]
    fn half_a_code_is_none() {
        assert_eq!(parse_close(&[3]), Err(Violation::HalfCloseCode));
    }

    #[graded::test]
    fn a_code_and_a_reason() {
        assert_eq!(parse_close(&[0x03, 0xe8]), Ok(Some((1000, String::new()))));
        let payload = [&[0x0f, 0xa0], "tschüß".as_bytes()].concat();
        assert_eq!(parse_close(&payload), Ok(Some((4000, "tschüß".to_owned()))));
    }

    #[graded::test]
    fn codes_that_must_not_be_sent() {
        for code in 0..=u16::MAX {
            let valid = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
            assert_eq!(may_be_sent(code), valid, "{code}");
        }
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            let refused = Err(Violation::CloseCode(code));
            assert_eq!(parse_close(&code.to_be_bytes()), refused);
        }
    }

    #[graded::test]
    fn a_reason_is_utf8() {
        assert_eq!(parse_close(b"\x03\xe8\xff"), Err(Violation::NotUtf8));
    }
}

/// RFC 6455 §5.7, from the first byte to the message.
#[graded::test]
fn the_rfcs_examples() {
    let hello = || Message::Text("Hello".to_owned());
    let large = |head: &[u8], length: usize| [head, &vec![7; length]].concat();
    for (bytes, expected) in [
        (b"\x81\x05Hello".to_vec(), vec![hello()]),
        (
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec(),
            vec![hello()],
        ),
        (b"\x01\x03Hel\x80\x02lo".to_vec(), vec![hello()]),
        (
            b"\x89\x05Hello\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec(),
            vec![
                Message::Ping(b"Hello".to_vec()),
                Message::Pong(b"Hello".to_vec()),
            ],
        ),
        (
            large(b"\x82\x7e\x01\x00", 256),
            vec![Message::Binary(vec![7; 256])],
        ),
        (
            large(b"\x82\x7f\0\0\0\0\0\x01\0\0", 65_536),
            vec![Message::Binary(vec![7; 65_536])],
        ),
    ] {
        let mut assembler = Assembler::new(100_000);
        let (mut rest, mut messages) = (&bytes[..], Vec::new());
        while !rest.is_empty() {
            let read = Header::parse(rest).expect("it is right");
            let (header, length) = read.expect("it is whole");
            let (payload, after) = rest[length..].split_at(header.length as usize);
            let mut payload = payload.to_owned();
            if let Some(key) = header.mask {
                apply_mask(key, &mut payload);
            }
            messages.extend(assembler.push(&header, &payload).expect("it is right"));
            rest = after;
        }
        assert_eq!(
            messages,
            expected,
            "of {:02x?} …",
            &bytes[..bytes.len().min(16)]
        );
    }
}

mod fragments {
    use super::*;

    proptest! {
        #[graded::test]
        fn a_message_in_pieces_is_the_message(
            text: String,
            binary: bool,
            size in 1..5_usize,
            pinged: bool,
        ) {
            let bytes = text.as_bytes();
            let opcode = if binary { Opcode::Binary } else { Opcode::Text };
            let mut frames = vec![frame(opcode, false, &[])];
            for piece in bytes.chunks(size).take(LIMIT) {
                frames.push(frame(Opcode::Continuation, false, piece));
                if pinged {
                    frames.push(frame(Opcode::Ping, true, piece));
                }
            }
            frames.push(frame(Opcode::Continuation, true, &[]));
            let mut expected: Vec<Message> = Vec::new();
            if pinged {
                expected.extend(bytes.chunks(size).map(|piece| Message::Ping(piece.to_owned())));
            }
            expected.push(match binary {
                true => Message::Binary(bytes.to_owned()),
                false => Message::Text(text.clone()),
            });
            prop_assert_eq!(assembled(&frames), Ok(expected));
        }
    }

    #[graded::test]
    fn messages_one_after_the_other() {
        let frames = [
            frame(Opcode::Text, false, b"a"),
            frame(Opcode::Continuation, true, b"b"),
            frame(Opcode::Binary, true, b""),
            frame(Opcode::Close, true, b"\x03\xe8bye"),
        ];
        let expected = vec![
            Message::Text("ab".to_owned()),
            Message::Binary(Vec::new()),
            Message::Close(Some((1000, "bye".to_owned()))),
        ];
        assert_eq!(assembled(&frames), Ok(expected));
    }

    #[graded::test]
    fn there_must_be_something_to_continue() {
        for fin in [true, false] {
            let frames = [
                frame(Opcode::Text, true, b"whole"),
                frame(Opcode::Continuation, fin, b"of what?"),
            ];
            assert_eq!(assembled(&frames), Err(Violation::NothingToContinue));
        }
    }

    #[graded::test]
    fn a_message_must_end_before_the_next() {
        for opcode in [Opcode::Text, Opcode::Binary] {
            let frames = [
                frame(Opcode::Text, false, b"one"),
                frame(Opcode::Ping, true, b""),
                frame(opcode, true, b"another"),
            ];
            assert_eq!(assembled(&frames), Err(Violation::MessageUnfinished));
        }
    }

    #[graded::test]
    fn a_text_that_went_wrong_is_refused_before_it_ends() {
        let frames = [
            frame(Opcode::Text, false, b"\xf0\x9f"),
            frame(Opcode::Continuation, false, b"A"),
        ];
        assert_eq!(assembled(&frames), Err(Violation::NotUtf8));
        let unfinished = [
            frame(Opcode::Text, false, b"\xf0\x9f"),
            frame(Opcode::Continuation, true, b"\x98"),
        ];
        assert_eq!(assembled(&unfinished), Err(Violation::NotUtf8));
    }

    #[graded::test]
    fn the_limit_is_for_the_whole_message() {
        let half = vec![7; LIMIT / 2];
        let fits = [
            frame(Opcode::Binary, false, &half),
            frame(Opcode::Continuation, true, &half),
        ];
        assert_eq!(assembled(&fits), Ok(vec![Message::Binary(vec![7; LIMIT])]));
        let too_large = [
            frame(Opcode::Binary, false, &half),
            frame(Opcode::Continuation, false, &half),
            frame(Opcode::Continuation, false, &[7]),
        ];
        assert_eq!(assembled(&too_large), Err(Violation::TooLarge));
    }
}
