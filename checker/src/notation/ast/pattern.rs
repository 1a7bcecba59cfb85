//! What is expected.

use super::{BytesSource, Frame, Spanned, Text, TextSource, Variable};

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
    /// `event "post" id $id {…}`: a server-sent event.
    Event(Spanned<EventPattern>),
}

/// A server-sent event (WHATWG HTML, section 9.2). What is not written may be anything.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPattern {
    /// The kind of event; one that names none is a `message`.
    pub name: Option<TextSource>,
    /// The last event id, as a string.
    pub id: Option<TextSource>,
    /// [`MessagePattern::Json`] or [`MessagePattern::Text`].
    pub data: Option<Box<MessagePattern>>,
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
