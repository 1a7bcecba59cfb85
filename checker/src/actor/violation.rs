//! What the other end of a connection can do against RFC 6455.

use super::MESSAGE_LIMIT;

/// A breach of RFC 6455 by the other end, after which the connection is failed (§7.1.7). Its text is for the student and
/// says what "the server" or "the client" did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A server must not mask its frames (§5.1).
    #[error("masked a frame; only clients mask (RFC 6455 section 5.1)")]
    MaskedFrame,
    /// A client must mask its frames (§5.1).
    #[error("did not mask a frame; a client must mask all of them (RFC 6455 section 5.1)")]
    UnmaskedFrame,
    /// A reserved bit is set and no extension was agreed on (§5.2).
    #[error("set reserved bit RSV{bit} although no extension was agreed on (RFC 6455 section 5.2)")]
    ReservedBit {
        /// 1, 2 or 3: the first that is set.
        bit: u8,
    },
    /// An opcode without a meaning (§5.2).
    #[error("sent a frame of the reserved opcode {opcode} (RFC 6455 section 5.2)")]
    ReservedOpcode {
        /// 3 to 7 or 11 to 15.
        opcode: u8,
    },
    /// A length in more bytes than it needs (§5.2).
    #[error("wrote the frame length {length} in more bytes than it needs (RFC 6455 section 5.2)")]
    LengthNotMinimal {
        /// In bytes.
        length: u64,
    },
    /// A ping, pong or close frame without FIN (§5.5).
    #[error("fragmented a {frame} frame; control frames must be whole (RFC 6455 section 5.5)")]
    FragmentedControl {
        /// `ping`, `pong` or `close`.
        frame: &'static str,
    },
    /// A ping, pong or close frame of more than 125 bytes (§5.5).
    #[error(
        "sent a {frame} frame of {length} bytes; control frames carry at most 125 (RFC 6455 section 5.5)"
    )]
    LongControl {
        /// `ping`, `pong` or `close`.
        frame: &'static str,
        /// In bytes, as declared.
        length: u64,
    },
    /// A continuation frame outside a fragmented message (§5.4).
    #[error("sent a continuation frame with no message to continue (RFC 6455 section 5.4)")]
    NothingToContinue,
    /// A new message before the last fragment of the one before (§5.4).
    #[error("began a new message before it had ended a fragmented one (RFC 6455 section 5.4)")]
    MessageUnfinished,
    /// A text message is not UTF-8 (§8.1).
    #[error("sent a text message that is not UTF-8: byte {at} is wrong (RFC 6455 section 8.1)")]
    TextNotUtf8 {
        /// The offset in the message of the first byte that belongs to no character.
        at: usize,
    },
    /// A close reason is not UTF-8 (§5.5.1).
    #[error("sent a close reason that is not UTF-8 (RFC 6455 section 5.5.1)")]
    ReasonNotUtf8,
    /// A close payload of one byte, half a code (§5.5.1).
    #[error(
        "sent a close frame with a payload of one byte; a code takes two (RFC 6455 section 5.5.1)"
    )]
    HalfCloseCode,
    /// A close code that must not be sent (§7.4).
    #[error("sent the close code {code}, which must not be sent (RFC 6455 section 7.4)")]
    CloseCode {
        /// As it came.
        code: u16,
    },
    /// A frame after the close frame (§5.5.1).
    #[error("sent a {frame} frame after its close frame (RFC 6455 section 5.5.1)")]
    AfterClose {
        /// Its kind.
        frame: &'static str,
    },
    /// A message above [`MESSAGE_LIMIT`]. Not a breach by itself: section 10.4 lets a client refuse it.
    #[error(
        "announced a message of {length} bytes; the limit is {MESSAGE_LIMIT} (RFC 6455 section 10.4)"
    )]
    MessageTooLong {
        /// In bytes: what came of the message so far, and what its next frame declares.
        length: u64,
    },
    /// A server-sent event above [`MESSAGE_LIMIT`]. Not a breach: the checker keeps no more.
    #[error("the server sent an event of more than {MESSAGE_LIMIT} bytes")]
    EventTooLong,
}

impl Violation {
    /// The code of the close frame with which it is answered (§7.4.1).
    pub fn close_code(&self) -> u16 {
        match self {
            Self::TextNotUtf8 { .. } | Self::ReasonNotUtf8 => 1007,
            Self::MessageTooLong { .. } => 1009,
            _ => 1002,
        }
    }
}
