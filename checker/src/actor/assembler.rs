//! Bytes from the other end into messages (RFC 6455 §5), whatever the pieces in which they arrive.

use std::io::Cursor;

use bytes::{Buf, Bytes, BytesMut};
use tokio_tungstenite::tungstenite;
use tungstenite::error::{Error, ProtocolError};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::outgoing::apply_mask;
use super::{MESSAGE_LIMIT, Role, Violation};

/// What came: a whole message or a control frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    Text(String),
    Binary(Bytes),
    Ping(Bytes),
    Pong(Bytes),
    Close { code: Option<u16>, reason: String },
}

/// Puts messages together from frames. After an error it is of no more use.
#[derive(Debug)]
pub(super) struct Assembler {
    role: Role,
    frame: Option<OpenFrame>,
    message: Option<OpenMessage>,
    closed: bool,
}

/// A frame whose header has been read.
#[derive(Debug)]
struct OpenFrame {
    kind: Kind,
    is_final: bool,
    /// How much of the payload is still to be taken.
    remaining: usize,
    mask: Option<Mask>,
}

/// What a payload was masked with (RFC 6455 §5.3), turned so that its first byte is for the next one of the payload.
#[derive(Debug, Clone, Copy)]
struct Mask([u8; 4]);

impl Mask {
    fn remove(&mut self, payload: &mut [u8]) {
        apply_mask(payload, self.0);
        self.0.rotate_left(payload.len() % 4);
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Data,
    Control(Control),
}

/// A data message that has begun.
#[derive(Debug)]
struct OpenMessage {
    is_text: bool,
    bytes: Vec<u8>,
    /// How many of the bytes are known to be whole characters.
    checked: usize,
}

impl Assembler {
    /// Puts together what comes to this end.
    pub(super) fn new(role: Role) -> Self {
        Self {
            role,
            frame: None,
            message: None,
            closed: false,
        }
    }

    /// The next message, or nothing as long as `input` does not hold the rest of it.
    pub(super) fn next(&mut self, input: &mut BytesMut) -> Result<Option<Message>, Violation> {
        loop {
            let Some(frame) = &mut self.frame else {
                match read_header(input)? {
                    None => return Ok(None),
                    Some((header, length)) => self.frame = Some(self.begin(&header, length)?),
                }
                continue;
            };
            match frame.kind {
                Kind::Control(control) => {
                    if input.len() < frame.remaining {
                        return Ok(None);
                    }
                    // A copy, since a slice would keep the whole read buffer alive.
                    let mut payload = BytesMut::from(&input[..frame.remaining]);
                    input.advance(frame.remaining);
                    if let Some(mask) = &mut frame.mask {
                        mask.remove(&mut payload);
                    }
                    let payload = payload.freeze();
                    self.frame = None;
                    return self.control(control, payload).map(Some);
                }
                Kind::Data => {
                    let taken = frame.remaining.min(input.len());
                    frame.remaining -= taken;
                    if let Some(mask) = &mut frame.mask {
                        mask.remove(&mut input[..taken]);
                    }
                    let (ended, is_final) = (frame.remaining == 0, frame.is_final);
                    if let Some(message) = &mut self.message {
                        message.extend(&input[..taken])?;
                    }
                    input.advance(taken);
                    if !ended {
                        return Ok(None);
                    }
                    self.frame = None;
                    if is_final && let Some(message) = self.message.take() {
                        return message.finish().map(Some);
                    }
                }
            }
        }
    }

    /// Checks a header, and opens its frame.
    fn begin(&mut self, header: &FrameHeader, length: u64) -> Result<OpenFrame, Violation> {
        if self.closed {
            return Err(Violation::AfterClose {
                frame: name(header.opcode),
            });
        }
        let bits = [header.rsv1, header.rsv2, header.rsv3];
        if let Some(bit) = (1..).zip(bits).find_map(|(bit, set)| set.then_some(bit)) {
            return Err(Violation::ReservedBit { bit });
        }
        match (self.role, header.mask) {
            (Role::Client, Some(_)) => return Err(Violation::MaskedFrame),
            (Role::Server, None) => return Err(Violation::UnmaskedFrame),
            _ => {}
        }
        let kind = match header.opcode {
            OpCode::Control(control) => {
                let frame = name(header.opcode);
                if !header.is_final {
                    return Err(Violation::FragmentedControl { frame });
                }
                if length > 125 {
                    return Err(Violation::LongControl { frame, length });
                }
                Kind::Control(control)
            }
            OpCode::Data(data) => {
                match (data, &self.message) {
                    (Data::Continue, None) => return Err(Violation::NothingToContinue),
                    (Data::Continue, Some(_)) => {}
                    (_, Some(_)) => return Err(Violation::MessageUnfinished),
                    (_, None) => self.message = Some(OpenMessage::new(data == Data::Text)),
                }
                let before = self
                    .message
                    .as_ref()
                    .map_or(0, |message| message.bytes.len());
                let length = length.saturating_add(before as u64);
                if length > MESSAGE_LIMIT {
                    return Err(Violation::MessageTooLong { length });
                }
                Kind::Data
            }
        };
        // At most MESSAGE_LIMIT, so nothing is lost.
        let remaining = length as usize;
        Ok(OpenFrame {
            kind,
            is_final: header.is_final,
            remaining,
            mask: header.mask.map(Mask),
        })
    }

    fn control(&mut self, control: Control, payload: Bytes) -> Result<Message, Violation> {
        Ok(match control {
            Control::Ping => Message::Ping(payload),
            Control::Pong => Message::Pong(payload),
            Control::Close => {
                self.closed = true;
                read_close(&payload)?
            }
            Control::Reserved(opcode) => return Err(Violation::ReservedOpcode { opcode }),
        })
    }
}

impl OpenMessage {
    fn new(is_text: bool) -> Self {
        Self {
            is_text,
            bytes: Vec::new(),
            checked: 0,
        }
    }

    /// Adds payload, and fails at the first byte that no continuation could make UTF-8.
    fn extend(&mut self, payload: &[u8]) -> Result<(), Violation> {
        self.bytes.extend_from_slice(payload);
        if self.is_text {
            match str::from_utf8(&self.bytes[self.checked..]) {
                Ok(_) => self.checked = self.bytes.len(),
                Err(error) => {
                    self.checked += error.valid_up_to();
                    if error.error_len().is_some() {
                        return Err(Violation::TextNotUtf8 { at: self.checked });
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Message, Violation> {
        // What grew in steps would otherwise hold up to twice its length.
        self.bytes.shrink_to_fit();
        if !self.is_text {
            return Ok(Message::Binary(self.bytes.into()));
        }
        String::from_utf8(self.bytes)
            .map(Message::Text)
            .map_err(|_| Violation::TextNotUtf8 { at: self.checked })
    }
}

/// Takes a header off the input, once it is there whole.
fn read_header(input: &mut BytesMut) -> Result<Option<(FrameHeader, u64)>, Violation> {
    let mut cursor = Cursor::new(&input[..]);
    let (header, length) = match FrameHeader::parse(&mut cursor) {
        Ok(None) => return Ok(None),
        Ok(Some(parsed)) => parsed,
        Err(Error::Protocol(ProtocolError::InvalidOpcode(opcode))) => {
            return Err(Violation::ReservedOpcode { opcode });
        }
        // Reading from memory does not fail; there is no other error.
        Err(_) => return Ok(None),
    };
    let read = cursor.position() as usize;
    if read != header.len(length) {
        return Err(Violation::LengthNotMinimal { length });
    }
    input.advance(read);
    Ok(Some((header, length)))
}

fn read_close(payload: &[u8]) -> Result<Message, Violation> {
    let (code, reason) = match payload {
        [] => (None, payload),
        [_] => return Err(Violation::HalfCloseCode),
        [high, low, reason @ ..] => (Some(u16::from_be_bytes([*high, *low])), reason),
    };
    if let Some(code) = code
        && !may_be_sent(code)
    {
        return Err(Violation::CloseCode { code });
    }
    let reason = str::from_utf8(reason).map_err(|_| Violation::ReasonNotUtf8)?;
    Ok(Message::Close {
        code,
        reason: reason.to_owned(),
    })
}

/// RFC 6455 §7.4 and IANA's registry, which adds 1012 to 1014.
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

fn name(opcode: OpCode) -> &'static str {
    match opcode {
        OpCode::Data(Data::Continue) => "continuation",
        OpCode::Data(Data::Text) => "text",
        OpCode::Data(Data::Binary) => "binary",
        OpCode::Control(Control::Close) => "close",
        OpCode::Control(Control::Ping) => "ping",
        OpCode::Control(Control::Pong) => "pong",
        OpCode::Data(Data::Reserved(_)) | OpCode::Control(Control::Reserved(_)) => "reserved",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_length_is_not_memory() {
        let mut header = vec![0x82, 127];
        header.extend(MESSAGE_LIMIT.to_be_bytes());
        let mut assembler = Assembler::new(Role::Client);
        let mut input = BytesMut::from(&header[..]);

        assert_eq!(assembler.next(&mut input), Ok(None));

        let message = assembler.message.expect("the header begins a message");
        assert_eq!(message.bytes.capacity(), 0);
    }
}
