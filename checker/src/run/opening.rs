//! Lines that open a connection: `connects` and `listens`.

use std::sync::Arc;
use std::time::Instant;

use super::deadline::NO_LIMIT;
use super::outgoing::{headers, resolved};
use super::player::{Played, Player};
use super::show;
use super::state::{ClientState, Frame};
use super::transcript::{Failure, FailureKind};
use crate::actor::{Connection, EventStream, Inbox, Link, Opened};
use crate::notation::ast::{ClientName, Connect, Line};
use crate::notation::text;

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WebSocket,
    EventStream,
}

impl Player<'_> {
    pub(super) async fn open(
        &self,
        line: &Line,
        connect: &Connect,
        kind: Kind,
        frame: &mut Frame<'_>,
    ) -> Played {
        let (path, headers) = {
            let state = self.state();
            (
                resolved(text::resolve_path(&connect.path, &state.bindings))?,
                headers(&connect.headers, &state.bindings)?,
            )
        };
        let exchange = self.begin(line, frame);
        let name = &connect.client.node;
        let inbox = match &connect.refusal {
            None => self.reconnect(name).await,
            // Nothing is to come, and a connection that the client has already lives on.
            Some(_) => Inbox::new(),
        };
        self.state().last_action = Instant::now();
        let target = self.target(name);
        let opening = async {
            Ok(match kind {
                Kind::WebSocket => Connection::open(&target, &path, &headers, &inbox, NO_LIMIT)
                    .await?
                    .map(Link::WebSocket),
                Kind::EventStream => EventStream::open(&target, &path, &headers, &inbox, NO_LIMIT)
                    .await?
                    .map(Link::EventStream),
            })
        };
        let opened = self.patiently(opening).await;
        let now = Instant::now();
        let opened = match opened {
            Some(Ok(opened)) => opened,
            Some(Err(error)) => {
                let error: crate::actor::RequestError = error;
                return Err(self.not_sent(exchange, error.to_string()));
            }
            None => return Err(self.not_answered(exchange)),
        };
        let because = match (opened, &connect.refusal) {
            (Opened::Accepted { connection, took }, None) => {
                let mut state = self.state();
                state.note_round_trip(took);
                if let Some(client) = state.clients.get_mut(name) {
                    client.connection = Some(Arc::new(connection));
                }
                drop(state);
                self.done(exchange, frame, now);
                return Ok(());
            }
            (Opened::Refused(response), Some(expected)) => {
                self.state().note_round_trip(response.took);
                self.judge_response(exchange, expected, &response)?;
                self.done(exchange, frame, now);
                return Ok(());
            }
            (Opened::Accepted { .. }, Some(_)) => match kind {
                Kind::WebSocket => "the server accepted the upgrade (101 Switching Protocols)",
                Kind::EventStream => "the server began a stream of events (200)",
            }
            .to_owned(),
            (Opened::Refused(response), None) => {
                let what = match kind {
                    Kind::WebSocket => "the upgrade",
                    Kind::EventStream => "the stream of events",
                };
                let response = show::response(response.status, &response.body);
                format!("the server refused {what}: {response}")
            }
        };
        Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)))
    }

    /// Ends the connection that the client still has, and says where the next one goes on.
    pub(super) async fn reconnect(&self, name: &ClientName) -> Inbox {
        self.end_connection(name).await;
        let mut state = self.state();
        let client = state
            .clients
            .entry(name.clone())
            .or_insert_with(ClientState::new);
        // The old connection records nothing more, so whatever comes from here on is the new one's.
        client.connected_at = client.inbox.len();
        client.inbox.clone()
    }

    /// Ends the connection that somebody still has, without a word.
    pub(super) async fn end_connection(&self, name: &ClientName) {
        let before = {
            let mut state = self.state();
            let client = state.clients.get_mut(name);
            client.and_then(|client| client.connection.take())
        };
        if let Some(before) = before.and_then(Arc::into_inner) {
            // How it ends is no part of the conversation any more.
            let _ = before.drop_tcp(self.conditions.patience()).await;
        }
    }
}
