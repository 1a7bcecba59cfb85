//! From frames to messages (RFC 6455 §5.4, §5.5, §8.1).

use std::str;

use crate::frame::{Header, Opcode};
use crate::violation::Violation;

/// What a peer has said, once it is whole.
// ANCHOR: types
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
// ANCHOR_END: types

/// Text that comes in pieces, cut anywhere, also inside a character.
// ANCHOR: utf8
#[derive(Debug, Default)]
pub struct TextCollector {
    text: String,
    /// The beginning of a character whose rest has not come yet: at most three bytes.
    begun: Vec<u8>,
}

impl TextCollector {
    /// Adds a piece.
    ///
    /// # Errors
    /// [`Violation::NotUtf8`], as soon as no piece that follows could make it right.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Violation> {
        self.begun.extend(piece);
        let valid = match str::from_utf8(&self.begun) {
            Ok(text) => text.len(),
            // No length: the input ended inside a character that is right so far.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Err(Violation::NotUtf8),
        };
        let begun = self.begun.split_off(valid);
        let whole = std::mem::replace(&mut self.begun, begun);
        let whole = String::from_utf8(whole).map_err(|_| Violation::NotUtf8)?;
        self.text.push_str(&whole);
        Ok(())
    }

    /// The whole of it.
    ///
    /// # Errors
    /// [`Violation::NotUtf8`] when it ends inside a character.
    pub fn finish(self) -> Result<String, Violation> {
        match self.begun.is_empty() {
            true => Ok(self.text),
            false => Err(Violation::NotUtf8),
        }
    }
}
// ANCHOR_END: utf8

/// Reads the payload of a close frame: nothing, or a code and a reason (§5.5.1).
///
/// # Errors
/// [`Violation::HalfCloseCode`], [`Violation::CloseCode`], [`Violation::NotUtf8`].
// ANCHOR: close
pub fn parse_close(payload: &[u8]) -> Result<Option<(u16, String)>, Violation> {
    if payload.is_empty() {
        return Ok(None);
    }
    let Some((code, reason)) = payload.split_first_chunk() else {
        return Err(Violation::HalfCloseCode);
    };
    let code = u16::from_be_bytes(*code);
    if !may_be_sent(code) {
        return Err(Violation::CloseCode(code));
    }
    let reason = str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
    Ok(Some((code, reason.to_owned())))
}

/// Whether a close frame may carry this code (§7.4, and the registry that it founded).
pub fn may_be_sent(code: u16) -> bool {
    // 1004 has no meaning. 1005, 1006 and 1015 are how a program is told that there was no code.
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
// ANCHOR_END: close

/// Puts messages together out of frames.
// ANCHOR: assembler
#[derive(Debug)]
pub struct Assembler {
    max_size: usize,
    /// The message whose last fragment has not come yet.
    unfinished: Option<Unfinished>,
}

#[derive(Debug)]
struct Unfinished {
    size: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(TextCollector),
    Binary(Vec<u8>),
}

impl Assembler {
    /// Takes messages of at most `max_size` bytes.
    pub fn new(max_size: usize) -> Self {
        Self {
            max_size,
            unfinished: None,
        }
    }

    /// Takes the next frame, whose payload is without its mask. `None`: the message goes on.
    ///
    /// # Errors
    /// What the frame is against.
    pub fn push(&mut self, header: &Header, payload: &[u8]) -> Result<Option<Message>, Violation> {
        let mut message = match (header.opcode, self.unfinished.take()) {
            (Opcode::Continuation, Some(unfinished)) => unfinished,
            (Opcode::Continuation, None) => return Err(Violation::NothingToContinue),
            (Opcode::Text, None) => Unfinished::new(Content::Text(TextCollector::default())),
            (Opcode::Binary, None) => Unfinished::new(Content::Binary(Vec::new())),
            (Opcode::Text | Opcode::Binary, Some(_)) => return Err(Violation::MessageUnfinished),
            // A control frame may stand between fragments: it changes nothing for the message.
            (control, unfinished) => {
                self.unfinished = unfinished;
                return parse_control(control, payload).map(Some);
            }
        };
        message.push(payload, self.max_size)?;
        if header.fin {
            return message.finish().map(Some);
        }
        self.unfinished = Some(message);
        Ok(None)
    }
}
// ANCHOR_END: assembler

fn parse_control(opcode: Opcode, payload: &[u8]) -> Result<Message, Violation> {
    Ok(match opcode {
        Opcode::Close => Message::Close(parse_close(payload)?),
        Opcode::Ping => Message::Ping(payload.to_owned()),
        _ => Message::Pong(payload.to_owned()),
    })
}

impl Unfinished {
    fn new(content: Content) -> Self {
        Self { size: 0, content }
    }

    fn push(&mut self, payload: &[u8], max_size: usize) -> Result<(), Violation> {
        self.size = self.size.saturating_add(payload.len());
        if self.size > max_size {
            return Err(Violation::TooLarge);
        }
        match &mut self.content {
            Content::Text(text) => text.push(payload)?,
            Content::Binary(bytes) => bytes.extend(payload),
        }
        Ok(())
    }

    fn finish(self) -> Result<Message, Violation> {
        Ok(match self.content {
            Content::Text(text) => Message::Text(text.finish()?),
            Content::Binary(bytes) => Message::Binary(bytes),
        })
    }
}
