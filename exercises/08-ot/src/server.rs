//! Settings, routes, signing in, the upgrade, the page.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use groundwork::page::{self, PageFile};
use groundwork::{Tokens, User, converse, secret, serve, setting};
use serde_json::{Value, json};

use crate::documents::{Client, Documents};
use crate::messages::parse;
use crate::protocol::{ClientMessage, ErrorCode, Refusal, id_of};

/// No message is longer, in bytes.
const MAX_MESSAGE_SIZE: usize = 64 * 1024;
/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `JWT_SECRET`: signs and verifies.
    pub tokens: Tokens,
    /// `HISTORY_LIMIT`: how many operations of each document are kept, at most.
    pub history_limit: usize,
    /// `MAX_LENGTH`: the longest document, in characters.
    pub max_length: u64,
    /// `MAX_DOCUMENTS`: how many documents there may be.
    pub max_documents: usize,
    /// `OUTBOX_LIMIT`: how many messages may wait for a client that is slow to read, at most.
    pub outbox_limit: usize,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `JWT_SECRET` is not set, a number is none, or no message could wait.
    pub fn from_env() -> io::Result<Self> {
        let outbox_limit = setting("OUTBOX_LIMIT", 256)?;
        if outbox_limit == 0 {
            return Err(io::Error::other("OUTBOX_LIMIT must be at least 1"));
        }
        Ok(Self {
            tokens: Tokens::new(secret("JWT_SECRET")?),
            history_limit: setting("HISTORY_LIMIT", 1000)?,
            max_length: setting("MAX_LENGTH", 1_000_000)?,
            max_documents: setting("MAX_DOCUMENTS", 1000)?,
            outbox_limit,
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    serve("ot", router(Documents::new(Config::from_env()?))).await
}

fn router(documents: Documents) -> Router {
    Router::new()
        .route("/api/sign-in", post(sign_in))
        .route("/api/documents/{doc_id}", get(document))
        .route("/ws", get(websocket))
        .with_state(Arc::new(documents))
        .merge(page::routes(&PAGE))
}

/// The files of the page.
const PAGE: [PageFile; 8] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::css("/editor.css", include_str!("../web/editor.css")),
    page::OPERATION,
    page::DOCUMENT,
    page::CONNECTION,
    page::SESSION,
    page::STYLE,
];

/// `POST /api/sign-in`: gives whoever has a valid name a token.
async fn sign_in(
    State(documents): State<Arc<Documents>>,
    body: Bytes,
) -> Result<Response, ErrorCode> {
    let user = User::named(&body).ok_or(ErrorCode::InvalidUsername)?;
    let Some(token) = documents.config().tokens.issue(&user) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let body = json!({ "token": token, "userId": user.id, "username": user.username });
    Ok(Json(body).into_response())
}

/// `GET /api/documents/{doc_id}`: a document as it is now.
async fn document(
    State(documents): State<Arc<Documents>>,
    Path(doc_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ErrorCode> {
    let header = headers.get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let user = token.and_then(|token| documents.config().tokens.verify(token));
    user.ok_or(ErrorCode::Unauthorized)?;
    let found = documents.read(&doc_id, |snapshot| Json(snapshot).into_response());
    found.ok_or(ErrorCode::UnknownDocument)
}

/// `GET /ws?token=…`: upgrades to a WebSocket, for those with a good token.
async fn websocket(
    State(documents): State<Arc<Documents>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ErrorCode> {
    let token = query.get("token").map(String::as_str).unwrap_or_default();
    let user = documents.config().tokens.verify(token);
    let user = user.ok_or(ErrorCode::Unauthorized)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .max_frame_size(MAX_MESSAGE_SIZE)
        .on_upgrade(move |socket| attend(socket, user, documents)))
}

async fn attend(socket: WebSocket, user: User, documents: Arc<Documents>) {
    let (mut client, outgoing) = Documents::connect(&documents, user);
    converse(socket, outgoing, move |text| handle(text, &mut client)).await;
}

/// Does what one message asks for, or says what is wrong with it. A binary message is none.
fn handle(text: Option<&str>, client: &mut Client) {
    // What is no JSON is treated like JSON that is no object.
    let message: Value = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    if let Err(refusal) = parse(&message).and_then(|message| obey(message, client)) {
        // Whatever else is wrong with the message, it may say what it is about.
        let (doc_id, op_id) = (id_of(&message["docId"]), id_of(&message["opId"]));
        client.refuse(&refusal, doc_id, op_id);
    }
}

fn obey(message: ClientMessage, client: &mut Client) -> Result<(), Refusal> {
    match message {
        ClientMessage::Open { doc_id } => client.open(doc_id),
        ClientMessage::Resume {
            doc_id,
            epoch,
            revision,
        } => client.resume(doc_id, &epoch, revision),
        ClientMessage::Operation {
            doc_id,
            op_id,
            revision,
            operation,
        } => client.submit(&doc_id, op_id, revision, operation),
        ClientMessage::Close { doc_id } => client.close(&doc_id),
    }
}
