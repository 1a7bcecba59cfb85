//! Settings, routes, the upgrade, the page.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use groundwork::page::{self, PageFile};
use groundwork::{Tokens, User, converse, secret, serve, setting};
use ot::protocol::id_of;
use serde_json::Value;

use crate::api;
use crate::document::Document;
use crate::library::Library;
use crate::messages::parse;
use crate::ordered::Limits;
use crate::protocol::{ClientMessage, ErrorCode, Refusal, Revision, Role};
use crate::session::Session;
use crate::undo::Cause;

/// No message is longer, in bytes.
const MAX_MESSAGE_SIZE: usize = 64 * 1024;
/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `JWT_SECRET`: signs and verifies.
    pub tokens: Tokens,
    /// `DATABASE`: the file of the database.
    pub database: String,
    /// `HISTORY_LIMIT`: how many operations of each document are kept in memory, at most.
    pub history_limit: usize,
    /// `SNAPSHOT_EVERY`: after how many operations the whole text is stored again.
    pub snapshot_every: u64,
    /// `MAX_LENGTH`: the longest document, in characters.
    pub max_length: u64,
    /// `OUTBOX_LIMIT`: how many messages may wait for a client that is slow to read, at most.
    pub outbox_limit: usize,
    /// `WRITE_QUEUE`: how many changes may wait for the disk, at most.
    pub write_queue: usize,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `JWT_SECRET` is not set, a number is none, or one is 0 that must not be.
    pub fn from_env() -> io::Result<Self> {
        let outbox_limit = at_least_one("OUTBOX_LIMIT", setting("OUTBOX_LIMIT", 1000)?)?;
        let write_queue = at_least_one("WRITE_QUEUE", setting("WRITE_QUEUE", 10_000)?)?;
        let snapshot_every = at_least_one("SNAPSHOT_EVERY", setting("SNAPSHOT_EVERY", 200)?)?;
        Ok(Self {
            tokens: Tokens::new(secret("JWT_SECRET")?),
            database: setting("DATABASE", "editor.db".to_owned())?,
            history_limit: setting("HISTORY_LIMIT", 1000)?,
            snapshot_every: u64::try_from(snapshot_every).unwrap_or(u64::MAX),
            max_length: setting("MAX_LENGTH", 2_000_000)?,
            outbox_limit,
            write_queue,
        })
    }

    /// What bounds each document.
    pub fn limits(&self) -> Limits {
        Limits {
            history: self.history_limit,
            max_length: self.max_length,
        }
    }
}

fn at_least_one(name: &str, number: usize) -> io::Result<usize> {
    if number == 0 {
        return Err(io::Error::other(format!("{name} must be at least 1")));
    }
    Ok(number)
}

/// Serves until Ctrl-C or SIGTERM, or until nothing can be written any more.
///
/// # Errors
/// When a setting is wrong, the port cannot be had, or the database cannot be read or written.
pub async fn run() -> io::Result<()> {
    let (library, failure) = Library::open(Config::from_env()?)?;
    tokio::select! {
        served = serve("editor", router(library)) => served,
        // The memory is ahead of the disk and would stay so: better no server than one that forgets.
        Ok(error) = failure => Err(io::Error::other(format!("writing failed: {error}"))),
    }
}

fn router(library: Arc<Library>) -> Router {
    Router::new()
        .route("/api/sign-in", post(api::sign_in))
        .route("/api/documents", get(api::documents).post(api::create))
        .route("/api/documents/{doc_id}", get(api::document))
        .route("/api/documents/{doc_id}/members", get(api::members))
        .route(
            "/api/documents/{doc_id}/members/{user_id}",
            put(api::change_role).delete(api::remove_member),
        )
        .route("/api/documents/{doc_id}/links", post(api::add_link))
        .route(
            "/api/documents/{doc_id}/links/{link}",
            delete(api::remove_link),
        )
        .route("/api/links/{link}", post(api::follow_link))
        .route(
            "/api/documents/{doc_id}/versions",
            get(api::versions).post(api::name_version),
        )
        .route(
            "/api/documents/{doc_id}/versions/{version_id}",
            get(api::version),
        )
        .route(
            "/api/documents/{doc_id}/versions/{version_id}/difference",
            get(api::difference),
        )
        .route(
            "/api/documents/{doc_id}/versions/{version_id}/restore",
            post(api::restore),
        )
        .route("/ws/{doc_id}", get(websocket))
        .with_state(library)
        .merge(page::routes(&PAGE))
        .merge(page::codemirror())
}

/// The files of the page.
const PAGE: [PageFile; 12] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/api.js", include_str!("../web/api.js")),
    PageFile::javascript("/room.js", include_str!("../web/room.js")),
    PageFile::javascript("/surface.js", include_str!("../web/surface.js")),
    PageFile::javascript("/panels.js", include_str!("../web/panels.js")),
    PageFile::css("/editor.css", include_str!("../web/editor.css")),
    page::OPERATION,
    page::DOCUMENT,
    page::CONNECTION,
    page::SESSION,
    page::STYLE,
];

/// `GET /ws/{doc_id}?token=…&revision=…`: upgrades to a WebSocket, for those who may see the
/// document.
async fn websocket(
    State(library): State<Arc<Library>>,
    Path(doc_id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let token = query.get("token").map(String::as_str).unwrap_or_default();
    let user = library.config().tokens.verify(token);
    let user = user.ok_or(ErrorCode::Unauthorized)?;
    let revision = query.get("revision").map(|revision| revision.parse());
    let known = revision
        .transpose()
        .map_err(|_| ErrorCode::InvalidRevision)?;
    let document = library.document(&doc_id).await?;
    document.state().require(&user, Role::Viewer)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .max_frame_size(MAX_MESSAGE_SIZE)
        .on_upgrade(move |socket| attend(socket, user, document, library, known)))
}

async fn attend(
    socket: WebSocket,
    user: User,
    document: Arc<Document>,
    library: Arc<Library>,
    known: Option<Revision>,
) {
    // If it is shared with them no longer, the connection just ends.
    if let Ok((session, outgoing)) = Session::join(library, document, user, known) {
        converse(socket, outgoing, move |text| handle(text, &session)).await;
    }
}

/// Does what one message asks for, or says what is wrong with it. A binary message is none.
fn handle(text: Option<&str>, session: &Session) {
    // What is no JSON is treated like JSON that is no object.
    let message: Value = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    if let Err(refusal) = parse(&message).and_then(|message| obey(message, session)) {
        // Whatever else is wrong with the message, it may say what it is about.
        let op_id = id_of(&message["opId"]).map(str::to_owned);
        session.refuse(refusal, op_id);
    }
}

fn obey(message: ClientMessage, session: &Session) -> Result<(), Refusal> {
    match message {
        ClientMessage::Operation {
            op_id,
            revision,
            operation,
        } => session.submit(op_id, revision, operation),
        ClientMessage::Cursor { revision, cursor } => session.point(revision, cursor),
        ClientMessage::Undo { op_id } => session.undo(Cause::Undo, op_id),
        ClientMessage::Redo { op_id } => session.undo(Cause::Redo, op_id),
    }
}
