//! The answer to a key; one frame: its header, and its mask.

use lifecycle::frame::{Header, Opcode, apply_mask};
use lifecycle::handshake;
use lifecycle::violation::Violation;
use proptest::prelude::*;

/// Headers and their bytes, from RFC 6455 §5.7 and around the limits of each form of the length.
fn examples() -> Vec<(Header, Vec<u8>)> {
    let header = |fin, opcode, mask, length| Header {
        fin,
        opcode,
        mask,
        length,
    };
    let hello = Some([0x37, 0xfa, 0x21, 0x3d]);
    vec![
        (header(true, Opcode::Text, None, 5), vec![0x81, 0x05]),
        (
            header(true, Opcode::Text, hello, 5),
            vec![0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d],
        ),
        (header(false, Opcode::Text, None, 3), vec![0x01, 0x03]),
        (
            header(true, Opcode::Continuation, None, 2),
            vec![0x80, 0x02],
        ),
        (header(true, Opcode::Ping, None, 5), vec![0x89, 0x05]),
        (
            header(true, Opcode::Pong, hello, 5),
            vec![0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d],
        ),
        (header(true, Opcode::Close, None, 0), vec![0x88, 0x00]),
        (header(true, Opcode::Binary, None, 125), vec![0x82, 125]),
        (
            header(true, Opcode::Binary, None, 126),
            vec![0x82, 126, 0, 126],
        ),
        (
            header(true, Opcode::Binary, None, 256),
            vec![0x82, 0x7e, 0x01, 0x00],
        ),
        (
            header(true, Opcode::Binary, None, 65_535),
            vec![0x82, 0x7e, 0xff, 0xff],
        ),
        (
            header(true, Opcode::Binary, None, 65_536),
            vec![0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0],
        ),
        (
            header(false, Opcode::Binary, hello, (1 << 63) - 1),
            vec![
                0x02, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x37, 0xfa, 0x21, 0x3d,
            ],
        ),
    ]
}

fn any_header() -> impl Strategy<Value = Header> {
    let data = prop_oneof![
        Just(Opcode::Continuation),
        Just(Opcode::Text),
        Just(Opcode::Binary)
    ];
    // Each form of the length as often as the others.
    let length = prop_oneof![0..126_u64, 126..65_536_u64, 65_536..=i64::MAX as u64];
    let data = (any::<bool>(), data, length);
    let control = prop_oneof![Just(Opcode::Close), Just(Opcode::Ping), Just(Opcode::Pong)];
    let control = (Just(true), control, 0..126_u64);
    (prop_oneof![data, control], any::<Option<[u8; 4]>>()).prop_map(
        |((fin, opcode, length), mask)| Header {
            fin,
            opcode,
            mask,
            length,
        },
    )
}

#[graded::test]
fn examples_are_read() {
    for (header, bytes) in examples() {
        let read = Header::parse(&bytes);
        assert_eq!(read, Ok(Some((header, bytes.len()))), "of {bytes:02x?}");
    }
}

#[graded::test]
fn examples_are_written() {
    for (header, bytes) in examples() {
        assert_eq!(header.to_bytes(), bytes, "of {header:?}");
    }
}

mod incomplete {
    use super::*;

    #[graded::test]
    fn nothing_may_become_anything() {
        assert_eq!(Header::parse(&[]), Ok(None));
    }

    #[graded::test]
    fn every_beginning_of_a_header_may_become_one() {
        for (_, bytes) in examples() {
            for end in 0..bytes.len() {
                let beginning = &bytes[..end];
                assert_eq!(Header::parse(beginning), Ok(None), "of {beginning:02x?}");
            }
        }
    }
}

mod wrong {
    use super::*;

    /// A byte that cannot be right is refused as soon as it is there, whatever follows.
    #[track_caller]
    fn refused(bytes: &[u8], expected: Violation) {
        for more in [&[][..], &[0x00], &[0xff; 20]] {
            let bytes = [bytes, more].concat();
            assert_eq!(Header::parse(&bytes), Err(expected), "of {bytes:02x?}");
        }
    }

    #[graded::test]
    fn reserved_bits() {
        for bit in [0x40, 0x20, 0x10] {
            refused(&[0x81 | bit], Violation::ReservedBit);
        }
    }

    #[graded::test]
    fn reserved_opcodes() {
        for opcode in (3..8).chain(11..16) {
            refused(&[0x80 | opcode], Violation::ReservedOpcode(opcode));
        }
    }

    #[graded::test]
    fn fragmented_control_frames() {
        for opcode in [8, 9, 10] {
            refused(&[opcode], Violation::FragmentedControl);
        }
    }

    #[graded::test]
    fn long_control_frames() {
        for length in [126, 127, 0x80 | 126, 0x80 | 127] {
            refused(&[0x89, length], Violation::LongControl);
        }
    }

    #[graded::test]
    fn lengths_in_more_bytes_than_they_need() {
        refused(&[0x82, 126, 0, 125], Violation::LengthNotMinimal);
        refused(
            &[0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
            Violation::LengthNotMinimal,
        );
    }

    #[graded::test]
    fn lengths_out_of_range() {
        refused(
            &[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
            Violation::LengthOutOfRange,
        );
    }
}

proptest! {
    #[graded::test]
    fn what_is_written_reads_back(header in any_header(), payload in any::<[u8; 3]>()) {
        let mut bytes = header.to_bytes();
        let length = bytes.len();
        bytes.extend(payload);
        prop_assert_eq!(Header::parse(&bytes), Ok(Some((header, length))));
    }

    #[graded::test]
    fn what_is_read_is_written_back(bytes in any::<[u8; 14]>()) {
        if let Ok(Some((header, length))) = Header::parse(&bytes) {
            prop_assert_eq!(header.to_bytes(), &bytes[..length]);
        }
    }
}

mod mask {
    use super::*;

    #[graded::test]
    fn the_rfcs_example() {
        let mut payload = *b"Hello";
        apply_mask([0x37, 0xfa, 0x21, 0x3d], &mut payload);
        assert_eq!(payload, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    proptest! {
        #[graded::test]
        fn each_byte_has_its_own_of_the_key(key: [u8; 4], payload: Vec<u8>) {
            let mut masked = payload.clone();
            apply_mask(key, &mut masked);
            prop_assert_eq!(masked.len(), payload.len());
            for (index, (masked, byte)) in masked.iter().zip(&payload).enumerate() {
                prop_assert_eq!(*masked, byte ^ key[index % 4], "at {}", index);
            }
        }

        #[graded::test]
        fn twice_is_not_at_all(key: [u8; 4], payload: Vec<u8>) {
            let mut masked = payload.clone();
            apply_mask(key, &mut masked);
            apply_mask(key, &mut masked);
            prop_assert_eq!(masked, payload);
        }
    }
}

mod accept_key {
    use super::*;

    #[graded::test]
    fn the_rfcs_example() {
        // RFC 6455 §1.3.
        assert_eq!(
            handshake::accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[graded::test]
    fn another_key_has_another_answer() {
        assert_eq!(
            handshake::accept_key("x3JJHMbDL1EzLkh9GBhXDw=="),
            "HSmrc0sMlYUkAGmm5OPpG2HaGWk="
        );
    }
}
