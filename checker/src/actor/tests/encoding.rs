//! From what is sent to bytes, judged by tungstenite's reading of them.

use std::io::Cursor;

use bytes::Bytes;
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;

use crate::actor::FrameSpec;

fn length() -> impl Strategy<Value = usize> {
    prop_oneof![0..300_usize, 65_000..66_000_usize]
}

proptest! {
    #[test]
    fn a_frame_is_read_back_as_it_was_made(
        fin: bool,
        rsv in 0..8_u8,
        opcode in prop_oneof![0..=2_u8, 8..=10_u8],
        masked: bool,
        mask: [u8; 4],
        length in length(),
        claimed_len in proptest::option::of(prop_oneof![0..70_000_u64, any::<u64>()]),
    ) {
        let payload: Bytes = (0..length).map(|index| index as u8).collect();
        let spec = FrameSpec { fin, rsv, opcode, masked, claimed_len, payload: payload.clone() };

        let wire = spec.encode(mask);

        let mut cursor = Cursor::new(&wire);
        let (header, declared) = FrameHeader::parse(&mut cursor).unwrap().unwrap();
        let bits = u8::from(header.rsv1) << 2 | u8::from(header.rsv2) << 1 | u8::from(header.rsv3);
        prop_assert_eq!((header.is_final, bits, u8::from(header.opcode)), (fin, rsv, opcode));
        prop_assert_eq!(header.mask, masked.then_some(mask));
        prop_assert_eq!(declared, claimed_len.unwrap_or(length as u64));
        let start = cursor.position() as usize;
        prop_assert_eq!(start, header.len(declared), "the length takes as few bytes as it can");
        let key = header.mask.unwrap_or_default();
        let plain: Vec<u8> = wire[start..].iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
        prop_assert_eq!(plain, payload);
    }
}
