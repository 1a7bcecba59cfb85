//! One frame: its header, and its mask (RFC 6455 §5.2, §5.3).
//!
//! Checks: `header` (2), `incomplete` and `wrong-headers` (3), `header-back` (4), `mask` (5).

use crate::violation::Violation;

/// What a frame is (§5.2).
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

impl Header {
    /// **2.** Reads the header at the beginning of `bytes`, and says how many bytes it takes.
    ///
    /// The first byte is FIN, three reserved bits and the opcode; the second is a bit that says
    /// whether there is a mask, and the length. 126 there means that the length stands in the next
    /// two bytes, 127 that it stands in the next eight, most significant byte first. Then comes the
    /// mask, if there is one.
    ///
    /// `None` (**3**): what is there may become a header, but the rest of it has not come yet.
    ///
    /// # Errors
    /// (**3**) When no byte that follows could make it right:
    /// [`ReservedBit`](Violation::ReservedBit), [`ReservedOpcode`](Violation::ReservedOpcode),
    /// [`FragmentedControl`](Violation::FragmentedControl) and, of the second byte,
    /// [`LongControl`](Violation::LongControl); then
    /// [`LengthNotMinimal`](Violation::LengthNotMinimal) and
    /// [`LengthOutOfRange`](Violation::LengthOutOfRange).
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Violation> {
        todo!("read {bytes:02x?}")
    }

    /// **4.** The header as it goes over the wire, its length in the fewest bytes that hold it.
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!("write {self:?}")
    }
}

/// **5.** Masks a payload, or takes the mask off: it is the same (§5.3). Byte *i* of the payload is
/// XORed with byte *i* mod 4 of the key.
pub fn apply_mask(key: [u8; 4], payload: &mut [u8]) {
    todo!("mask {payload:02x?} with {key:02x?}")
}
