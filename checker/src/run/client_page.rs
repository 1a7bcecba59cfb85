//! Lines of pages whose submission is a client: what connects, what the program is given, and what it prints.

use std::time::{Duration, Instant};

use super::client_stage::{ClientStage, locked};
use super::deadline::Deadline;
use super::outgoing::text_of;
use super::player::{Played, Player, Stop};
use super::show;
use super::state::Frame;
use super::transcript::{Failure, FailureKind};
use crate::actor::{Inbox, Link};
use crate::notation::ast::{
    Client, Duration as Written, Line, Spanned, Statement, TextPattern, TextSource, Within,
};
use crate::notation::value::Bindings;
use crate::server::{Exit, RunningProgram, Stream};

/// How long after the end of a program its last words are waited for.
const LAST_WORDS: Duration = Duration::from_millis(100);

impl Player<'_> {
    pub(super) fn stage(&self) -> Result<&ClientStage, Stop> {
        self.stage.ok_or_else(|| {
            Stop::Inconclusive("this line needs a client under test, and there is none".to_owned())
        })
    }

    async fn program(&self) -> Result<&RunningProgram, Stop> {
        self.stage()?.program().await.ok_or_else(not_started)
    }

    /// Starts the client before the first line that it could take part in.
    pub(super) async fn start_for(&self, statement: &Statement, frame: &mut Frame<'_>) -> Played {
        let Some(stage) = self.stage.filter(|stage| !stage.is_started()) else {
            return Ok(());
        };
        let is_before = matches!(
            statement,
            Statement::Comment(_)
                | Statement::Given(_)
                | Statement::Env(_)
                | Statement::Let { .. }
                | Statement::Down { .. }
        );
        if !is_before {
            stage.program().await.ok_or_else(not_started)?;
            frame.last_event = Instant::now();
        }
        Ok(())
    }

    /// Waits for a connection of the client's, and accepts it.
    pub(super) async fn accept(
        &self,
        line: &Line,
        server: &Client,
        within: Option<&Within>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let stage = self.stage()?;
        let anchor = frame.last_event;
        let deadline = Deadline::new(within, anchor, self.conditions);
        let arrival = loop {
            let (seen, version) = self.all_seen(stage).await;
            if stage.server.lock().await.has_upgrade() {
                let inbox = self.reconnect(&server.node).await;
                let arrival = stage.server.lock().await.next_upgrade(&inbox).await;
                if let Some(arrival) = arrival {
                    break arrival;
                }
            }
            self.find_violated()?;
            let exit = self.program().await?.exit();
            if exit.is_some() || deadline.has_passed() {
                let because = match exit {
                    Some(exit) => format!("nothing connects: the client has ended, {exit}"),
                    None => format!("nothing connected for {}", deadline.shown()),
                };
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
            self.any_news(stage, &seen, version, &deadline).await?;
        };
        let connection = match arrival.connection {
            Ok(connection) => connection,
            Err(problem) => {
                let because = format!("the client asked for no WebSocket connection: {problem}");
                return Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)));
            }
        };
        {
            let mut state = self.state();
            if let Some(client) = state.clients.get_mut(&server.node) {
                client.connection = Some(Link::WebSocket(connection).into());
            }
        }
        if let Some(within) = within {
            self.judge_bounds(exchange, within, anchor, arrival.at)?;
        }
        self.state().last_action = Instant::now();
        self.done(exchange, frame, arrival.at.max(anchor));
        // Not how long the grader waited, but what the bounds are about.
        let took = arrival.at.saturating_duration_since(anchor);
        self.state().exchange(exchange).took = Some(took);
        Ok(())
    }

    /// Ends every connection and refuses new ones.
    pub(super) async fn go_down(
        &self,
        line: &Line,
        server: &Client,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let stage = self.stage()?;
        stage.server.lock().await.down().await;
        *locked(&stage.request) = None;
        self.end_connection(&server.node).await;
        let now = Instant::now();
        self.state().last_action = now;
        self.done(exchange, frame, now);
        Ok(())
    }

    pub(super) async fn come_up(&self, line: &Line, frame: &mut Frame<'_>) -> Played {
        let exchange = self.begin(line, frame);
        let mut server = self.stage()?.server.lock().await;
        if !server.is_up()
            && let Err(error) = server.up()
        {
            return Err(Stop::Inconclusive(format!(
                "the checker could not listen on the same port again: {error}"
            )));
        }
        let now = Instant::now();
        self.state().last_action = now;
        self.done(exchange, frame, now);
        Ok(())
    }

    /// For a while from the event of the line above, the client opens no connection.
    pub(super) async fn nothing_connects(
        &self,
        line: &Line,
        duration: Written,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let stage = self.stage()?;
        let within = Within {
            from: None,
            to: duration,
        };
        let anchor = frame.last_event;
        let deadline = Deadline::new(Some(&within), anchor, self.conditions);
        loop {
            let (seen, version) = self.all_seen(stage).await;
            let first = stage.server.lock().await.first_untaken();
            if let Some(at) = first.filter(|at| *at <= deadline.due()) {
                let after = show::duration(at.saturating_duration_since(anchor));
                let because = format!("the client connected after {after}");
                return Err(self.fail(exchange, Failure::new(FailureKind::Forbidden, because)));
            }
            self.find_violated()?;
            if deadline.has_passed() {
                break;
            }
            self.any_news(stage, &seen, version, &deadline).await?;
        }
        self.done(exchange, frame, Instant::now());
        Ok(())
    }

    pub(super) async fn type_line(
        &self,
        line: &Line,
        text: &TextSource,
        frame: &mut Frame<'_>,
    ) -> Played {
        let typed = text_of(text, &self.state().bindings)?;
        let exchange = self.begin(line, frame);
        let program = self.program().await?;
        self.state().last_action = Instant::now();
        match self.patiently(program.type_line(&typed)).await {
            Some(Ok(())) => self.done(exchange, frame, Instant::now()),
            Some(Err(_)) => {
                let because = match program.exit() {
                    Some(exit) => format!("the client has ended, {exit}"),
                    None => "the client has closed its standard input".to_owned(),
                };
                return Err(self.not_sent(exchange, because));
            }
            None => {
                let because = "the client does not read its standard input";
                return Err(self.not_sent(exchange, because));
            }
        }
        Ok(())
    }

    /// Waits for a line on the client's standard output.
    pub(super) async fn prints(
        &self,
        line: &Line,
        pattern: &Spanned<TextPattern>,
        within: Option<&Within>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let wanted = Wanted::new(&pattern.node, &self.state().bindings)?;
        let stage = self.stage()?;
        let program = self.program().await?;
        let anchor = frame.last_event;
        let deadline = Deadline::new(within, anchor, self.conditions);
        let place = *locked(&stage.printed);
        loop {
            let version = program.log_version();
            let has_ended = program.exit();
            let log = program.log();
            let mut lines = log.lines.iter().filter(|line| line.stream == Stream::Out);
            let lines: Vec<_> = lines.by_ref().skip(place).collect();
            let found = lines.iter().position(|line| wanted.is(&line.text));
            let passed_over = &lines[..found.unwrap_or(lines.len())];
            self.state().exchange(exchange).passed_over = passed_over
                .iter()
                .map(|line| show::quoted(&line.text))
                .collect();
            if let Some(index) = found {
                let printed = lines[index];
                *locked(&stage.printed) = place + index + 1;
                self.state().exchange(exchange).text = printed_text(&printed.text, within);
                if let Some(within) = within {
                    self.judge_bounds(exchange, within, anchor, printed.at)?;
                }
                self.done(exchange, frame, printed.at.max(anchor));
                return Ok(());
            }
            self.find_violated()?;
            let because = match has_ended {
                Some(exit) => Some(format!("the client has ended, {exit}")),
                None if deadline.has_passed() => Some(match lines.len() {
                    0 => format!("it printed nothing for {}", deadline.shown()),
                    _ => format!("it printed no such line within {}", deadline.shown()),
                }),
                None => None,
            };
            if let Some(because) = because {
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
            tokio::select! {
                () = program.printed_since(version) => {}
                // Its last words may come a little after the news of its end.
                _ = program.exited() => {
                    let _ = tokio::time::timeout(LAST_WORDS, program.printed_since(version)).await;
                }
                () = deadline.passed() => {}
            }
        }
    }

    /// Waits until the client's process has ended.
    pub(super) async fn exits(
        &self,
        line: &Line,
        status: &Spanned<u8>,
        within: Option<&Within>,
        frame: &mut Frame<'_>,
    ) -> Played {
        let exchange = self.begin(line, frame);
        let program = self.program().await?;
        let anchor = frame.last_event;
        let deadline = Deadline::new(within, anchor, self.conditions);
        let exit = tokio::select! {
            biased;
            exit = program.exited() => exit,
            () = deadline.passed() => {
                self.find_violated()?;
                let because = format!("the client was still running after {}", deadline.shown());
                return Err(self.fail(exchange, Failure::new(deadline.kind(), because)));
            }
        };
        let now = Instant::now();
        if exit != Exit::Code(i32::from(status.node)) {
            let because = format!("the client ended otherwise: {exit}");
            return Err(self.fail(exchange, Failure::new(FailureKind::Missing, because)));
        }
        if let Some(within) = within {
            self.judge_bounds(exchange, within, anchor, now)?;
        }
        self.done(exchange, frame, now);
        Ok(())
    }

    /// What has come until now: to every inbox, and to the server's port.
    pub(super) async fn all_seen(&self, stage: &ClientStage) -> (Vec<(Inbox, usize)>, u64) {
        let version = stage.server.lock().await.version();
        (self.seen(), version)
    }

    /// Returns when something new came for somebody, when the client has ended, or at the deadline.
    pub(super) async fn any_news(
        &self,
        stage: &ClientStage,
        seen: &[(Inbox, usize)],
        version: u64,
        deadline: &Deadline<'_>,
    ) -> Played {
        let program = self.program().await?;
        let arrivals = stage.server.lock().await.arrivals();
        let ended = async {
            match program.exit() {
                None => program.exited().await,
                Some(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = arrivals.news_since(version) => {}
            () = self.news(seen) => {}
            _ = ended => {}
            () = deadline.passed() => {}
        }
        Ok(())
    }
}

fn not_started() -> Stop {
    Stop::Inconclusive("the client could not be started".to_owned())
}

/// What a printed line must be.
enum Wanted<'p> {
    Exactly(String),
    Matching(&'p regex_lite::Regex),
}

impl<'p> Wanted<'p> {
    fn new(pattern: &'p TextPattern, bindings: &Bindings) -> Result<Self, Stop> {
        Ok(match pattern {
            TextPattern::Exactly(source) => Self::Exactly(text_of(source, bindings)?),
            TextPattern::Regex(regex) => Self::Matching(&regex.compiled),
        })
    }

    fn is(&self, line: &str) -> bool {
        match self {
            Self::Exactly(text) => text == line,
            Self::Matching(regex) => regex.is_match(line),
        }
    }
}

/// `client prints "welcome"`, with the line that came.
fn printed_text(line: &str, within: Option<&Within>) -> String {
    let mut text = format!("client prints {}", show::quoted(line));
    if let Some(within) = within {
        text.push(' ');
        text.push_str(&crate::notation::print::within(within));
    }
    text
}
