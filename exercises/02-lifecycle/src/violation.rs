//! What a peer can do against RFC 6455.

use std::fmt;

/// A breach of RFC 6455, after which the connection must be failed (§7.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Violation {
    /// A reserved bit is set, and no extension was agreed on (§5.2).
    ReservedBit,
    /// An opcode without a meaning: 3 to 7 or 11 to 15 (§5.2).
    ReservedOpcode(u8),
    /// A ping, pong or close frame without FIN (§5.5).
    FragmentedControl,
    /// A ping, pong or close frame of more than 125 bytes (§5.5).
    LongControl,
    /// A length in more bytes than it needs (§5.2).
    LengthNotMinimal,
    /// A length of 2^63 or more: the first bit must be 0 (§5.2).
    LengthOutOfRange,
    /// A continuation frame, and no message to continue (§5.4).
    NothingToContinue,
    /// A new message before the last fragment of the one before (§5.4).
    MessageUnfinished,
    /// A text message, or the reason in a close frame, is not UTF-8 (§8.1).
    NotUtf8,
    /// A close frame of one byte: half a code (§5.5.1).
    HalfCloseCode,
    /// A close code that must not be sent (§7.4).
    CloseCode(u16),
    /// A message above the receiver's limit (§10.4).
    TooLarge,
}

impl Violation {
    /// The code of the close frame that says so (§7.4.1).
    pub fn close_code(self) -> u16 {
        match self {
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
            _ => 1002,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBit => f.write_str("a reserved bit is set"),
            Self::ReservedOpcode(opcode) => write!(f, "the opcode {opcode} is reserved"),
            Self::FragmentedControl => f.write_str("a control frame is fragmented"),
            Self::LongControl => f.write_str("a control frame is longer than 125 bytes"),
            Self::LengthNotMinimal => f.write_str("a length takes more bytes than it needs"),
            Self::LengthOutOfRange => f.write_str("a length is 2^63 or more"),
            Self::NothingToContinue => f.write_str("there is no message to continue"),
            Self::MessageUnfinished => f.write_str("a message begins inside another"),
            Self::NotUtf8 => f.write_str("a text is not UTF-8"),
            Self::HalfCloseCode => f.write_str("a close frame has half a code"),
            Self::CloseCode(code) => write!(f, "the close code {code} must not be sent"),
            Self::TooLarge => f.write_str("a message is too large"),
        }
    }
}

impl std::error::Error for Violation {}
