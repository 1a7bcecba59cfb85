//! From frames to messages (RFC 6455 §5.4, §5.5, §8.1).
//!
//! Checks: `utf8` (6), `close-payload` (7), `messages` and `fragmentation` (8).

use crate::frame::Header;
use crate::violation::Violation;

/// What a peer has said, once it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A ping: to be answered with a pong of the same payload.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// A close frame, with the code and the reason in it, if it has any.
    Close(Option<(u16, String)>),
}

/// Text that comes in pieces, cut anywhere, also inside a character.
///
/// Add the text so far, and the beginning of a character whose rest has not come yet.
#[derive(Debug, Default)]
pub struct TextCollector {}

impl TextCollector {
    /// **6.** Adds a piece.
    ///
    /// `str::from_utf8` tells the two cases apart: `error_len()` of its error is `None` when the
    /// input ended inside a character that is right so far.
    ///
    /// # Errors
    /// [`Violation::NotUtf8`], as soon as no piece that follows could make it right.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Violation> {
        todo!("add {piece:02x?}")
    }

    /// **6.** The whole of it.
    ///
    /// # Errors
    /// [`Violation::NotUtf8`] when it ends inside a character.
    pub fn finish(self) -> Result<String, Violation> {
        todo!("finish the text")
    }
}

/// **7.** Reads the payload of a close frame: nothing, or a code in two bytes and a reason (§5.5.1).
///
/// # Errors
/// [`Violation::HalfCloseCode`]; [`Violation::CloseCode`] unless it [`may_be_sent`];
/// [`Violation::NotUtf8`].
pub fn parse_close(payload: &[u8]) -> Result<Option<(u16, String)>, Violation> {
    todo!("read {payload:02x?}")
}

/// **7.** Whether a close frame may carry this code (§7.4): 1000 to 1003, 1007 to 1014 and 3000 to
/// 4999.
pub fn may_be_sent(code: u16) -> bool {
    todo!("say whether {code} may be sent")
}

/// Puts messages together out of frames.
///
/// Add the limit, and the message whose last fragment has not come yet.
#[derive(Debug)]
pub struct Assembler {}

impl Assembler {
    /// **8.** Takes messages of at most `max_size` bytes.
    pub fn new(max_size: usize) -> Self {
        let _ = max_size;
        Self {}
    }

    /// **8.** Takes the next frame, whose payload is without its mask. `None`: the message goes on.
    ///
    /// A control frame may come between the fragments of a message. It is handed out at once, and
    /// the message goes on after it.
    ///
    /// # Errors
    /// [`Violation::NothingToContinue`], [`Violation::MessageUnfinished`],
    /// [`Violation::TooLarge`], what [`TextCollector`] finds (as soon as it finds it), and what
    /// [`parse_close`] does.
    pub fn push(&mut self, header: &Header, payload: &[u8]) -> Result<Option<Message>, Violation> {
        todo!("take {header:?} with {payload:02x?}")
    }
}
