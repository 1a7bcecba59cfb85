//! From bytes to messages, and what is not allowed there.

use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, frame};
use crate::actor::assembler::{Assembler, Message};
use crate::actor::{MESSAGE_LIMIT, Role, Violation};

/// What comes of bytes that arrive in these pieces: the messages, and the violation if there is one.
fn assemble<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Message>, Option<Violation>) {
    let mut assembler = Assembler::new(Role::Client);
    let mut input = BytesMut::new();
    let mut messages = Vec::new();
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match assembler.next(&mut input) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(violation) => return (messages, Some(violation)),
            }
        }
    }
    (messages, None)
}

/// A whole message or one control frame, as frames.
#[derive(Debug, Clone)]
enum Sent {
    Data {
        first: u8,
        payload: Vec<u8>,
        /// Where it is cut into fragments, and the payload of a ping before each.
        cuts: Vec<(Index, Option<Vec<u8>>)>,
    },
    Control(u8, Vec<u8>),
}

fn sent() -> impl Strategy<Value = Sent> {
    let text = "\\PC{0,70}".prop_map(|text| (TEXT, text.into_bytes()));
    let binary = vec(any::<u8>(), 0..300).prop_map(|bytes| (BINARY, bytes));
    let ping = proptest::option::of(vec(any::<u8>(), 0..=125));
    let data = (prop_oneof![text, binary], vec((any::<Index>(), ping), 0..5));
    prop_oneof![
        4 => data.prop_map(|((first, payload), cuts)| Sent::Data { first, payload, cuts }),
        1 => (select(vec![PING, PONG]), vec(any::<u8>(), 0..=125))
            .prop_map(|(first, payload)| Sent::Control(first, payload)),
    ]
}

/// The frames on the wire, and the messages that they are.
fn encode(all: &[Sent]) -> (Vec<u8>, Vec<Message>) {
    let (mut wire, mut messages) = (Vec::new(), Vec::new());
    for sent in all {
        match sent {
            Sent::Control(first, payload) => {
                wire.extend(frame(*first, payload));
                let payload = Bytes::from(payload.clone());
                messages.push(if *first == PING {
                    Message::Ping(payload)
                } else {
                    Message::Pong(payload)
                });
            }
            Sent::Data {
                first,
                payload,
                cuts,
            } => {
                let mut ends: Vec<_> = cuts
                    .iter()
                    .map(|(index, ping)| (index.index(payload.len() + 1), ping.clone()))
                    .collect();
                ends.sort();
                let mut opcode = first & !FIN;
                let mut start = 0;
                for (end, ping) in ends {
                    wire.extend(frame(opcode, &payload[start..end]));
                    (opcode, start) = (CONTINUATION, end);
                    if let Some(ping) = ping {
                        wire.extend(frame(PING, &ping));
                        messages.push(Message::Ping(ping.into()));
                    }
                }
                wire.extend(frame(FIN | opcode, &payload[start..]));
                messages.push(if *first == TEXT {
                    Message::Text(String::from_utf8(payload.clone()).unwrap())
                } else {
                    Message::Binary(payload.clone().into())
                });
            }
        }
    }
    (wire, messages)
}

/// The pieces between cuts anywhere.
fn cut<'a>(wire: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
    ends.extend([0, wire.len()]);
    ends.sort_unstable();
    ends.windows(2)
        .map(|ends| &wire[ends[0]..ends[1]])
        .collect()
}

proptest! {
    #[test]
    fn messages_come_out_as_they_went_in_however_fragmented_and_cut(
        all in vec(sent(), 0..6),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let (wire, messages) = encode(&all);
        prop_assert_eq!(assemble(cut(&wire, &cuts)), (messages.clone(), None));
        prop_assert_eq!(assemble(wire.chunks(1)), (messages, None));
    }

    /// Also where bytes were changed, and so the protocol broken.
    #[test]
    fn any_cutting_gives_the_same_messages_and_the_same_violation(
        all in vec(sent(), 1..6),
        changes in vec((any::<Index>(), any::<u8>()), 0..4),
        cuts in vec(any::<Index>(), 0..20),
    ) {
        let (mut wire, _) = encode(&all);
        for (index, byte) in changes {
            let index = index.index(wire.len());
            wire[index] = byte;
        }
        let whole = assemble([&wire[..]]);
        prop_assert_eq!(&assemble(cut(&wire, &cuts)), &whole);
        prop_assert_eq!(&assemble(wire.chunks(1)), &whole);
    }
}

#[test]
fn control_frames_come_between_fragments() {
    let wire = [
        frame(0x01, [0xf0, 0x9f]),
        frame(PING, "between"),
        frame(FIN | CONTINUATION, [0x98, 0x80]),
    ]
    .concat();

    let messages = vec![
        Message::Ping(Bytes::from_static(b"between")),
        Message::Text("😀".to_owned()),
    ];
    assert_eq!(assemble([&wire[..]]), (messages, None));
}

#[test]
fn every_breach_has_its_name() {
    use Violation::*;
    let long_ping = [&[PING, 126, 0, 126][..], &[0; 126]].concat();
    let cases: Vec<(Vec<u8>, Violation)> = vec![
        (vec![TEXT, 0x82, 1, 2, 3, 4, b'h', b'i'], MaskedFrame),
        (frame(TEXT | 0x40, "hi"), ReservedBit { bit: 1 }),
        (frame(TEXT | 0x20, "hi"), ReservedBit { bit: 2 }),
        (frame(PING | 0x10, "hi"), ReservedBit { bit: 3 }),
        (frame(0x83, ""), ReservedOpcode { opcode: 3 }),
        (frame(0x8b, ""), ReservedOpcode { opcode: 11 }),
        (vec![TEXT, 126, 0, 125], LengthNotMinimal { length: 125 }),
        (
            vec![TEXT, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
            LengthNotMinimal { length: 65_535 },
        ),
        (frame(PING & !FIN, ""), FragmentedControl { frame: "ping" }),
        (
            frame(CLOSE & !FIN, ""),
            FragmentedControl { frame: "close" },
        ),
        (
            long_ping,
            LongControl {
                frame: "ping",
                length: 126,
            },
        ),
        (frame(FIN | CONTINUATION, "x"), NothingToContinue),
        (
            [frame(TEXT, "x"), frame(CONTINUATION, "y")].concat(),
            NothingToContinue,
        ),
        (
            [frame(0x01, "x"), frame(TEXT, "y")].concat(),
            MessageUnfinished,
        ),
        (frame(TEXT, [b'a', 0xff]), TextNotUtf8 { at: 1 }),
        (frame(TEXT, [0xc0, 0x80]), TextNotUtf8 { at: 0 }),
        (frame(TEXT, [0xed, 0xa0, 0x80]), TextNotUtf8 { at: 0 }),
        (
            [frame(0x01, "ö"), frame(FIN, [0xf0, 0x9f])].concat(),
            TextNotUtf8 { at: 2 },
        ),
        (frame(CLOSE, [3]), HalfCloseCode),
        (frame(CLOSE, [3, 0xe8, 0xff]), ReasonNotUtf8),
        (
            [frame(CLOSE, ""), frame(TEXT, "late")].concat(),
            AfterClose { frame: "text" },
        ),
        (
            vec![BINARY, 127, 0, 0, 0, 0, 0x40, 0, 0, 0],
            MessageTooLong { length: 1 << 30 },
        ),
        (
            vec![BINARY, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            MessageTooLong { length: u64::MAX },
        ),
    ];
    for (wire, violation) in cases {
        let (_, found) = assemble([&wire[..]]);
        assert_eq!(found.as_ref(), Some(&violation), "{wire:02x?}");
    }
}

#[test]
fn text_that_cannot_become_utf8_fails_before_its_message_ends() {
    // Byte two cannot follow byte one, and the frame promises eight more.
    let (_, violation) = assemble([&[0x01, 10, 0xf4, 0x90][..]]);
    assert_eq!(violation, Some(Violation::TextNotUtf8 { at: 0 }));
}

#[test]
fn fragments_that_add_up_beyond_the_limit_fail_at_the_header_that_says_so() {
    let half = vec![0; MESSAGE_LIMIT as usize / 2];
    let length = (half.len() as u64).to_be_bytes();
    let first = [&[0x02, 127][..], &length, &half].concat();
    let second = [&[0x00, 127][..], &length, &half].concat();
    let third = [0x80, 1];

    let (_, violation) = assemble([&first[..], &second, &third]);

    let length = MESSAGE_LIMIT + 1;
    assert_eq!(violation, Some(Violation::MessageTooLong { length }));
}

#[test]
fn close_codes_are_those_that_may_be_sent() {
    let allowed = |code: u16| {
        let (messages, violation) = assemble([&frame(CLOSE, code.to_be_bytes())[..]]);
        match violation {
            None => {
                messages
                    == [Message::Close {
                        code: Some(code),
                        reason: String::new(),
                    }]
            }
            Some(violation) => {
                assert_eq!(violation, Violation::CloseCode { code });
                false
            }
        }
    };
    let found: Vec<u16> = (0..=u16::MAX).filter(|&code| allowed(code)).collect();
    let expected: Vec<u16> = (1000..=1003)
        .chain(1007..=1014)
        .chain(3000..=4999)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_close_frame_may_be_empty() {
    let close = Message::Close {
        code: None,
        reason: String::new(),
    };
    assert_eq!(assemble([&frame(CLOSE, "")[..]]), (vec![close], None));
}

#[test]
fn violations_are_told_in_plain_words() {
    let violations = [
        Violation::MaskedFrame,
        Violation::ReservedBit { bit: 1 },
        Violation::ReservedOpcode { opcode: 11 },
        Violation::LengthNotMinimal { length: 5 },
        Violation::FragmentedControl { frame: "ping" },
        Violation::LongControl {
            frame: "close",
            length: 126,
        },
        Violation::NothingToContinue,
        Violation::MessageUnfinished,
        Violation::TextNotUtf8 { at: 7 },
        Violation::ReasonNotUtf8,
        Violation::HalfCloseCode,
        Violation::CloseCode { code: 1006 },
        Violation::AfterClose { frame: "text" },
        Violation::MessageTooLong { length: 1 << 30 },
    ]
    .map(|violation| format!("{violation}; answered with {}", violation.close_code()));
    insta::assert_snapshot!(violations.join("\n"));
}
