//! The abstract syntax of a transcript.
//!
//! ```text
//! Script -- Line -- Statement           statement.rs  what a line asks for
//!                    +-- Payload        value.rs      what is sent, and where values come from
//!                    +-- MessagePattern pattern.rs    what is expected
//! ```
//!
//! Positions never take part in equality, so that a script and what is read back from its printed form are equal.

mod pattern;
mod statement;
mod value;

use std::fmt;
use std::ops::{Deref, Range};

pub use pattern::{
    ArrayPattern, Comparison, EventPattern, Hole, MessagePattern, ObjectPattern, Pattern,
    PatternNode, Regex, Rest, TextPattern,
};
pub use statement::{
    Answered, CloseCode, Connect, Ending, EnvSetting, Explore, For, List, ListItem, Measure,
    Receive, Request, Requested, Response, Statement, Within,
};
pub use value::{
    BytesSource, Duration, DurationSource, DurationUnit, Frame, FramePayload, Generator,
    JwtSigning, NumberSource, Offset, Opcode, Payload, Size, SizeUnit, Template, TemplateNode,
    TextSource,
};

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

/// `$x`: a name without its dollar sign.
pub type Variable = Spanned<String>;

/// `alice` or `alice/phone`: one scripted client. What follows the slash only tells connections of a user apart.
pub type Client = Spanned<ClientName>;

/// The name of a scripted client; or `server`, which is nobody's name, where the script plays the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientName {
    /// The user, whose random name is the variable of the same name.
    pub user: String,
    /// What follows the slash.
    pub device: Option<String>,
}

impl ClientName {
    /// The server, where the script plays it.
    pub fn server() -> Self {
        Self {
            user: "server".to_owned(),
            device: None,
        }
    }

    /// Whether this is the server.
    pub fn is_server(&self) -> bool {
        self.user == "server"
    }
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

impl Script {
    /// The users whose clients take part, each once, in the order in which they are first named.
    pub fn users(&self) -> Vec<String> {
        let mut users = Vec::new();
        self.collect_users(&mut users);
        users
    }

    /// Whether it plays a server to a client under test, in one of its lines.
    pub fn plays_the_server(&self) -> bool {
        self.lines.iter().any(|line| {
            let block = line.statement.block();
            line.statement.is_about_a_client_under_test()
                || block.is_some_and(Self::plays_the_server)
        })
    }

    fn collect_users(&self, users: &mut Vec<String>) {
        for line in &self.lines {
            if let Some(client) = line.statement.client()
                && !client.is_server()
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
