//! Requests that are under way while others act.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use super::deadline::{Deadline, NO_LIMIT};
use super::player::{Played, Player, Stop};
use super::show;
use super::state::{ClientState, Frame};
use super::transcript::Failure;
use crate::actor::{self, Asked, Entry, Event};
use crate::notation::ast::{Answered, Client, Line, Request};
use crate::notation::print;

/// A request that was sent.
pub(super) struct UnderWay {
    /// The first entry of the inbox that can be its answer.
    pub(super) from: usize,
    _asked: Asked,
}

impl Player<'_> {
    pub(super) async fn ask(
        &self,
        line: &Line,
        request: &Request,
        frame: &mut Frame<'_>,
    ) -> Played {
        let (path, headers, body) = self.parts_of(request)?;
        let exchange = self.begin(line, frame);
        let name = &request.client.node;
        let inbox = {
            let mut state = self.state();
            state.last_action = Instant::now();
            let clients = &mut state.clients;
            let client = clients.entry(name.clone()).or_insert_with(ClientState::new);
            client.asked = None;
            client.inbox.clone()
        };
        let from = inbox.len();
        let target = self.target(name);
        let method = &request.method.node;
        let asking = actor::ask(&target, method, &path, &headers, body, &inbox, NO_LIMIT);
        let Some(asked) = self.patiently(asking).await else {
            return Err(self.not_answered(exchange));
        };
        if let Some(client) = self.state().clients.get_mut(name) {
            client.asked = Some(UnderWay {
                from,
                _asked: asked,
            });
        }
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    pub(super) async fn is_answered(
        &self,
        line: &Line,
        answered: &Answered,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let anchor = frame.last_event;
        let deadline = Deadline::new(answered.within.as_ref(), anchor, self.conditions);
        let entry = loop {
            let seen = self.seen();
            if let Some(entry) = self.answer_of(&answered.client)? {
                break entry;
            }
            self.find_violated()?;
            if deadline.has_passed() {
                let because = format!("there was no answer for {}", deadline.shown());
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
            self.news_until(&seen, &deadline).await;
        };
        let Event::Answer(answer) = &entry.event else {
            return Err(Stop::Inconclusive("an answer is none".to_owned()));
        };
        let response = match answer {
            Ok(response) => response,
            Err(error) => return Err(self.not_sent(exchange, error.to_string())),
        };
        self.judge_response(exchange, &answered.response, response)?;
        if let Some(within) = &answered.within {
            self.judge_bounds(exchange, within, anchor, entry.at)?;
        }
        let mut text = format!("{} is answered {}", answered.client.node, response.status);
        if answered.response.body.is_some() {
            let _ = write!(text, " {}", show::body(&response.body));
        }
        if let Some(within) = &answered.within {
            let _ = write!(text, " {}", print::within(within));
        }
        {
            let mut state = self.state();
            state.exchange(exchange).text = text;
            if let Some(client) = state.clients.get_mut(&answered.client.node) {
                client.asked = None;
            }
        }
        self.done(exchange, frame, entry.at.max(anchor));
        Ok(())
    }

    /// The entry with the answer to what the client has asked, if it is there.
    fn answer_of(&self, client: &Client) -> Result<Option<Arc<Entry>>, Stop> {
        let state = self.state();
        let found = state
            .clients
            .get(&client.node)
            .and_then(|client| Some((client, client.asked.as_ref()?)));
        let Some((client, asked)) = found else {
            let reason = format!("{} has not asked anything", client.node);
            return Err(Stop::Inconclusive(reason));
        };
        let mut entries = (asked.from..).map_while(|index| client.inbox.get(index));
        Ok(entries.find(|entry| matches!(entry.event, Event::Answer(_))))
    }
}
