//! Values: what is sent, and where the values of variables come from.

use super::{Spanned, Text, Variable};

/// Where the value of a `let` comes from. Random values depend on the seed, the check and the variable only.
#[derive(Debug, Clone, PartialEq)]
pub enum Generator {
    /// `text`: a short line of random words; `text 64KiB`: so many bytes of them.
    Text {
        /// In bytes.
        size: Option<Size>,
    },
    /// `word`: random lower-case letters.
    Word,
    /// `number 1..6`: both ends included.
    Number {
        /// The least.
        from: i64,
        /// The greatest.
        to: i64,
    },
    /// `bytes 3MiB`.
    Bytes {
        /// How many.
        size: Size,
    },
    /// `sha256 $file`: in lower-case hexadecimal.
    Sha256(Variable),
    /// `$file[..32KiB]`, `$file[$offset..]`.
    Slice {
        /// What is cut.
        source: Variable,
        /// The first byte; without it, zero.
        from: Option<Offset>,
        /// The byte after the last; without it, the end.
        to: Option<Offset>,
    },
    /// `jwt {claims}`, with the run's secret, another key, or no signature.
    Jwt {
        /// An object.
        claims: Template,
        /// `expires in 2s`: adds the claim `exp`, so long after the moment at which the line is played.
        expires_in: Option<Duration>,
        /// How it is signed.
        signing: JwtSigning,
    },
}

/// How a `jwt` is signed.
#[derive(Debug, Clone, PartialEq)]
pub enum JwtSigning {
    /// HS256 with the secret of this run.
    Secret,
    /// `key "…"`: HS256 with that key.
    Key(Text),
    /// `alg none`: not signed.
    None,
}

/// An end of a slice.
#[derive(Debug, Clone, PartialEq)]
pub enum Offset {
    /// In bytes.
    Size(Size),
    /// A variable that holds a number of bytes.
    Variable(Variable),
}

/// A number of bytes and the unit that it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many of the unit.
    pub count: u64,
    /// The unit.
    pub unit: SizeUnit,
}

impl Size {
    /// In bytes. The parser refuses what does not fit.
    pub fn bytes(self) -> u64 {
        self.count * self.unit.bytes()
    }
}

/// The unit of a [`Size`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeUnit {
    /// No unit: bytes.
    Bytes,
    /// `KiB`, 1,024 bytes.
    KiB,
    /// `MiB`, 1,024 KiB.
    MiB,
    /// `GiB`, 1,024 MiB.
    GiB,
}

impl SizeUnit {
    /// How many bytes one of it is.
    pub fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::KiB => 1 << 10,
            Self::MiB => 1 << 20,
            Self::GiB => 1 << 30,
        }
    }
}

/// A length of time and the unit that it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    /// How many of the unit.
    pub count: u64,
    /// The unit.
    pub unit: DurationUnit,
}

/// How long a `wait` lasts.
#[derive(Debug, Clone, PartialEq)]
pub enum DurationSource {
    /// Written out.
    Literal(Duration),
    /// A variable that holds a number of milliseconds.
    Variable(Variable),
}

/// The unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationUnit {
    /// `ms`.
    Milliseconds,
    /// `s`.
    Seconds,
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        match duration.unit {
            DurationUnit::Milliseconds => Self::from_millis(duration.count),
            DurationUnit::Seconds => Self::from_secs(duration.count),
        }
    }
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// JSON, as a text message or an HTTP body.
    Json(Template),
    /// `text "…"` or `text $x`: a text message of just that.
    Text(TextSource),
    /// `bytes $file` or `bytes hex "…"`: a binary message or an HTTP body.
    Bytes(BytesSource),
    /// `frame …`: one frame made by hand (RFC 6455 §5.2).
    Frame(Frame),
}

/// `"…"` or `$x`, which must hold a string.
#[derive(Debug, Clone, PartialEq)]
pub enum TextSource {
    /// `"…"`.
    Text(Text),
    /// `$x`.
    Variable(Variable),
}

/// `$x`, which must hold bytes, or `hex "…"`.
#[derive(Debug, Clone, PartialEq)]
pub enum BytesSource {
    /// `$x`.
    Variable(Variable),
    /// `hex "…"`.
    Hex(Vec<u8>),
}

/// `frame OPCODE [more] [rsv N] [unmasked] [claims SIZE] [PAYLOAD]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Which kind of frame.
    pub opcode: Opcode,
    /// FIN is not set: another fragment follows.
    pub more: bool,
    /// Which reserved bit is set: 1, 2 or 3.
    pub rsv: Option<NumberSource>,
    /// Sent without a mask, which a client must never do (RFC 6455 §5.1).
    pub unmasked: bool,
    /// The header promises so many bytes whatever follows.
    pub claims: Option<Size>,
    /// What follows the header.
    pub payload: FramePayload,
}

/// The payload of a [`Frame`].
#[derive(Debug, Clone, PartialEq)]
pub enum FramePayload {
    /// None was written.
    Empty,
    /// `"…"`.
    Text(Text),
    /// `hex "…"`.
    Hex(Vec<u8>),
    /// `$x`, a string or bytes.
    Variable(Variable),
}

/// The opcode of a [`Frame`] (RFC 6455 §5.2).
#[derive(Debug, Clone, PartialEq)]
pub enum Opcode {
    /// 0.
    Continuation,
    /// 1.
    Text,
    /// 2.
    Binary,
    /// 8.
    Close,
    /// 9.
    Ping,
    /// 10.
    Pong,
    /// 0 to 15, or a variable that holds one.
    Number(NumberSource),
}

/// A small number, or a variable that holds one.
#[derive(Debug, Clone, PartialEq)]
pub enum NumberSource {
    /// Written out.
    Literal(u8),
    /// `$x`.
    Variable(Variable),
}

/// JSON that is made when it is sent: a value with variables in it.
pub type Template = Spanned<TemplateNode>;

/// The node of a [`Template`].
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// As written; printing keeps `1.0` and `1` apart.
    Number(serde_json::Number),
    /// `"…"` with `${x}`.
    String(Text),
    /// `[…]`.
    Array(Vec<Template>),
    /// `{…}`, in the order of the source. Keys may hold `${x}`.
    Object(Vec<(Text, Template)>),
    /// `$x`: its whole value.
    Variable(Variable),
}
