//! Lines about a connection that is open: sends, closes, drops, stalls.

use std::sync::Arc;
use std::time::Instant;

use super::deadline::{Deadline, NO_LIMIT};
use super::ending::{Expected, HowItEnded};
use super::outgoing::{close_code, outgoing, resolved};
use super::player::{Played, Player, Stop};
use super::search::passed_over;
use super::show;
use super::state::{ExchangeId, Frame};
use super::transcript::{Failure, FailureKind};
use crate::actor::{Outgoing, SendError};
use crate::notation::ast::{Client, CloseCode, Ending, Line, Payload, Text, Within};
use crate::notation::text;

impl Player<'_> {
    /// The server did not answer.
    pub(super) fn not_answered(&self, exchange: ExchangeId) -> Stop {
        let patience = show::duration(self.conditions.patience());
        self.not_sent(
            exchange,
            format!("the server did not answer within {patience}"),
        )
    }

    /// The server did not read.
    fn not_read(&self, exchange: ExchangeId, client: &Client) -> Stop {
        let patience = show::duration(self.conditions.patience());
        let peer = show::peer(&client.node);
        let because = format!("{peer} stopped reading: this could not be sent within {patience}");
        self.not_sent(exchange, because)
    }

    pub(super) async fn send(
        &self,
        line: &Line,
        client: &Client,
        payload: &Payload,
        frame: &mut Frame<'_>,
    ) -> Played {
        let (outgoing, shown) = {
            let state = self.state();
            outgoing(payload, &state.bindings)?
        };
        let exchange = self.begin(line, frame);
        if let Some(shown) = shown {
            self.state().exchange(exchange).text = format!("{} -> {shown}", client.node);
        }
        self.send_now(exchange, client, outgoing, frame).await
    }

    pub(super) async fn close(
        &self,
        line: &Line,
        client: &Client,
        code: Option<&CloseCode>,
        reason: Option<&Text>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let outgoing = {
            let state = self.state();
            let code = code
                .map(|code| close_code(code, &state.bindings))
                .transpose()?;
            let reason = match reason {
                Some(reason) => resolved(text::resolve(reason, &state.bindings))?,
                None => String::new(),
            };
            Outgoing::Close {
                code,
                reason: reason.into(),
            }
        };
        let exchange = self.begin(line, frame);
        self.send_now(exchange, client, outgoing, frame).await
    }

    async fn send_now(
        &self,
        exchange: ExchangeId,
        client: &Client,
        outgoing: Outgoing,
        frame: &mut Frame<'_>,
    ) -> Played {
        let connection = self.connection(client)?;
        self.state().last_action = Instant::now();
        match self.patiently(connection.send(outgoing, NO_LIMIT)).await {
            Some(Ok(at)) => self.done(exchange, frame, at),
            // What the line was to bring about decides, not this: a server may end a connection
            // while it is still being spoken to, after half of a message that is too large, say.
            Some(Err(SendError::Ended)) => {
                self.done(exchange, frame, Instant::now());
                let mut state = self.state();
                let note = format!(
                    "{} had already ended {}",
                    show::peer(&client.node),
                    show::connection(&client.node)
                );
                state.exchange(exchange).notes.push(note);
            }
            Some(Err(SendError::OneWay)) => return Err(one_way(client)),
            Some(Err(SendError::Blocked { .. })) | None => {
                return Err(self.not_read(exchange, client));
            }
        }
        Ok(())
    }

    pub(super) async fn drop_connection(
        &self,
        line: &Line,
        client: &Client,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        if client.node.is_server() && self.drop_request() {
            let now = Instant::now();
            self.state().last_action = now;
            self.done(exchange, frame, now);
            return Ok(());
        }
        let connection = {
            let mut state = self.state();
            state.last_action = Instant::now();
            let client = state.clients.get_mut(&client.node);
            client.and_then(|client| client.connection.take())
        };
        let connection = connection.and_then(Arc::into_inner).ok_or_else(|| {
            Stop::Inconclusive(format!("{} has no connection to drop", client.node))
        })?;
        match self.patiently(connection.drop_tcp(NO_LIMIT)).await {
            Some(Ok(at)) => self.done(exchange, frame, at),
            Some(Err(SendError::Ended)) => self.done(exchange, frame, Instant::now()),
            Some(Err(SendError::OneWay)) => return Err(one_way(client)),
            Some(Err(SendError::Blocked { .. })) | None => {
                return Err(self.not_read(exchange, client));
            }
        }
        Ok(())
    }

    pub(super) fn stall(&self, line: &Line, client: &Client, frame: &mut Frame<'_>) -> Played {
        let exchange = self.begin(line, frame);
        self.connection(client)?.stall();
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    pub(super) fn resume(&self, line: &Line, client: &Client, frame: &mut Frame<'_>) -> Played {
        let exchange = self.begin(line, frame);
        self.connection(client)?.resume();
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    /// Waits until the server has ended the connection, in one of the ways expected.
    pub(super) async fn is_closed(
        &self,
        line: &Line,
        client: &Client,
        expected: &[Ending],
        within: Option<&Within>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let expected: Vec<Expected> = {
            let state = self.state();
            expected
                .iter()
                .map(|ending| Expected::new(ending, &state.bindings))
                .collect::<Result<_, _>>()?
        };
        let exchange = self.begin(line, frame);
        let deadline = Deadline::new(within, frame.last_event, self.conditions);
        let (at, ending) = loop {
            let seen = self.seen();
            if let Some(found) = self.ending(client, exchange) {
                break found;
            }
            self.find_violated()?;
            if deadline.has_passed() {
                let because = format!("the connection was still open after {}", deadline.shown());
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
            self.news_until(&seen, &deadline).await;
        };
        if !ending.is_expected(&expected) {
            self.find_violated()?;
            let because = ending.of_connection(&client.node);
            return Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)));
        }
        if let Some(within) = within {
            self.judge_bounds(exchange, within, frame.last_event, at)?;
        }
        self.done(exchange, frame, at);
        Ok(())
    }

    /// How the connection of now ended, if it has; reads the inbox up to there.
    fn ending(&self, client: &Client, exchange: ExchangeId) -> Option<(Instant, HowItEnded)> {
        let mut state = self.state();
        let state = &mut *state;
        let client = state.clients.get_mut(&client.node)?;
        let mut index = client.connected_at;
        let (at, ending) = loop {
            let entry = client.inbox.get(index)?;
            if let Some(ending) = HowItEnded::of(&entry.event) {
                break (entry.at, ending);
            }
            index += 1;
        };
        let passed_over = passed_over(&client.inbox, client.place..index);
        client.place = client.place.max(index);
        state.exchange(exchange).passed_over = passed_over;
        Some((at, ending))
    }
}

fn one_way(client: &Client) -> Stop {
    Stop::Inconclusive(format!("{} only listens", client.node))
}
