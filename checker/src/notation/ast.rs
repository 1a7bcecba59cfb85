//! The abstract syntax of a transcript.
//!
//! Positions never take part in equality, so that a script and what is read back from its printed form are equal.

use std::fmt;
use std::ops::{Deref, Range};

/// A range of bytes in the source text: the whole page, not only the transcript block.
pub type Span = Range<usize>;

/// A node and where it stands. Two are equal when their nodes are.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The node itself.
    pub node: T,
    /// Where it stands in the source.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a node at a place.
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.node
    }
}

/// The lines of one check, or of one block inside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// In the order of the source.
    pub lines: Vec<Line>,
}

/// One logical line: a statement (which may go on over several lines of text) and its comment.
#[derive(Debug, Clone)]
pub struct Line {
    /// What the line asks for.
    pub statement: Statement,
    /// The comment at the line's end, without `#` and trimmed.
    pub comment: Option<String>,
    /// From the first character of the statement to the last, the indented block left out.
    pub span: Span,
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.statement == other.statement && self.comment == other.comment
    }
}

/// What a line asks for.
#[expect(
    clippy::large_enum_variant,
    reason = "a page has hundreds of them, not millions"
)]
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `# text`: a line that holds only a comment.
    Comment(String),
    /// `given join`: plays that check's script first.
    Given(Spanned<String>),
    /// `env A=1 B=2`: overrides the page's environment for this check.
    Env(Vec<EnvSetting>),
    /// `let $x = text`.
    Let {
        /// The variable that is bound.
        variable: Variable,
        /// Where its value comes from.
        generator: Generator,
    },
    /// `alice connects /ws`.
    Connect(Connect),
    /// `alice -> PAYLOAD`.
    Send {
        /// Who sends.
        client: Client,
        /// What is sent.
        payload: Payload,
    },
    /// `alice <- PATTERN`.
    Receive(Receive),
    /// `alice never <- PATTERN`, perhaps with `while:` and a block.
    Never {
        /// Whose inbox is watched.
        client: Client,
        /// What must not arrive.
        pattern: MessagePattern,
        /// The indented lines at whose end the prohibition ends; without them it ends with the check.
        scope: Option<Script>,
    },
    /// `in any order:`. The block holds only `Receive` lines (and comments).
    InAnyOrder(Script),
    /// `together:`. Lines of different clients run at the same time, each client's own in order.
    Together(Script),
    /// `for $x in LIST:`.
    For(For),
    /// `alice GET /api/rooms => 200 PATTERN`.
    Request(Request),
    /// `alice closes 1000 "bye"`: sends a close frame.
    Close {
        /// Who closes.
        client: Client,
        /// The code; without one the frame is empty.
        code: Option<CloseCode>,
        /// The reason, in UTF-8.
        reason: Option<Text>,
    },
    /// `alice drops`: flushes, then ends TCP without a close frame.
    Drop {
        /// Whose connection ends.
        client: Client,
    },
    /// `alice is closed`, `alice is closed with 1001 | dropped`, `alice is dropped`.
    Closed {
        /// Whose connection the server must end.
        client: Client,
        /// Any of these is right; empty means any close frame.
        expected: Vec<Ending>,
        /// Bounds on when.
        within: Option<Within>,
    },
    /// `alice stalls`: stops reading its socket.
    Stall {
        /// Who stops reading.
        client: Client,
    },
    /// `alice resumes`: reads its socket again.
    Resume {
        /// Who reads again.
        client: Client,
    },
    /// `wait 400ms "the window is 300 ms"`.
    Wait {
        /// How long.
        duration: Duration,
        /// Why time has to pass.
        reason: Spanned<String>,
    },
}

/// One `NAME=value` of an `env` line.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvSetting {
    /// The variable's name in the server's environment.
    pub name: Spanned<String>,
    /// Its value, as written.
    pub value: String,
}

/// `$x`: a name without its dollar sign.
pub type Variable = Spanned<String>;

/// `alice` or `alice/phone`: one scripted client. What follows the slash only tells connections of a user apart.
pub type Client = Spanned<ClientName>;

/// The name of a scripted client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientName {
    /// The user, whose random name is the variable of the same name.
    pub user: String,
    /// What follows the slash.
    pub device: Option<String>,
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.user)?;
        match &self.device {
            Some(device) => write!(f, "/{device}"),
            None => Ok(()),
        }
    }
}

/// Text with `${x}` in it: a JSON string, a path or a header.
#[derive(Debug, Clone)]
pub struct Text {
    /// Adjacent literals are merged, and none is empty.
    pub parts: Vec<TextPart>,
    /// With its quotes, if it has any.
    pub span: Span,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq)]
pub enum TextPart {
    /// Characters that stand for themselves, escapes resolved.
    Literal(String),
    /// `${x}`.
    Variable(Variable),
}

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

/// `within 2s` or `within 300ms..1s`: bounds measured from the event of the line above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// Not before.
    pub from: Option<Duration>,
    /// Not after.
    pub to: Duration,
}

/// `NAME connects PATH [with header "…"]… [=> STATUS… [PATTERN]]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Connect {
    /// Who connects.
    pub client: Client,
    /// Path and query; variables in it are percent-encoded.
    pub path: Text,
    /// Each `Name: value`.
    pub headers: Vec<Text>,
    /// With `=>`, the upgrade must be refused like this.
    pub refusal: Option<Response>,
}

/// What an HTTP response must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Any of these.
    pub statuses: Vec<Spanned<u16>>,
    /// Without one, any body is right.
    pub body: Option<MessagePattern>,
}

/// `NAME METHOD PATH [BODY] [with header "…"]… [=> STATUS… [PATTERN]] [within …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who asks. It needs no connection.
    pub client: Client,
    /// Upper-case, `GET` say.
    pub method: Spanned<String>,
    /// Path and query; variables in it are percent-encoded.
    pub path: Text,
    /// Never [`Payload::Frame`].
    pub body: Option<Payload>,
    /// Each `Name: value`.
    pub headers: Vec<Text>,
    /// Without `=>`, any response will do.
    pub response: Option<Response>,
    /// On a `GET`, asks again until the response matches.
    pub within: Option<Within>,
}

/// `NAME <- [next] PATTERN [within …] [exactly once]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Receive {
    /// Whose inbox.
    pub client: Client,
    /// `next`: the very next message must match.
    pub next: bool,
    /// What is waited for.
    pub pattern: MessagePattern,
    /// Bounds on when.
    pub within: Option<Within>,
    /// `exactly once`: no second message may match, to the end of the check.
    pub exactly_once: bool,
}

/// `for $x in LIST [within …]:` and its block.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// Bound anew in each turn.
    pub variable: Variable,
    /// What it runs through.
    pub list: List,
    /// Bounds on when the last turn ends.
    pub within: Option<Within>,
    /// What is done in each turn.
    pub body: Script,
}

/// What a `for` runs through.
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// `[1, "two", $three, hex "ff"]`.
    Values(Vec<Spanned<ListItem>>),
    /// `1..60`, both ends included.
    Range {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// `$file by 64KiB`; the last chunk may be shorter.
    Chunks {
        /// Bytes.
        source: Variable,
        /// In bytes, more than zero.
        size: Size,
    },
}

/// An item of [`List::Values`].
#[derive(Debug, Clone, PartialEq)]
pub enum ListItem {
    /// JSON.
    Json(Template),
    /// `hex "f09f"`.
    Hex(Vec<u8>),
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

/// A close code: any number, legal or not.
#[derive(Debug, Clone, PartialEq)]
pub enum CloseCode {
    /// Written out.
    Literal(u16),
    /// `$x`.
    Variable(Variable),
}

/// A way in which the server ends a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// With a close frame of this code.
    Closed(CloseCode),
    /// Without a close frame.
    Dropped,
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

/// Which message, or which HTTP body, is expected.
#[derive(Debug, Clone, PartialEq)]
pub enum MessagePattern {
    /// A text message that is JSON and matches.
    Json(Pattern),
    /// `text …`: a text message.
    Text(Spanned<TextPattern>),
    /// `bytes …`: a binary message.
    Bytes(Spanned<BytesSource>),
    /// `frame pong "…"`: one frame, with the payload if one is written. Only `ping` and `pong` can be waited for.
    Frame(Spanned<Frame>),
}

/// What a text message must be.
#[derive(Debug, Clone, PartialEq)]
pub enum TextPattern {
    /// Exactly this.
    Exactly(TextSource),
    /// `/regex/`, unanchored.
    Regex(Regex),
}

/// What a JSON value must be.
pub type Pattern = Spanned<PatternNode>;

/// The node of a [`Pattern`].
#[derive(Debug, Clone, PartialEq)]
pub enum PatternNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Compared by value: `1` matches `1.0`.
    Number(serde_json::Number),
    /// `"…"` with `${x}`.
    String(Text),
    /// `[a, ..., b]`.
    Array(ArrayPattern),
    /// `unordered [a, b, ...]`: the items in any order.
    Unordered(ArrayPattern),
    /// `{"a": 1, ...}`.
    Object(ObjectPattern),
    /// `$x`: binds where it is first met, must be equal after.
    Variable(Variable),
    /// `any`, `string`, `number`…
    Hole(Hole),
    /// `1..100`, both ends included.
    Range {
        /// The least.
        from: serde_json::Number,
        /// The greatest.
        to: serde_json::Number,
    },
    /// `> 100`.
    Comparison {
        /// `>`, `>=`, `<` or `<=`.
        operator: Comparison,
        /// What it is compared with.
        bound: serde_json::Number,
    },
    /// `/regex/`, unanchored, strings only.
    Regex(Regex),
    /// `a | b | c`: two or more, none of them itself such a list.
    OneOf(Vec<Pattern>),
}

/// A word that stands for any value of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    /// `any`: whatever value.
    Any,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `integer`: a number without a fraction; `1.0` is one.
    Integer,
    /// `boolean`.
    Boolean,
    /// `timestamp`: a string in the form of RFC 3339.
    Timestamp,
    /// `uuid`: a string in the form of RFC 9562.
    Uuid,
}

/// The operator of a [`PatternNode::Comparison`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
}

/// A regular expression that compiles, as written between its slashes (`\/` is resolved to `/`).
#[derive(Debug, Clone)]
pub struct Regex {
    /// Without the slashes.
    pub source: String,
    /// The same, compiled.
    pub compiled: regex_lite::Regex,
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// The items of an array pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayPattern {
    /// Before the `...`, or all.
    pub before: Vec<Pattern>,
    /// `...` or `... x48`.
    pub rest: Option<Rest>,
    /// After the `...`; empty without one.
    pub after: Vec<Pattern>,
}

/// `...` in an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// `x48`: exactly so many others; otherwise any number.
    pub count: Option<u64>,
}

/// The members of an object pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectPattern {
    /// In the order of the source. Keys may hold `${x}`.
    pub members: Vec<(Text, Pattern)>,
    /// `...`: other members are allowed.
    pub open: bool,
}

impl Statement {
    /// The client that the line is about, if it is about one.
    pub fn client(&self) -> Option<&Client> {
        match self {
            Self::Connect(connect) => Some(&connect.client),
            Self::Request(request) => Some(&request.client),
            Self::Receive(receive) => Some(&receive.client),
            Self::Send { client, .. }
            | Self::Never { client, .. }
            | Self::Close { client, .. }
            | Self::Drop { client }
            | Self::Closed { client, .. }
            | Self::Stall { client }
            | Self::Resume { client } => Some(client),
            Self::Comment(_)
            | Self::Given(_)
            | Self::Env(_)
            | Self::Let { .. }
            | Self::InAnyOrder(_)
            | Self::Together(_)
            | Self::For(_)
            | Self::Wait { .. } => None,
        }
    }

    /// The indented block under the line, if it has one.
    pub fn block(&self) -> Option<&Script> {
        match self {
            Self::InAnyOrder(block) | Self::Together(block) => Some(block),
            Self::Never { scope, .. } => scope.as_ref(),
            Self::For(statement) => Some(&statement.body),
            _ => None,
        }
    }
}

impl Script {
    /// The users whose clients take part, each once, in the order in which they are first named.
    pub fn users(&self) -> Vec<String> {
        let mut users = Vec::new();
        self.collect_users(&mut users);
        users
    }

    fn collect_users(&self, users: &mut Vec<String>) {
        for line in &self.lines {
            if let Some(client) = line.statement.client()
                && !users.contains(&client.user)
            {
                users.push(client.user.clone());
            }
            if let Some(block) = line.statement.block() {
                block.collect_users(users);
            }
        }
    }
}
