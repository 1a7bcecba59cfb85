//! One frame: its header, and its mask (RFC 6455 §5.2, §5.3).

use crate::violation::Violation;

/// What a frame is (§5.2).
// ANCHOR: types
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// 0: another fragment of the message.
    Continuation,
    /// 1: a text message, or its first fragment.
    Text,
    /// 2: a binary message, or its first fragment.
    Binary,
    /// 8.
    Close,
    /// 9.
    Ping,
    /// 10.
    Pong,
}

/// What stands before a frame's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// FIN: this is the message's last fragment.
    pub fin: bool,
    /// What the frame is.
    pub opcode: Opcode,
    /// The masking key. Clients must have one, servers must not (§5.1).
    pub mask: Option<[u8; 4]>,
    /// How many bytes of payload follow.
    pub length: u64,
}
// ANCHOR_END: types

const FIN: u8 = 0b1000_0000;
const RESERVED: u8 = 0b0111_0000;
const OPCODE: u8 = 0b0000_1111;
const MASKED: u8 = 0b1000_0000;
const LENGTH: u8 = 0b0111_1111;
/// The longest length that fits into the second byte; also the most that a control frame may have.
const LONGEST_SHORT: u64 = 125;
/// In place of a length: the next two bytes hold it.
const IN_TWO_BYTES: u8 = 126;
/// In place of a length: the next eight bytes hold it.
const IN_EIGHT_BYTES: u8 = 127;

impl Opcode {
    /// The opcode with this number.
    ///
    /// # Errors
    /// [`Violation::ReservedOpcode`].
    pub fn from_number(number: u8) -> Result<Self, Violation> {
        match number {
            0 => Ok(Self::Continuation),
            1 => Ok(Self::Text),
            2 => Ok(Self::Binary),
            8 => Ok(Self::Close),
            9 => Ok(Self::Ping),
            10 => Ok(Self::Pong),
            reserved => Err(Violation::ReservedOpcode(reserved)),
        }
    }

    /// Its number.
    pub fn number(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Whether it is about the connection and no part of a message (§5.5).
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

impl Header {
    /// Reads the header at the beginning of `bytes`, and says how many bytes it takes. `None`: what
    /// is there may become one, but the rest of it has not come yet.
    ///
    /// # Errors
    /// When no byte that follows could make it right.
    // ANCHOR: parse
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Violation> {
        let Some((&first, rest)) = bytes.split_first() else {
            return Ok(None);
        };
        if first & RESERVED != 0 {
            return Err(Violation::ReservedBit);
        }
        let fin = first & FIN != 0;
        let opcode = Opcode::from_number(first & OPCODE)?;
        if opcode.is_control() && !fin {
            return Err(Violation::FragmentedControl);
        }
        let Some((&second, rest)) = rest.split_first() else {
            return Ok(None);
        };
        if opcode.is_control() && u64::from(second & LENGTH) > LONGEST_SHORT {
            return Err(Violation::LongControl);
        }
        let Some((length, rest)) = parse_length(second & LENGTH, rest)? else {
            return Ok(None);
        };
        let (mask, rest) = if second & MASKED == 0 {
            (None, rest)
        } else {
            match rest.split_first_chunk() {
                Some((mask, rest)) => (Some(*mask), rest),
                None => return Ok(None),
            }
        };
        let header = Self {
            fin,
            opcode,
            mask,
            length,
        };
        Ok(Some((header, bytes.len() - rest.len())))
    }
    // ANCHOR_END: parse

    /// The header as it goes over the wire.
    // ANCHOR: write
    pub fn to_bytes(&self) -> Vec<u8> {
        let fin = if self.fin { FIN } else { 0 };
        let masked = if self.mask.is_some() { MASKED } else { 0 };
        let mut bytes = vec![fin | self.opcode.number()];
        // Always in the fewest bytes: the ranges of the three forms do not overlap.
        match (u8::try_from(self.length), u16::try_from(self.length)) {
            (Ok(length), _) if self.length <= LONGEST_SHORT => bytes.push(masked | length),
            (_, Ok(length)) => {
                bytes.push(masked | IN_TWO_BYTES);
                bytes.extend(length.to_be_bytes());
            }
            _ => {
                bytes.push(masked | IN_EIGHT_BYTES);
                bytes.extend(self.length.to_be_bytes());
            }
        }
        bytes.extend(self.mask.iter().flatten());
        bytes
    }
    // ANCHOR_END: write
}

// ANCHOR: length
fn parse_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Violation> {
    let (length, rest, least) = match short {
        IN_TWO_BYTES => match rest.split_first_chunk() {
            Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest, 126),
            None => return Ok(None),
        },
        IN_EIGHT_BYTES => match rest.split_first_chunk() {
            Some((length, rest)) => (u64::from_be_bytes(*length), rest, 1 << 16),
            None => return Ok(None),
        },
        short => (u64::from(short), rest, 0),
    };
    if length < least {
        return Err(Violation::LengthNotMinimal);
    }
    if length >= 1 << 63 {
        return Err(Violation::LengthOutOfRange);
    }
    Ok(Some((length, rest)))
}
// ANCHOR_END: length

/// Masks a payload, or takes the mask off: it is the same (§5.3).
// ANCHOR: mask
pub fn apply_mask(key: [u8; 4], payload: &mut [u8]) {
    for (byte, key) in payload.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}
// ANCHOR_END: mask
