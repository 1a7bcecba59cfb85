//! What a diagram shows from top to bottom.

use checker::notation::ast::{Client, ClientName};

/// What is drawn.
#[derive(Debug)]
pub(super) struct Diagram {
    /// In order of appearance.
    pub(super) clients: Vec<ClientName>,
    /// From top to bottom.
    pub(super) steps: Vec<Step>,
}

/// One thing that is drawn, or the beginning or end of a frame around others.
#[derive(Debug)]
pub(super) enum Step {
    /// Something passes between a client and the server.
    Arrow(Arrow),
    /// Something happens to a client alone.
    Mark {
        client: usize,
        text: String,
        full_text: String,
    },
    /// A line of text across all lanes.
    Note { text: String, full_text: String },
    /// Time passes.
    Wait { text: String, full_text: String },
    /// A frame begins.
    Open { label: String, full_text: String },
    /// The newest frame ends.
    Close,
}

/// What passes between a client and the server.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) client: usize,
    pub(super) direction: Direction,
    pub(super) style: Style,
    /// Above the line.
    pub(super) label: String,
    /// Below the line: bounds on when and how often.
    pub(super) condition: String,
    /// What it does to the connection.
    pub(super) change: Option<Connection>,
    /// The line of the transcript, as written.
    pub(super) full_text: String,
}

/// Which way an [`Arrow`] points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the server.
    ToServer,
    /// To the client.
    ToClient,
}

/// How an [`Arrow`] is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A message on an open connection.
    Message,
    /// A request over HTTP, for an upgrade or for anything else.
    Request,
    /// The answer to a request.
    Answer,
    /// An answer that refuses the upgrade.
    Refusal,
    /// What must not come.
    Forbidden,
    /// The connection ends without a word.
    Broken,
}

/// What becomes of a client's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// It is open from here.
    Opened,
    /// It is gone from here.
    Ended,
}

/// Which way goes what is sent by this client, or by the server in its place.
pub(super) fn outward(client: &Client) -> Direction {
    match client.node.is_server() {
        true => Direction::ToClient,
        false => Direction::ToServer,
    }
}

/// Which way comes what is received by this client, or by the server in its place.
pub(super) fn inward(client: &Client) -> Direction {
    match client.node.is_server() {
        true => Direction::ToServer,
        false => Direction::ToClient,
    }
}
