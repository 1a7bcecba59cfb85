//! Who may connect: the chain before the upgrade.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::response::Response;
use groundwork::Tokens;

use crate::chain::Chain;
use crate::connection;
use crate::namespaces::Namespaces;
use crate::protocol::{ErrorCode, Refusal};
use crate::server::Config;
use crate::token::{self, Session};

/// No message is longer, in bytes.
const MAX_MESSAGE_SIZE: usize = 64 * 1024;
/// The default of 128 KiB for each connection is made for few and busy ones; here most are idle.
const READ_BUFFER_SIZE: usize = 2 * 1024;

/// A request for an upgrade, and what the chain has found out about it.
// ANCHOR: handshake
#[derive(Debug, Default)]
pub struct Handshake {
    /// The site whose page wants to connect. Programs that are no browsers send none.
    pub origin: Option<String>,
    /// The name and port under which the client knows this server.
    pub host: Option<String>,
    /// Not checked yet.
    pub token: String,
    /// What the token says, once it has been checked.
    pub session: Option<Session>,
}

/// What a request passes before it is upgraded: its origin, then its token.
pub fn admission(config: &Config) -> Chain<Handshake> {
    Chain::new()
        .link(origin(config.allowed_origins.clone()))
        .link(signed_in(config.tokens.clone()))
}
// ANCHOR_END: handshake

/// Refuses pages of other sites.
// ANCHOR: origin
fn origin(allowed: Option<Vec<String>>) -> impl Fn(&mut Handshake) -> Result<(), Refusal> {
    move |handshake| {
        let Some(origin) = &handshake.origin else {
            // Not a browser, so that nobody's page can be behind it.
            return Ok(());
        };
        let is_allowed = match &allowed {
            Some(allowed) => allowed.contains(origin),
            None => is_own(origin, handshake.host.as_deref()),
        };
        if is_allowed {
            Ok(())
        } else {
            Err(ErrorCode::OriginForbidden.into())
        }
    }
}

fn is_own(origin: &str, host: Option<&str>) -> bool {
    let address = origin.split_once("://");
    address.is_some_and(|(scheme, address)| {
        matches!(scheme, "http" | "https") && Some(address) == host
    })
}
// ANCHOR_END: origin

/// Refuses whoever has no good token, and notes what a good one says.
// ANCHOR: signed-in
fn signed_in(tokens: Tokens) -> impl Fn(&mut Handshake) -> Result<(), Refusal> {
    move |handshake| {
        let session = token::verify(&handshake.token, &tokens)?;
        handshake.session = Some(session);
        Ok(())
    }
}
// ANCHOR_END: signed-in

/// `GET /ws?token=…`: upgrades to a WebSocket, for those whom the chain lets pass.
///
/// # Errors
/// What the chain refuses, before the upgrade.
// ANCHOR: websocket
pub async fn websocket(
    State(namespaces): State<Arc<Namespaces>>,
    Query(mut query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let mut handshake = Handshake {
        origin: text(&headers, &ORIGIN),
        host: text(&headers, &HOST),
        token: query.remove("token").unwrap_or_default(),
        session: None,
    };
    namespaces.admission().run(&mut handshake)?;
    let session = handshake.session.ok_or(ErrorCode::TokenMissing)?;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .max_message_size(MAX_MESSAGE_SIZE)
        .max_frame_size(MAX_MESSAGE_SIZE)
        .on_upgrade(move |socket| connection::serve(socket, session, namespaces)))
}
// ANCHOR_END: websocket

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
