//! What the server does, where the script plays it.

use super::{State, Walk};
use crate::notation::ast::Client;
use crate::notation::diagnostic::Diagnostic;

impl Walk<'_> {
    pub(super) fn accepts(&mut self, server: &Client) {
        if self.is_up(server, "accepts") {
            self.connects(server, false);
        }
    }

    pub(super) fn responds(&mut self, server: &Client) {
        if !std::mem::take(&mut self.stage.has_request) && !self.is_doubtful(server) {
            self.diagnostics.push(
                Diagnostic::error(
                    "the server has no request to answer",
                    server.span.clone(),
                    "answers before it receives one",
                )
                .help("write `server <- GET /path` above; each answer is for one request"),
            );
        }
    }

    /// Whether the server is up; if not, that is reported.
    pub(super) fn is_up(&mut self, server: &Client, does: &str) -> bool {
        let Some(since) = &self.stage.down else {
            return true;
        };
        if !self.is_doubtful(server) {
            self.diagnostics.push(
                Diagnostic::error(
                    "the server is down",
                    server.span.clone(),
                    format!("{does} while it refuses connections"),
                )
                .note(since.clone(), "down since here")
                .help("write `server is up` above"),
            );
        }
        self.stage.down = None;
        false
    }

    pub(super) fn goes_down(&mut self, server: &Client) {
        if let Some(since) = self.stage.down.replace(server.span.clone()) {
            self.diagnostics.push(
                Diagnostic::error(
                    "the server is down already",
                    server.span.clone(),
                    "goes down a second time",
                )
                .note(since, "since here")
                .help("remove it, or write `server is up` above"),
            );
        }
        self.stage.has_request = false;
        if matches!(self.state(server), Some(State::Open(_) | State::Closing(_))) {
            self.set(server, State::Over(server.span.clone()));
        }
    }

    pub(super) fn comes_up(&mut self, server: &Client) {
        if self.stage.down.take().is_none() && !self.is_doubtful(server) {
            self.diagnostics.push(
                Diagnostic::error(
                    "the server is up already",
                    server.span.clone(),
                    "has nothing to come back from",
                )
                .help("write `server is down` above, or remove this line"),
            );
        }
    }
}
