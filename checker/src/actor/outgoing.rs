//! What is sent, as bytes on the wire.

use bytes::{BufMut, Bytes, BytesMut};

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A text message in one frame.
    Text(String),
    /// A binary message in one frame.
    Binary(Bytes),
    /// A close frame. Nothing about it is checked: the script may break the rules.
    Close {
        /// Without a code the payload is empty and the reason is left out.
        code: Option<u16>,
        /// After the code.
        reason: Bytes,
    },
    /// A frame made by hand.
    Frame(FrameSpec),
}

/// A frame made by hand (RFC 6455 §5.2). Whatever it says is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameSpec {
    /// Whether the message ends with this frame.
    pub fin: bool,
    /// The reserved bits as they lie on the wire: RSV1 is 4, RSV2 is 2, RSV3 is 1. Higher bits are ignored.
    pub rsv: u8,
    /// 0 to 15. Higher bits are ignored.
    pub opcode: u8,
    /// Whether the payload is masked, as a client's must be. What a server sends never is.
    pub masked: bool,
    /// The length in the header, if it is not the payload's.
    pub claimed_len: Option<u64>,
    /// What follows the header.
    pub payload: Bytes,
}

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

impl FrameSpec {
    /// A whole, masked frame.
    fn whole(opcode: u8, payload: Bytes) -> Self {
        Self {
            fin: true,
            rsv: 0,
            opcode,
            masked: true,
            claimed_len: None,
            payload,
        }
    }

    pub(super) fn ping(payload: Bytes) -> Self {
        Self::whole(PING, payload)
    }

    pub(super) fn pong(payload: Bytes) -> Self {
        Self::whole(PONG, payload)
    }

    pub(super) fn close(code: Option<u16>, reason: &[u8]) -> Self {
        let mut payload = BytesMut::new();
        if let Some(code) = code {
            payload.put_u16(code);
            payload.put_slice(reason);
        }
        Self::whole(CLOSE, payload.freeze())
    }

    /// The same frame as a server sends it (§5.1).
    pub(super) fn unmasked(&self) -> Self {
        Self {
            masked: false,
            ..self.clone()
        }
    }

    pub(super) fn is_close(&self) -> bool {
        self.opcode == CLOSE
    }

    /// The bytes on the wire. `mask` is used only if the frame is masked.
    pub(super) fn encode(&self, mask: [u8; 4]) -> Bytes {
        let mut wire = BytesMut::with_capacity(14 + self.payload.len());
        let fin = if self.fin { FIN } else { 0 };
        wire.put_u8(fin | (self.rsv & 0b111) << 4 | self.opcode & 0xf);

        let masked = if self.masked { MASKED } else { 0 };
        let length = self.claimed_len.unwrap_or(self.payload.len() as u64);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..126), _) => wire.put_u8(masked | short),
            (_, Ok(medium)) => {
                wire.put_u8(masked | 126);
                wire.put_u16(medium);
            }
            _ => {
                wire.put_u8(masked | 127);
                wire.put_u64(length);
            }
        }

        if self.masked {
            wire.put_slice(&mask);
            let start = wire.len();
            wire.put_slice(&self.payload);
            apply_mask(&mut wire[start..], mask);
        } else {
            wire.put_slice(&self.payload);
        }
        wire.freeze()
    }
}

impl From<Outgoing> for FrameSpec {
    fn from(outgoing: Outgoing) -> Self {
        match outgoing {
            Outgoing::Text(text) => Self::whole(TEXT, text.into()),
            Outgoing::Binary(bytes) => Self::whole(BINARY, bytes),
            Outgoing::Close { code, reason } => Self::close(code, &reason),
            Outgoing::Frame(frame) => frame,
        }
    }
}

/// Masks a payload, or removes the mask (RFC 6455 §5.3), four bytes at a time, because the checker is built without optimisation.
pub(super) fn apply_mask(payload: &mut [u8], mask: [u8; 4]) {
    let word = u32::from_ne_bytes(mask);
    let (words, rest) = payload.as_chunks_mut::<4>();
    for bytes in words {
        *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}
