//! Who may connect: the chain before the upgrade.
//!
//! Checks: `connect` (3), `origin` and `own-origin` (12).
//!
//! A [`Refusal`] is a response already: return it as the `Err`, and its status and body are right.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::chain::Chain;
use crate::namespaces::Namespaces;
use crate::protocol::Refusal;
use crate::server::Config;
use crate::token::Session;

/// A request for an upgrade, and what the chain has found out about it.
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

/// **3.** What a request passes before it is upgraded, as a chain of two links, each a function of
/// its own:
///
/// - its origin is allowed (**12**). Without `allowed_origins` that is the server's own: `http://`
///   or `https://` and the `host`;
/// - its token is good ([`verify`](crate::token::verify)). The link puts the session into the
///   handshake.
pub fn admission(config: &Config) -> Chain<Handshake> {
    todo!("make a chain for {config:?}")
}

/// **3.** `GET /ws?token=…`: upgrades to a WebSocket, for those whom the chain lets pass.
///
/// Fill in a [`Handshake`] and let the chain of `namespaces.admission()` run. If it lets the
/// request pass, let `upgrade.on_upgrade` call [`serve`](crate::connection::serve). Before that,
/// give `upgrade` a `read_buffer_size` of 2 KiB, and a `max_message_size` and a `max_frame_size` of
/// 64 KiB.
///
/// # Errors
/// What the chain refuses: before the upgrade, not after.
pub async fn websocket(
    State(namespaces): State<Arc<Namespaces>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let _ = (namespaces, upgrade);
    todo!("upgrade, if the chain lets {headers:?} with {query:?} pass")
}
