//! What a line asks for.

use std::ops::RangeInclusive;

use super::{
    Client, Duration, DurationSource, Generator, MessagePattern, Payload, Script, Size, Spanned,
    Template, Text, TextPattern, TextSource, Variable,
};

/// What a line asks for.
#[allow(
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
    /// `server accepts`: the client under test opens a connection, which is accepted.
    Accept {
        /// Always the server.
        server: Client,
        /// Bounds on when it connects.
        within: Option<Within>,
    },
    /// `server is down`: connections end and are refused from now on.
    Down {
        /// Always the server.
        server: Client,
    },
    /// `server is up`: connections are accepted again, on the same port.
    Up {
        /// Always the server.
        server: Client,
    },
    /// `nothing connects for 1s`.
    NothingConnects {
        /// From the event of the line above on.
        duration: Duration,
    },
    /// `server <- POST /api/operations PATTERN`: a plain request of the client's.
    Requested(Requested),
    /// `server => 200 {…}`: answers the request that came last.
    Respond {
        /// Always the server.
        server: Client,
        /// From 200 on.
        status: Spanned<u16>,
        /// Never [`Payload::Frame`].
        body: Option<Payload>,
    },
    /// `client types "one"`: a line on the standard input of the client under test.
    Type {
        /// Without its end.
        text: TextSource,
    },
    /// `client prints /welcome/`: a line on its standard output.
    Print {
        /// What the line must be or hold.
        pattern: Spanned<TextPattern>,
        /// Bounds on when.
        within: Option<Within>,
    },
    /// `client exits 0`.
    Exit {
        /// The status that its process must end with.
        status: Spanned<u8>,
        /// Bounds on when.
        within: Option<Within>,
    },
    /// `explore rooms with 4 clients for 300 steps`: the only statement of its check beside `env`.
    Explore(Explore),
    /// `wait 400ms "the window is 300 ms"`, `wait $retry "that long it said"`.
    Wait {
        /// How long.
        duration: DurationSource,
        /// Why time has to pass.
        reason: Spanned<String>,
    },
    /// `alice asks GET /feed/long?after=3`: sends a request and goes on. It has neither response nor bounds.
    Ask(Request),
    /// `alice is answered 200 PATTERN`: the response to what she asked.
    Answered(Answered),
    /// `alice is not answered while:` and a block.
    NotAnswered {
        /// Whose request stays under way.
        client: Client,
        /// The indented lines at whose end it still is.
        scope: Script,
    },
    /// `alice listens /feed/events`: opens a stream of server-sent events.
    Listen(Connect),
    /// `measure "polling" of alice with 20 messages:` and its block.
    Measure(Measure),
}

/// One `NAME=value` of an `env` line.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvSetting {
    /// The variable's name in the server's environment.
    pub name: Spanned<String>,
    /// Its value, as written.
    pub value: String,
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

/// `NAME is answered STATUS… [PATTERN] [within …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Who asked.
    pub client: Client,
    /// What the response must be.
    pub response: Response,
    /// Bounds on when.
    pub within: Option<Within>,
}

/// `server <- METHOD PATH [PATTERN] [within …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Requested {
    /// Always the server.
    pub server: Client,
    /// Upper-case, `POST` say.
    pub method: Spanned<String>,
    /// Path and query; variables in it are percent-encoded.
    pub path: Text,
    /// Without one, any body is right.
    pub body: Option<MessagePattern>,
    /// Bounds on when.
    pub within: Option<Within>,
}

/// `measure "NAME" of CLIENT with N messages [at most N bytes each]:` and its block.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is measured, for people.
    pub name: Spanned<String>,
    /// Whose requests and bytes are counted.
    pub client: Client,
    /// How many messages the block delivers to that client.
    pub messages: u32,
    /// So many bytes, in both directions, a message may cost on average.
    pub at_most: Option<u32>,
    /// What is done meanwhile.
    pub body: Script,
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

/// `explore NAME with N clients for N steps`: random clients against the rules of a protocol.
#[derive(Debug, Clone, PartialEq)]
pub struct Explore {
    /// The name that the exploration is registered under.
    pub name: Spanned<String>,
    /// How many take part, [`Explore::CLIENTS`].
    pub clients: usize,
    /// How often one of them does something, [`Explore::STEPS`].
    pub steps: usize,
}

impl Explore {
    /// One client alone has nobody to hear; more have no names that tell them apart at a glance.
    pub const CLIENTS: RangeInclusive<usize> = 2..=8;
    /// So many fit into a check.
    pub const STEPS: RangeInclusive<usize> = 2..=10_000;
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

impl Statement {
    /// The client that the line is about, if it is about one; or the server, where the script plays that.
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
            | Self::Resume { client }
            | Self::NotAnswered { client, .. } => Some(client),
            Self::Ask(request) => Some(&request.client),
            Self::Answered(answered) => Some(&answered.client),
            Self::Listen(connect) => Some(&connect.client),
            Self::Accept { server, .. }
            | Self::Down { server }
            | Self::Up { server }
            | Self::Respond { server, .. } => Some(server),
            Self::Requested(requested) => Some(&requested.server),
            Self::Comment(_)
            | Self::Given(_)
            | Self::Env(_)
            | Self::Let { .. }
            | Self::InAnyOrder(_)
            | Self::Together(_)
            | Self::For(_)
            | Self::Measure(_)
            | Self::Explore(_)
            | Self::NothingConnects { .. }
            | Self::Type { .. }
            | Self::Print { .. }
            | Self::Exit { .. }
            | Self::Wait { .. } => None,
        }
    }

    /// Whether the line plays the server or drives the client under test.
    pub fn is_about_a_client_under_test(&self) -> bool {
        match self {
            Self::NothingConnects { .. }
            | Self::Type { .. }
            | Self::Print { .. }
            | Self::Exit { .. } => true,
            _ => self.client().is_some_and(|client| client.is_server()),
        }
    }

    /// The indented block under the line, if it has one.
    pub fn block(&self) -> Option<&Script> {
        match self {
            Self::InAnyOrder(block) | Self::Together(block) => Some(block),
            Self::Never { scope, .. } => scope.as_ref(),
            Self::For(statement) => Some(&statement.body),
            Self::NotAnswered { scope, .. } => Some(scope),
            Self::Measure(measure) => Some(&measure.body),
            _ => None,
        }
    }
}
